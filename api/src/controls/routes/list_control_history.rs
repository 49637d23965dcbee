//! `GET /ops/controls/{key}/history`

use crate::audit::AuditEvent;
use crate::auth::Permit;
use crate::auth::capability::{Capability, ControlsManage};
use crate::controls::{self, list_control_history as use_case};
use crate::db::page::PageRequest;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::Params;
use crate::http::page::PageBody;
use actix_web::{get, web};
use serde::Deserialize;
use utoipa::IntoParams;

/// Paging of a control's history.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ControlHistoryParams {
    /// Rows wanted, 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The history of a control
///
/// Pauses, changes, resumes, expiries and the starts that it stopped, newest first.
#[utoipa::path(tag = "controls", operation_id = "list_control_history",
    params(("key" = String, Path, description = "Key of the control."), ControlHistoryParams),
    extensions(("x-required-capability" = json!(ControlsManage::ENTRY.name))),
    responses((status = 200, description = "One page of events.", body = PageBody<AuditEvent>)))]
#[get("/ops/controls/{key}/history")]
pub async fn list_control_history(
    permit: Permit<ControlsManage>,
    state: web::Data<State>,
    key: web::Path<String>,
    params: Params<ControlHistoryParams>,
) -> Result<web::Json<PageBody<AuditEvent>>> {
    let control = controls::find(&key)?;
    let page = PageRequest::parse(params.0.limit, params.0.cursor.as_deref())?;
    let events = state.controls_db.read(move |conn| use_case::list_control_history(&permit, conn, control, page)).await?;
    Ok(web::Json(events.into()))
}
