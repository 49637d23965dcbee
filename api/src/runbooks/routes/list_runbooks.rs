//! `GET /ops/runbooks`

use super::{RunbookBody, body};
use crate::auth::Permit;
use crate::auth::capability::{Capability, RunbooksView};
use crate::error::Result;
use crate::http::State;
use crate::http::extract::NoParams;
use crate::runbooks::CATALOG;
use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

/// All runbooks.
#[derive(Serialize, ToSchema)]
pub struct RunbooksBody {
    /// In the order of the catalog.
    items: Vec<RunbookBody>,
}

/// List runbooks
///
/// Every runbook with its control, its active and last run, and what the caller may do.
#[utoipa::path(tag = "runbooks", operation_id = "list_runbooks",
    extensions(("x-required-capability" = json!(RunbooksView::ENTRY.name))),
    responses((status = 200, description = "All runbooks.", body = RunbooksBody)))]
#[get("/ops/runbooks")]
pub async fn list_runbooks(
    permit: Permit<RunbooksView>,
    _: NoParams,
    state: web::Data<State>,
) -> Result<web::Json<RunbooksBody>> {
    let items = state.db.read(move |conn| CATALOG.iter().map(|runbook| body(&permit, conn, *runbook)).collect()).await?;
    Ok(web::Json(RunbooksBody { items }))
}
