//! TenantAtlas.

/// Access to PostgreSQL.
pub mod db {
    pub mod embedded;
}
