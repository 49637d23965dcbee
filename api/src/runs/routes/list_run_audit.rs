//! `GET /ops/runs/{id}/audit`

use crate::audit::list_audit_events::{AuditEvent, AuditFilter, list_audit_events};
use crate::auth::Permit;
use crate::auth::capability::{Capability, OpsView};
use crate::db::page::PageRequest;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{Params, PathId};
use crate::http::page::PageBody;
use crate::runs::get_run::get_run;
use actix_web::{get, web};
use serde::Deserialize;
use utoipa::IntoParams;

/// Paging of a run's audit trail.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RunAuditParams {
    /// Rows wanted, 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The audit trail of a run
///
/// Newest first.
#[utoipa::path(tag = "runs", operation_id = "list_run_audit", params(("id" = i64, Path, description = "The run."), RunAuditParams),
    extensions(("x-required-capability" = json!(OpsView::ENTRY.name))),
    responses((status = 200, description = "One page of events.", body = PageBody<AuditEvent>)))]
#[get("/ops/runs/{id}/audit")]
pub async fn list_run_audit(
    permit: Permit<OpsView>,
    state: web::Data<State>,
    id: PathId,
    params: Params<RunAuditParams>,
) -> Result<web::Json<PageBody<AuditEvent>>> {
    let page = PageRequest::parse(params.0.limit, params.0.cursor.as_deref())?;
    let filter = AuditFilter { run_id: Some(id.0), ..AuditFilter::default() };
    let events = state.db.read(move |conn| {
        get_run(&permit, conn, id.0)?;
        list_audit_events(&permit, conn, &filter, page)
    });
    Ok(web::Json(events.await?.into()))
}
