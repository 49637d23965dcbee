//! HTTP of the dashboard.

mod get_dashboard;

/// Mounts the operations.
pub fn configure(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(get_dashboard::get_dashboard);
}
