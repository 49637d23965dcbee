//! `POST /ops/runs/{id}/retry-failed`

use super::{StartHeaders, started};
use crate::auth::Permit;
use crate::auth::capability::{Capability, RunbooksRun};
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{Body, NoParams, PathId, RawBody};
use crate::runs::Run;
use crate::runs::actions::ensure_may_change;
use crate::runs::confirmation::Reason;
use crate::runs::retry_failed as use_case;
use actix_web::{HttpResponse, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// Why the failed targets are tried again.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetryFailedBody {
    /// Why; cannot be left out.
    #[schema(nullable = false)]
    reason: Option<Reason>,
}

/// Retry the failed targets
///
/// Starts a new run over the failed targets of a completed one, unless nothing in them needs it any more. The service makes the
/// forecast itself; the run's context names it.
#[utoipa::path(tag = "runs", operation_id = "retry_failed", request_body = RetryFailedBody,
    params(("id" = i64, Path, description = "The completed run."),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat for 24 hours.")),
    extensions(("x-required-capability" = json!(RunbooksRun::ENTRY.name))),
    responses(
        (status = 201, description = "A new run; its address is in Location.", body = Run, headers(("Location" = String, description = "Address of the run."))),
        (status = 200, description = "The active retry of the same run.", body = Run),
        (status = 409, description = "operational-control-paused, run-state-conflict, nothing-to-do or idempotency-key-in-flight.",
            body = crate::http::problem::Problem, content_type = "application/problem+json"),
        (status = 422, description = "reason-required: a retry cannot do without.",
            body = crate::http::problem::Problem, content_type = "application/problem+json")))]
#[post("/ops/runs/{id}/retry-failed")]
pub async fn retry_failed(
    permit: Permit<RunbooksRun>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
    id: PathId,
    headers: StartHeaders,
    body: RawBody,
) -> Result<HttpResponse> {
    let retry = state.db.with(move |conn| {
        ensure_may_change(&permit, conn, id.0)?;
        let body: Body<RetryFailedBody> = body.parse()?;
        let idempotency = headers.idempotent(&ctx, format!("retry_failed {}", id.0), &body);
        use_case::retry_failed(&ctx, &permit, conn, id.0, body.value.reason, headers.source, idempotency)
    });
    started(retry.await?)
}
