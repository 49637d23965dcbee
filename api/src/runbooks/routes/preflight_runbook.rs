//! `POST /ops/runbooks/{key}/preflight`

use crate::auth::Permit;
use crate::auth::capability::{Capability, RunbooksView};
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{Body, NoParams};
use crate::runbooks::{self, Preflight, Scope, preflight};
use actix_web::{post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// What to forecast.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreflightBody {
    /// Over which tenants.
    scope: Scope,
}

/// Run a preflight
///
/// Counts what the runbook would change, without changing anything. A start names the id of this answer within 15 minutes.
#[utoipa::path(tag = "runbooks", operation_id = "preflight_runbook", request_body = PreflightBody,
    params(("key" = String, Path, description = "Key of the runbook.")),
    extensions(("x-required-capability" = json!(RunbooksView::ENTRY.name))),
    responses((status = 200, description = "The forecast.", body = Preflight),
        (status = 422, description = "unknown-tenant: the tenant of the scope cannot be targeted.",
            body = crate::http::problem::Problem, content_type = "application/problem+json")))]
#[post("/ops/runbooks/{key}/preflight")]
pub async fn preflight_runbook(
    permit: Permit<RunbooksView>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
    key: web::Path<String>,
    body: Body<PreflightBody>,
) -> Result<web::Json<Preflight>> {
    let runbook = runbooks::find(&key)?;
    let scope = body.value.scope;
    let preflight = state.db.with(move |conn| preflight::preflight(&ctx, &permit, conn, runbook, &scope)).await?;
    Ok(web::Json(preflight))
}
