//! Reading the registry of actions: what the log can be filtered by.

use super::action::ACTIONS;
use crate::auth::Permit;
use crate::auth::capability::AuditView;
use serde::Serialize;
use utoipa::ToSchema;

/// An action that the audit log knows.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditAction {
    /// Stable id.
    #[schema(example = "platform.ops.runbooks.start")]
    pub id: &'static str,
    /// Short name.
    #[schema(example = "Runbook start")]
    pub label: &'static str,
}

/// Every action, in the order of the registry.
pub fn list_audit_actions(_permit: &Permit<AuditView>) -> Vec<AuditAction> {
    ACTIONS.iter().map(|row| AuditAction { id: row.id, label: row.label }).collect()
}
