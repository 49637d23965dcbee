//! `GET /ops/runs/{id}`

use crate::auth::Permit;
use crate::auth::capability::{Capability, OpsView};
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{NoParams, PathId};
use crate::runs::Run;
use crate::runs::get_run as use_case;
use actix_web::{get, web};

/// One run
///
/// Figures are the sum over its targets while it is active, and fixed once it has completed.
#[utoipa::path(tag = "runs", operation_id = "get_run", params(("id" = i64, Path, description = "The run.")),
    extensions(("x-required-capability" = json!(OpsView::ENTRY.name))),
    responses((status = 200, description = "The run.", body = Run)))]
#[get("/ops/runs/{id}")]
pub async fn get_run(permit: Permit<OpsView>, _: NoParams, state: web::Data<State>, id: PathId) -> Result<web::Json<Run>> {
    let run = state.db.read(move |conn| use_case::get_run(&permit, conn, id.0)).await?;
    Ok(web::Json(run))
}
