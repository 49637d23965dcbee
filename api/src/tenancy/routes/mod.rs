//! HTTP of workspaces and tenants.

mod get_my_tenant;
mod list_my_tenants;
mod list_tenants;
mod list_workspaces;

/// Mounts the operations of the system plane.
pub fn configure(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(list_workspaces::list_workspaces).service(list_tenants::list_tenants);
}

/// Mounts the operations of the tenant plane.
pub fn configure_admin(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(list_my_tenants::list_my_tenants).service(get_my_tenant::get_my_tenant);
}
