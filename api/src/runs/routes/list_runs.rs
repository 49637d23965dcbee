//! `GET /ops/runs`

use crate::auth::Permit;
use crate::auth::capability::{Capability, OpsView};
use crate::db::id::id_of_text;
use crate::db::page::PageRequest;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{Params, comma_separated, time_in_utc};
use crate::http::page::PageBody;
use crate::runs::Run;
use crate::runs::list_runs::{self as use_case, InitiatorFilter, RunFilter, Standing};
use crate::runs::state::Outcome;
use actix_web::{get, web};
use serde::Deserialize;
use time::OffsetDateTime;
use utoipa::IntoParams;

/// Filters of the list of runs.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RunParams {
    /// Where it stands; `active` is queued or running.
    #[param(inline)]
    status: Option<Standing>,
    /// How it ended; several with commas between, as `failed,blocked`.
    #[serde(default, deserialize_with = "comma_separated")]
    #[param(style = Form, explode = false, required = false)]
    outcome: Vec<Outcome>,
    /// Whether somebody has taken note that it failed, succeeded in part only, or was blocked; other runs are neither.
    acknowledged: Option<bool>,
    /// Operation type.
    #[serde(rename = "type")]
    #[param(rename = "type", example = "findings.lifecycle.backfill")]
    kind: Option<String>,
    /// Workspace that owns it, or that of any of its targets.
    #[serde(default, deserialize_with = "id_of_text")]
    workspace_id: Option<i64>,
    /// Its own tenant or that of any of its targets.
    #[serde(default, deserialize_with = "id_of_text")]
    tenant_id: Option<i64>,
    /// `operator:<id>`, `user:<id>`, `cli` or `system`.
    initiator: Option<String>,
    /// Dispatched at or after this time (RFC 3339).
    #[serde(default, deserialize_with = "time_in_utc")]
    created_after: Option<OffsetDateTime>,
    /// Dispatched before this time (RFC 3339).
    #[serde(default, deserialize_with = "time_in_utc")]
    created_before: Option<OffsetDateTime>,
    /// Ended at or after this time (RFC 3339).
    #[serde(default, deserialize_with = "time_in_utc")]
    completed_after: Option<OffsetDateTime>,
    /// Rows wanted, 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List runs
///
/// Newest first.
#[utoipa::path(tag = "runs", operation_id = "list_runs", params(RunParams),
    extensions(("x-required-capability" = json!(OpsView::ENTRY.name))),
    responses((status = 200, description = "One page of runs.", body = PageBody<Run>)))]
#[get("/ops/runs")]
pub async fn list_runs(
    permit: Permit<OpsView>,
    state: web::Data<State>,
    params: Params<RunParams>,
) -> Result<web::Json<PageBody<Run>>> {
    let Params(params) = params;
    let page = PageRequest::parse(params.limit, params.cursor.as_deref())?;
    let filter = RunFilter {
        status: params.status,
        outcomes: params.outcome,
        acknowledged: params.acknowledged,
        kind: params.kind,
        workspace_id: params.workspace_id,
        tenant_id: params.tenant_id,
        initiator: params.initiator.as_deref().map(InitiatorFilter::parse).transpose()?,
        created_after: params.created_after,
        created_before: params.created_before,
        completed_after: params.completed_after,
    };
    let page = state.read_db.read(move |conn| use_case::list_runs(&permit, conn, &filter, page)).await?;
    Ok(web::Json(page.into()))
}
