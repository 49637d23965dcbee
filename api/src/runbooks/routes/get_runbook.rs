//! `GET /ops/runbooks/{key}`

use super::{RunbookBody, body};
use crate::auth::Permit;
use crate::auth::capability::{Capability, RunbooksView};
use crate::error::Result;
use crate::http::State;
use crate::http::extract::NoParams;
use crate::runbooks;
use actix_web::{get, web};

/// One runbook
///
/// The runbook with its control, its active and last run, and what the caller may do.
#[utoipa::path(tag = "runbooks", operation_id = "get_runbook", params(("key" = String, Path, description = "Key of the runbook.")),
    extensions(("x-required-capability" = json!(RunbooksView::ENTRY.name))),
    responses((status = 200, description = "The runbook.", body = RunbookBody)))]
#[get("/ops/runbooks/{key}")]
pub async fn get_runbook(
    permit: Permit<RunbooksView>,
    _: NoParams,
    state: web::Data<State>,
    key: web::Path<String>,
) -> Result<web::Json<RunbookBody>> {
    let runbook = runbooks::find(&key)?;
    Ok(web::Json(state.db.read(move |conn| body(&permit, conn, runbook)).await?))
}
