//! `POST /ops/runs/{id}/acknowledge`

use crate::auth::Permit;
use crate::auth::capability::{Capability, RunbooksRun};
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{Body, NoParams, PathId, RawBody};
use crate::runs::Run;
use crate::runs::acknowledge_run as use_case;
use crate::runs::actions::ensure_may_change;
use actix_web::{post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// What is known of the failure, or is being done about it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeRunBody {
    /// 1 to 500 characters; blanks around them do not count.
    #[validate(length(min = 1, max = 500, message = "1 to 500 characters are expected."))]
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

/// Acknowledge a failed run
///
/// The dashboard no longer counts it. Acknowledging again changes nothing: the first note stays.
#[utoipa::path(tag = "runs", operation_id = "acknowledge_run", request_body = AcknowledgeRunBody,
    params(("id" = i64, Path, description = "The run, which failed, succeeded in part only, or was blocked.")),
    extensions(("x-required-capability" = json!(RunbooksRun::ENTRY.name))),
    responses(
        (status = 200, description = "The run, with who acknowledged it.", body = Run),
        (status = 409, description = "run-state-conflict: the run has not ended, or did not fail.",
            body = crate::http::problem::Problem, content_type = "application/problem+json")))]
#[post("/ops/runs/{id}/acknowledge")]
pub async fn acknowledge_run(
    permit: Permit<RunbooksRun>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
    id: PathId,
    body: RawBody,
) -> Result<web::Json<Run>> {
    let run = state.db.with(move |conn| {
        ensure_may_change(&permit, conn, id.0)?;
        let body: Body<AcknowledgeRunBody> = body.parse()?;
        use_case::acknowledge_run(&ctx, &permit, conn, id.0, &body.value.note)
    });
    Ok(web::Json(run.await?))
}
