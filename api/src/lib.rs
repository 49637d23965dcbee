//! TenantAtlas.
