//! The audit log.

use super::{Actor, with_query};
use crate::response::Response;

impl Actor {
    /// `list_audit_actions`
    pub async fn list_audit_actions(&self) -> Response {
        self.get_system("/audit-logs/actions").await
    }

    /// `list_audit_logs`
    pub async fn list_audit_logs(&self, query: &str) -> Response {
        self.get_system(&with_query("/audit-logs", query)).await
    }
}
