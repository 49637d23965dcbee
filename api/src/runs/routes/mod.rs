//! HTTP of runs.

mod acknowledge_run;
mod cancel_run;
mod get_operation;
mod get_run;
mod list_operation_targets;
mod list_operations;
mod list_run_audit;
mod list_runs;
mod list_targets;
mod pause_run;
mod resume_run;
mod retry_failed;
mod start_lifecycle_backfill;
mod start_run;
mod stream;
mod watch_operation;
mod watch_run;

use crate::auth::capability::RunbooksRun;
use crate::auth::tenant_capability::{TenantCapability, TenantView};
use crate::auth::{Memberships, Permit, SignedInUser};
use crate::context::Ctx;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::extract::{Body, RawBody};
use crate::http::idempotency::{IdempotencyKey, respond};
use crate::idempotency::{Answered, IdempotentRequest};
use crate::runs::Run;
use crate::runs::actions::ensure_may_change;
use crate::runs::context::Source;
use crate::runs::start_run::Started;
use crate::runs::starter::location;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use diesel::PgConnection;
use serde::Deserialize;
use std::future::{Ready, ready};
use utoipa::ToSchema;
use validator::Validate;

/// A reason that may be left out.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OptionalReasonBody {
    /// Why, in up to 500 characters.
    #[validate(length(max = 500, message = "At most 500 characters are expected."))]
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// Mounts the operations.
pub fn configure(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(start_run::start_run)
        .service(list_runs::list_runs)
        .service(get_run::get_run)
        .service(list_targets::list_targets)
        .service(list_run_audit::list_run_audit)
        .service(watch_run::watch_run)
        .service(cancel_run::cancel_run)
        .service(pause_run::pause_run)
        .service(resume_run::resume_run)
        .service(retry_failed::retry_failed)
        .service(acknowledge_run::acknowledge_run);
}

/// Mounts the operations of the tenant plane.
pub fn configure_admin(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(start_lifecycle_backfill::start_lifecycle_backfill)
        .service(list_operations::list_operations)
        .service(get_operation::get_operation)
        .service(list_operation_targets::list_operation_targets)
        .service(watch_operation::watch_operation);
}

/// Looks at runs in `db` for a member, over all their tenants. What they are a member of is asked of the primary database, so that
/// a place that was taken away shows nothing any more.
async fn as_member<T, F>(state: &State, db: &Db, user: SignedInUser, look: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce(&Memberships, &mut PgConnection) -> Result<T> + Send + 'static,
{
    let places = state.db.read(move |conn| Memberships::load(conn, &user)).await?;
    let scope = places.scope(TenantView::ENTRY);
    db.tenant_read(scope, move |conn| look(&places, conn)).await
}

/// What the headers of a start say: the key under which it may come again, and which way it came in.
struct StartHeaders {
    key: IdempotencyKey,
    source: Source,
}

impl StartHeaders {
    /// The request as something that may come again, if it has a key.
    fn idempotent<T>(&self, ctx: &Ctx, operation: String, body: &Body<T>) -> Option<IdempotentRequest> {
        self.key.clone().request(ctx, operation, body.hash)
    }
}

impl FromRequest for Source {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        // Requests with the product's own cookie come from its pages, others from integrators.
        ready(Ok(if req.headers().contains_key(header::AUTHORIZATION) { Self::Api } else { Self::SystemUi }))
    }
}

impl FromRequest for StartHeaders {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let source = Source::from_request(req, payload).into_inner();
        let key = IdempotencyKey::from_request(req, payload).into_inner();
        ready(key.and_then(|key| Ok(Self { key, source: source? })))
    }
}

/// The answer to a start: 201 for a new run, 200 for the one that was active, or the first answer again.
fn started(started: Started) -> Result<HttpResponse> {
    match started {
        Started::Created(run) => Ok(HttpResponse::Created().insert_header((header::LOCATION, location(run.id))).json(run)),
        Started::Deduplicated(run) => Ok(HttpResponse::Ok().json(run)),
        Started::Replayed(answer) => respond(&Answered { answer, is_replay: true }),
    }
}

/// A use case that changes a run in flight.
trait Change: FnOnce(&Ctx, &Permit<RunbooksRun>, &mut PgConnection, i64, Option<&str>) -> Result<Run> + Send + 'static {}

impl<F> Change for F where
    F: FnOnce(&Ctx, &Permit<RunbooksRun>, &mut PgConnection, i64, Option<&str>) -> Result<Run> + Send + 'static
{
}

/// Changes a run in flight and answers with it. The body is looked at only once the caller may do this at all.
async fn change_run(
    permit: Permit<RunbooksRun>,
    ctx: Ctx,
    state: web::Data<State>,
    id: i64,
    body: RawBody,
    change: impl Change,
) -> Result<HttpResponse> {
    let run = state.db.with(move |conn| {
        ensure_may_change(&permit, conn, id)?;
        let body: Body<OptionalReasonBody> = body.parse_or_empty()?;
        change(&ctx, &permit, conn, id, body.value.reason.as_deref())
    });
    Ok(HttpResponse::Accepted().json(run.await?))
}
