//! HTTP of workspaces and tenants.

mod list_tenants;
mod list_workspaces;

/// Mounts the operations.
pub fn configure(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(list_workspaces::list_workspaces).service(list_tenants::list_tenants);
}
