//! Workspaces and tenants.

mod list_tenants;
