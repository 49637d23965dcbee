//! `POST /ops/runs/{id}/resume`

use super::{OptionalReasonBody, change_run};
use crate::auth::Permit;
use crate::auth::capability::{Capability, RunbooksRun};
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{NoParams, PathId, RawBody};
use crate::runs::Run;
use crate::runs::context::Source;
use crate::runs::resume_run as use_case;
use actix_web::{HttpResponse, post, web};
use diesel::PgConnection;

/// Resume a run
///
/// Lets a paused run go on, unless a control pauses what it still reaches.
#[utoipa::path(tag = "runs", operation_id = "resume_run", request_body = OptionalReasonBody,
    params(("id" = i64, Path, description = "The run.")),
    extensions(("x-required-capability" = json!(RunbooksRun::ENTRY.name))),
    responses(
        (status = 202, description = "Accepted; the run as it is now.", body = Run),
        (status = 409, description = "operational-control-paused, or run-state-conflict: the state of the run forbids it.",
            body = crate::http::problem::Problem, content_type = "application/problem+json")))]
#[post("/ops/runs/{id}/resume")]
pub async fn resume_run(
    permit: Permit<RunbooksRun>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
    source: Source,
    id: PathId,
    body: RawBody,
) -> Result<HttpResponse> {
    let resume = move |ctx: &Ctx, permit: &Permit<RunbooksRun>, conn: &mut PgConnection, id: i64, reason: Option<&str>| {
        use_case::resume_run(ctx, permit, conn, id, reason, source)
    };
    change_run(permit, ctx, state, id.0, body, resume).await
}
