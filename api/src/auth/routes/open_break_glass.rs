//! `POST /auth/break-glass`

use super::OperatorBody;
use crate::auth::Permit;
use crate::auth::break_glass as use_case;
use crate::auth::capability::{BreakGlassOpen, Capability};
use crate::context::Ctx;
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::extract::{Body, NoParams, RawBody};
use crate::http::idempotency::{IdempotencyKey, respond};
use crate::idempotency::{StoredAnswer, once};
use actix_web::{HttpResponse, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// Why break-glass is opened, and for how long.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BreakGlassBody {
    /// Why; 5 to 500 characters without outer white space.
    #[schema(min_length = 5, max_length = 500, example = "Pager 4711: repairs fail for every tenant")]
    reason: String,
    /// Minutes until it ends by itself.
    #[validate(range(min = 1, max = 60, message = "A number from 1 to 60 is expected."))]
    #[schema(minimum = 1, maximum = 60)]
    minutes: i32,
}

/// Open break-glass
///
/// Until it ends the session holds every capability but administering operators. Each request that changes something then needs
/// the header Break-Glass-Reason. It makes no API tokens, enters no tenant plane and opens no paused control.
#[utoipa::path(tag = "auth", operation_id = "open_break_glass", request_body = BreakGlassBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat for 24 hours.")),
    extensions(("x-required-capability" = json!(BreakGlassOpen::ENTRY.name)), ("x-person-only" = json!(true))),
    responses(
        (status = 201, description = "Open; the operator as they are now.", body = OperatorBody, headers(("Location" = String, description = "Address of the operator who is signed in."))),
        (status = 409, description = "break-glass-open or idempotency-key-in-flight.",
            body = crate::http::problem::Problem, content_type = "application/problem+json")))]
#[post("/auth/break-glass")]
pub async fn open_break_glass(
    permit: Permit<BreakGlassOpen>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
    key: IdempotencyKey,
    body: RawBody,
) -> Result<HttpResponse> {
    let body: Body<BreakGlassBody> = body.parse()?;
    // It is one session that is raised, and another of the same person is not answered by it.
    let session = permit.operator().ok_or_else(Error::not_found)?.via.session()?;
    let request = key.request(&ctx, format!("open_break_glass {session}"), body.hash);
    let BreakGlassBody { reason, minutes } = body.value;
    let answered = state.identity_db.write(move |conn| {
        once(conn, request.as_ref(), |conn| {
            let until = use_case::open_break_glass(&ctx, &permit, conn, &reason, minutes)?;
            let body = permit.operator().map(|operator| OperatorBody::raised(operator, until));
            let body = serde_json::to_value(body).map_err(Error::internal)?;
            let location = Some("/api/v1/system/auth/me".to_owned());
            Ok(StoredAnswer { status: 201, location, etag: None, body }.into())
        })
    });
    respond(&answered.await?)
}
