//! HTTP of product telemetry.

mod summarize_telemetry;

/// Mounts the operations.
pub fn configure(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(summarize_telemetry::summarize_telemetry);
}
