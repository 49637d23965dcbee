//! `GET /audit-logs`

use crate::audit::list_audit_events::{AuditEvent, AuditFilter, list_audit_events};
use crate::auth::Permit;
use crate::auth::capability::{AuditView, Capability};
use crate::context::ActorType;
use crate::db::id::id_of_text;
use crate::db::page::PageRequest;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{Params, time_in_utc};
use crate::http::page::PageBody;
use actix_web::{get, web};
use serde::Deserialize;
use time::OffsetDateTime;
use utoipa::IntoParams;

/// Filters of the audit log.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditParams {
    /// Id of an action, as `GET /audit-logs/actions` lists it.
    action: Option<String>,
    /// Kind of the actor.
    #[param(inline)]
    actor_type: Option<ActorType>,
    /// Row id of the actor. Operators and users have numbers of their own: without `actor_type` it finds the operator and the user of
    /// that number, with it one of them.
    #[serde(default, deserialize_with = "id_of_text")]
    actor_id: Option<i64>,
    /// Workspace of the event.
    #[serde(default, deserialize_with = "id_of_text")]
    workspace_id: Option<i64>,
    /// Tenant of the event.
    #[serde(default, deserialize_with = "id_of_text")]
    tenant_id: Option<i64>,
    /// Run of the event.
    #[serde(default, deserialize_with = "id_of_text")]
    run_id: Option<i64>,
    /// Recorded at or after this time (RFC 3339).
    #[serde(default, deserialize_with = "time_in_utc")]
    after: Option<OffsetDateTime>,
    /// Recorded before this time (RFC 3339).
    #[serde(default, deserialize_with = "time_in_utc")]
    before: Option<OffsetDateTime>,
    /// Rows wanted, 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List audit events
///
/// Newest first.
#[utoipa::path(tag = "audit", operation_id = "list_audit_logs", params(AuditParams),
    extensions(("x-required-capability" = json!(AuditView::ENTRY.name))),
    responses((status = 200, description = "One page of events.", body = PageBody<AuditEvent>)))]
#[get("/audit-logs")]
pub async fn list_audit_logs(
    permit: Permit<AuditView>,
    state: web::Data<State>,
    params: Params<AuditParams>,
) -> Result<web::Json<PageBody<AuditEvent>>> {
    let Params(params) = params;
    let page = PageRequest::parse(params.limit, params.cursor.as_deref())?;
    let filter = AuditFilter {
        action: params.action,
        actor_type: params.actor_type,
        actor_id: params.actor_id,
        workspace_id: params.workspace_id,
        tenant_id: params.tenant_id,
        run_id: params.run_id,
        control_key: None,
        recorded_after: params.after,
        recorded_before: params.before,
    };
    let page = state.read_db.read(move |conn| list_audit_events(&permit, conn, &filter, page)).await?;
    Ok(web::Json(page.into()))
}
