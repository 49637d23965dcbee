//! `POST /ops/runbooks/{key}/runs`

use super::{StartHeaders, started};
use crate::auth::Permit;
use crate::auth::capability::{Capability, RunbooksRun};
use crate::context::Ctx;
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::extract::{Body, NoParams};
use crate::runbooks::{self, Runbook, Scope};
use crate::runs::Run;
use crate::runs::confirmation::Reason;
use crate::runs::start_run::{self as use_case, StartRun};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse, post, web};
use serde::Deserialize;
use std::future::{Ready, ready};
use utoipa::ToSchema;
use validator::Validate;

/// What to start, and what makes it deliberate.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartRunBody {
    /// The preflight that is confirmed.
    #[validate(range(min = 1, message = "The id of a preflight is expected."))]
    #[schema(minimum = 1)]
    preflight_id: i64,
    /// Over which tenants; the same as in the preflight.
    scope: Scope,
    /// The runbook's word; needed for all tenants.
    #[validate(length(max = 100, message = "At most 100 characters are expected."))]
    #[schema(max_length = 100, example = "BACKFILL")]
    typed_confirmation: Option<String>,
    /// Why; needed for all tenants, and for one tenant under break-glass, whose header has no code.
    reason: Option<Reason>,
}

/// Start a runbook
///
/// Starts one tracked run. A start that meets an active run of the same identity answers 200 with that run.
#[utoipa::path(tag = "runs", operation_id = "start_run", request_body = StartRunBody,
    params(("key" = String, Path, description = "Key of the runbook."),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat for 24 hours.")),
    extensions(("x-required-capability" = json!(RunbooksRun::ENTRY.name))),
    responses(
        (status = 201, description = "A new run; its address is in Location.", body = Run, headers(("Location" = String, description = "Address of the run."))),
        (status = 200, description = "The active run of the same identity.", body = Run),
        (status = 409, description = "operational-control-paused, nothing-to-do, preflight-stale (with the fresh preflight), run-state-conflict or idempotency-key-in-flight.",
            body = crate::http::problem::Problem, content_type = "application/problem+json"),
        (status = 422, description = "confirmation-mismatch, reason-required (all tenants, and any scope under break-glass), preflight-unknown, or unknown-tenant.",
            body = crate::http::problem::Problem, content_type = "application/problem+json")))]
#[post("/ops/runbooks/{key}/runs")]
pub async fn start_run(
    start: StartPermit,
    ctx: Ctx,
    state: web::Data<State>,
    headers: StartHeaders,
    body: Body<StartRunBody>,
) -> Result<HttpResponse> {
    let StartPermit { permit, runbook } = start;
    let idempotency = headers.idempotent(&ctx, format!("start_run {}", runbook.info().key), &body);
    let start = StartRun {
        runbook,
        scope: body.value.scope,
        preflight_id: Some(body.value.preflight_id),
        typed_confirmation: body.value.typed_confirmation,
        reason: body.value.reason,
        source: headers.source,
        idempotency,
    };
    started(state.db.with(move |conn| use_case::start_run(&ctx, &permit, conn, start)).await?)
}

/// The runbook of the path and everything its start needs, checked before the body is looked at.
pub struct StartPermit {
    permit: Permit<RunbooksRun>,
    runbook: &'static dyn Runbook,
}

impl FromRequest for StartPermit {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let permit = Permit::<RunbooksRun>::from_request(req, payload).into_inner();
        ready(permit.and_then(|permit| {
            let runbook = runbooks::find(req.match_info().query("key"))?;
            permit.require(runbook.info().capability)?;
            NoParams::from_request(req, payload).into_inner()?;
            Ok(Self { permit, runbook })
        }))
    }
}
