//! TenantAtlas.
pub mod findings;
