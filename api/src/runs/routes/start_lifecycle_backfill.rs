//! `POST /tenants/{tenant}/findings/lifecycle-backfill` of the tenant plane

use super::StartHeaders;
use crate::auth::TenantPermit;
use crate::auth::tenant_capability::{FindingsBackfill, TenantCapability};
use crate::context::Ctx;
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::extract::{Body, EmptyBody, NoParams};
use crate::http::idempotency::respond;
use crate::http::problem::Problem;
use crate::idempotency::{Answered, IdempotentRequest};
use crate::runbooks::{LIFECYCLE_BACKFILL, Scope};
use crate::runs::context::Source;
use crate::runs::operation::Operation;
use crate::runs::start_run::{StartRun, Started, start_run};
use crate::runs::starter::operation_location;
use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, post, web};

/// Rebuild the findings lifecycle of a tenant
///
/// Starts one tracked run over the tenant. A start that meets an active one, whoever began it, answers 200 with that.
#[utoipa::path(tag = "tenant plane", operation_id = "start_lifecycle_backfill", request_body = EmptyBody,
    params(("tenant" = i64, Path, description = "Id of the tenant."),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat for 24 hours.")),
    extensions(("x-required-capability" = json!(FindingsBackfill::ENTRY.name))),
    responses(
        (status = 201, description = "A new run; its address is in Location.", body = Operation, headers(("Location" = String, description = "Address of the run."))),
        (status = 200, description = "The active run of the tenant.", body = Operation),
        (status = 409, description = "operational-control-paused, nothing-to-do, run-state-conflict or idempotency-key-in-flight.",
            body = Problem, content_type = "application/problem+json")))]
#[post("/tenants/{tenant}/findings/lifecycle-backfill")]
pub async fn start_lifecycle_backfill(
    permit: TenantPermit<FindingsBackfill>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
    headers: StartHeaders,
    body: Body<EmptyBody>,
) -> Result<HttpResponse> {
    let operation = format!("start_lifecycle_backfill {}", permit.tenant_id());
    let start = backfill_of(permit.tenant_id(), headers.idempotent(&ctx, operation, &body));
    let started = state.db.with(move |conn| start_run(&ctx, &permit, conn, start).map_err(Error::hiding_tenant));
    Ok(match started.await? {
        Started::Created(run) => {
            HttpResponse::Created().insert_header((LOCATION, operation_location(run.id))).json(Operation::from(*run))
        }
        Started::Deduplicated(run) => HttpResponse::Ok().json(Operation::from(*run)),
        Started::Replayed(answer) => return respond(&Answered { answer, is_replay: true }),
    })
}

fn backfill_of(tenant_id: i64, idempotency: Option<IdempotentRequest>) -> StartRun {
    StartRun {
        runbook: LIFECYCLE_BACKFILL,
        scope: Scope::SingleTenant { tenant_id },
        preflight_id: None,
        typed_confirmation: None,
        reason: None,
        source: Source::TenantUi,
        idempotency,
    }
}
