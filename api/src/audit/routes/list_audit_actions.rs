//! `GET /audit-logs/actions`

use crate::audit::list_audit_actions::{self as use_case, AuditAction};
use crate::auth::Permit;
use crate::auth::capability::{AuditView, Capability};
use crate::http::extract::NoParams;
use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

/// All actions.
#[derive(Serialize, ToSchema)]
pub struct AuditActionsBody {
    /// In the order of the registry.
    items: Vec<AuditAction>,
}

/// List audit actions
///
/// Every action that an event can have, with its name: what the list of events can be filtered by.
#[utoipa::path(tag = "audit", operation_id = "list_audit_actions",
    extensions(("x-required-capability" = json!(AuditView::ENTRY.name))),
    responses((status = 200, description = "All actions.", body = AuditActionsBody)))]
#[get("/audit-logs/actions")]
pub async fn list_audit_actions(permit: Permit<AuditView>, _: NoParams) -> web::Json<AuditActionsBody> {
    web::Json(AuditActionsBody { items: use_case::list_audit_actions(&permit) })
}
