//! HTTP of the audit log.

mod list_audit_actions;
mod list_audit_logs;

/// Mounts the operations.
pub fn configure(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(list_audit_actions::list_audit_actions).service(list_audit_logs::list_audit_logs);
}
