//! `POST /ops/controls/{key}/pause`

use super::{ACTIVE, ScopeBody};
use crate::auth::Permit;
use crate::auth::capability::{Capability, ControlsManage};
use crate::context::Ctx;
use crate::controls::pause_control::{self as use_case, PauseControl, Paused};
use crate::controls::{self, Control, ControlScope, Impact, ScopeType};
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::extract::{Body, NoParams, RawBody, time_in_utc};
use crate::http::idempotency::{IdempotencyKey, respond};
use crate::http::if_match::{IfMatch, etag};
use crate::idempotency::{Effect, StoredAnswer, once};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse, post, web};
use serde::Deserialize;
use std::future::{Ready, ready};
use time::OffsetDateTime;
use utoipa::ToSchema;
use validator::Validate;

/// Over what, why, and when.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PauseBody {
    /// global or workspace.
    scope_type: ScopeType,
    /// The workspace of a workspace scope.
    workspace_id: Option<i64>,
    /// The scope of the pause that is moved to this one, in one step: at every moment one of both holds. Left out: a pause of this
    /// scope is made, or changed.
    moved_from: Option<ScopeBody>,
    /// Why; 5 to 500 characters without outer white space.
    #[schema(min_length = 5, max_length = 500)]
    reason_text: String,
    /// From when on; left out: at once.
    #[serde(default, deserialize_with = "time_in_utc")]
    starts_at: Option<OffsetDateTime>,
    /// Until when; left out: until somebody resumes.
    #[serde(default, deserialize_with = "time_in_utc")]
    expires_at: Option<OffsetDateTime>,
    /// The counts of the preview that is confirmed; they go into the audit row beside the real ones. Where more workspaces or
    /// tenants are concerned by now, nothing is changed. Left out: nothing is held against it.
    #[validate(nested)]
    previewed: Option<Impact>,
}

impl PauseBody {
    fn into_pause(self, if_match: IfMatch) -> Result<PauseControl> {
        Ok(PauseControl {
            scope: ControlScope::of(self.scope_type, self.workspace_id)?,
            moved_from: self.moved_from.map(ScopeBody::into_scope).transpose()?,
            reason_text: self.reason_text,
            starts_at: self.starts_at,
            expires_at: self.expires_at,
            previewed: self.previewed,
            expected: if_match.into(),
        })
    }
}

/// Pause a control
///
/// Stops new starts; what has been accepted goes on. Once this is answered, no start that begins afterwards is accepted by
/// any server. A pause of the same scope that is there is changed; one of another scope can be moved.
#[utoipa::path(tag = "controls", operation_id = "pause_control", request_body = PauseBody,
    params(("key" = String, Path, description = "Key of the control."),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat for 24 hours."),
           ("If-Match" = Option<String>, Header, description = "ETag of the state that was decided on.")),
    extensions(("x-required-capability" = json!(ControlsManage::ENTRY.name))),
    responses(
        (status = 201, description = "Paused; the control as it is now.", body = Control, headers(("ETag" = String, description = "State of its pauses."), ("Location" = String, description = "Address of the control."))),
        (status = 200, description = "The pause was there and has been changed or moved.", body = Control, headers(("ETag" = String, description = "State of its pauses."))),
        (status = 409, description = "preview-stale, with the fresh preview; wrong-state: the pause to be moved has ended, or its new scope has one of its own; or idempotency-key-in-flight.",
            body = crate::http::problem::Problem, content_type = "application/problem+json"),
        (status = 412, description = "precondition-failed: the control is not as If-Match says.",
            body = crate::http::problem::Problem, content_type = "application/problem+json")))]
#[post("/ops/controls/{key}/pause")]
pub async fn pause_control(
    permit: Permit<ControlsManage>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
    key: web::Path<String>,
    headers: PauseHeaders,
    body: RawBody,
) -> Result<HttpResponse> {
    let control = controls::find(&key)?;
    let body: Body<PauseBody> = body.parse()?;
    let request = headers.key.request(&ctx, format!("pause_control {}", control.key), body.hash);
    let pause = body.value.into_pause(headers.if_match)?;
    let answered = state.controls_db.write(move |conn| {
        once(conn, request.as_ref(), |conn| answer(&use_case::pause_control(&ctx, &permit, conn, ACTIVE, control, pause)?))
    });
    respond(&answered.await?)
}

/// What the headers of a pause say.
pub struct PauseHeaders {
    if_match: IfMatch,
    key: IdempotencyKey,
}

impl FromRequest for PauseHeaders {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let if_match = IfMatch::from_request(req, payload).into_inner();
        let key = IdempotencyKey::from_request(req, payload).into_inner();
        ready(if_match.and_then(|if_match| Ok(Self { if_match, key: key? })))
    }
}

fn answer(paused: &Paused) -> Result<Effect> {
    let body = serde_json::to_value(&paused.control).map_err(Error::internal)?;
    let (status, (_, etag)) = (if paused.created { 201 } else { 200 }, etag(&paused.control.version));
    let location = paused.created.then(|| format!("/api/v1/system/ops/controls/{}", paused.control.key));
    Ok(StoredAnswer { status, location, etag: Some(etag), body }.into())
}
