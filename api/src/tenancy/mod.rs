//! Workspaces, tenants, who belongs to them, and which tenants may be targeted.
//!
//! Invariant: the allowed tenant universe (ACC-10) is defined once, by the view `allowed_tenants`; whatever targets a
//! tenant reads it from there.

pub mod create_tenant;
pub mod create_workspace;
pub mod list_my_tenants;
pub mod list_tenants;
pub mod list_workspaces;
pub mod memberships;
pub mod model;
pub mod routes;
mod store;

pub use model::{PLATFORM_EXTERNAL_ID, ReachedWorkspace, TenantRef, WorkspaceRef};
pub use store::{
    find_allowed_tenant, find_allowed_tenant_by_reference, find_default_workspace, find_workspace, find_workspace_by_reference,
    list_allowed_tenants_outside, list_reached_workspaces, list_user_workspaces, lock_name,
};
