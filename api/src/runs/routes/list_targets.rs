//! `GET /ops/runs/{id}/targets`

use crate::auth::Permit;
use crate::auth::capability::{Capability, OpsView};
use crate::db::page::PageRequest;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{Params, PathId};
use crate::http::page::PageBody;
use crate::runs::RunTarget;
use crate::runs::list_targets as use_case;
use crate::runs::state::TargetState;
use actix_web::{get, web};
use serde::Deserialize;
use utoipa::IntoParams;

/// Filters of the list of targets.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TargetParams {
    /// Where it stands.
    state: Option<TargetState>,
    /// Rows wanted, 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl TargetParams {
    /// The state that is asked for, and which page.
    pub(super) fn page(self) -> Result<(Option<TargetState>, PageRequest)> {
        Ok((self.state, PageRequest::parse(self.limit, self.cursor.as_deref())?))
    }
}

/// List the targets of a run
///
/// In the order of their tenants.
#[utoipa::path(tag = "runs", operation_id = "list_targets", params(("id" = i64, Path, description = "The run."), TargetParams),
    extensions(("x-required-capability" = json!(OpsView::ENTRY.name))),
    responses((status = 200, description = "One page of targets.", body = PageBody<RunTarget>)))]
#[get("/ops/runs/{id}/targets")]
pub async fn list_targets(
    permit: Permit<OpsView>,
    state: web::Data<State>,
    id: PathId,
    params: Params<TargetParams>,
) -> Result<web::Json<PageBody<RunTarget>>> {
    let (wanted, page) = params.0.page()?;
    let page = state.db.read(move |conn| use_case::list_targets(&permit, conn, id.0, wanted, page)).await?;
    Ok(web::Json(page.into()))
}
