//! `POST /ops/controls/{key}/pause`

use super::{ACTIVE, with_etag};
use crate::auth::Permit;
use crate::auth::capability::{Capability, ControlsManage};
use crate::context::Ctx;
use crate::controls::pause_control::{self as use_case, PauseControl};
use crate::controls::{self, Control, ControlScope, Impact, ScopeType};
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{Body, NoParams, RawBody};
use crate::http::if_match::IfMatch;
use actix_web::http::header;
use actix_web::{HttpResponse, post, web};
use serde::Deserialize;
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
    /// Why; 5 to 500 characters without outer white space.
    #[schema(min_length = 5, max_length = 500)]
    reason_text: String,
    /// From when on; left out: at once.
    #[serde(default, with = "time::serde::rfc3339::option")]
    starts_at: Option<OffsetDateTime>,
    /// Until when; left out: until somebody resumes.
    #[serde(default, with = "time::serde::rfc3339::option")]
    expires_at: Option<OffsetDateTime>,
    /// The counts that the preview showed; they go into the audit row beside the real ones.
    #[validate(nested)]
    previewed: Option<Impact>,
}

impl PauseBody {
    fn into_pause(self, if_match: IfMatch) -> Result<PauseControl> {
        Ok(PauseControl {
            scope: ControlScope::of(self.scope_type, self.workspace_id)?,
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
/// any server. A pause of the same scope that is there is changed.
#[utoipa::path(tag = "controls", operation_id = "pause_control", request_body = PauseBody,
    params(("key" = String, Path, description = "Key of the control."),
           ("If-Match" = Option<String>, Header, description = "ETag of the state that was decided on.")),
    extensions(("x-required-capability" = json!(ControlsManage::ENTRY.name))),
    responses(
        (status = 201, description = "Paused; the control as it is now.", body = Control, headers(("ETag" = String, description = "State of its pauses."), ("Location" = String, description = "Address of the control."))),
        (status = 200, description = "The pause was there and has been changed.", body = Control, headers(("ETag" = String, description = "State of its pauses."))),
        (status = 412, description = "precondition-failed: the control is not as If-Match says.",
            body = crate::http::problem::Problem, content_type = "application/problem+json")))]
#[post("/ops/controls/{key}/pause")]
pub async fn pause_control(
    permit: Permit<ControlsManage>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
    key: web::Path<String>,
    if_match: IfMatch,
    body: RawBody,
) -> Result<HttpResponse> {
    let control = controls::find(&key)?;
    let body: Body<PauseBody> = body.parse()?;
    let pause = body.value.into_pause(if_match)?;
    let paused = state.db.write(move |conn| use_case::pause_control(&ctx, &permit, conn, ACTIVE, control, pause)).await?;
    let mut response = if paused.created { HttpResponse::Created() } else { HttpResponse::Ok() };
    if paused.created {
        response.insert_header((header::LOCATION, format!("/api/v1/system/ops/controls/{}", control.key)));
    }
    Ok(with_etag(response, &paused.control, &paused.control))
}
