//! `POST /ops/runs/{id}/pause`

use super::{OptionalReasonBody, accepted};
use crate::auth::Permit;
use crate::auth::capability::{Capability, RunbooksRun};
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{Body, PathId, RawBody};
use crate::runs::Run;
use crate::runs::actions::ensure_may_change;
use crate::runs::pause_run as use_case;
use actix_web::{HttpResponse, post, web};

/// Pause a run
///
/// Workers give the targets back after the batch in flight.
#[utoipa::path(tag = "runs", operation_id = "pause_run", request_body = OptionalReasonBody,
    params(("id" = i64, Path, description = "The run.")),
    extensions(("x-required-capability" = json!(RunbooksRun::ENTRY.name))),
    responses(
        (status = 202, description = "Accepted; the run as it is now.", body = Run),
        (status = 409, description = "run-state-conflict: the state of the run forbids it.",
            body = crate::http::problem::Problem, content_type = "application/problem+json")))]
#[post("/ops/runs/{id}/pause")]
pub async fn pause_run(
    permit: Permit<RunbooksRun>,
    ctx: Ctx,
    state: web::Data<State>,
    id: PathId,
    body: RawBody,
) -> Result<HttpResponse> {
    let run = state.db.read(move |conn| {
        ensure_may_change(&permit, conn, id.0)?;
        let body: Body<OptionalReasonBody> = body.parse()?;
        use_case::pause_run(&ctx, &permit, conn, id.0, body.value.reason.as_deref())
    });
    Ok(accepted(&run.await?))
}
