//! `POST /ops/controls/{key}/resume`

use super::{ACTIVE, with_etag};
use crate::auth::Permit;
use crate::auth::capability::{Capability, ControlsManage};
use crate::context::Ctx;
use crate::controls::resume_control::{self as use_case, ResumeControl};
use crate::controls::{self, Control, ControlScope, Impact, ScopeType};
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{Body, NoParams, RawBody};
use crate::http::if_match::IfMatch;
use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Which pause ends.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResumeBody {
    /// global or workspace.
    scope_type: ScopeType,
    /// The workspace of a workspace scope.
    workspace_id: Option<i64>,
    /// True: the pause that is scheduled is called off; the one in force stays.
    #[serde(default)]
    scheduled: bool,
    /// The counts of the preview that is confirmed; they go into the audit row beside the real ones. Where more workspaces or
    /// tenants are concerned by now, nothing is changed. Left out: nothing is held against it.
    #[validate(nested)]
    previewed: Option<Impact>,
}

/// What came of it.
#[derive(Serialize, ToSchema)]
pub struct ResumedBody {
    /// The control as it is now.
    control: Control,
    /// False: the scope was enabled already, and nothing was changed.
    changed: bool,
}

impl ResumeBody {
    fn into_resume(self, if_match: IfMatch) -> Result<ResumeControl> {
        Ok(ResumeControl {
            scope: ControlScope::of(self.scope_type, self.workspace_id)?,
            scheduled: self.scheduled,
            previewed: self.previewed,
            expected: if_match.into(),
        })
    }
}

/// Resume a control
///
/// Ends a pause. Where none is, the answer says so and nothing is changed.
#[utoipa::path(tag = "controls", operation_id = "resume_control", request_body = ResumeBody,
    params(("key" = String, Path, description = "Key of the control."),
           ("If-Match" = Option<String>, Header, description = "ETag of the state that was decided on.")),
    extensions(("x-required-capability" = json!(ControlsManage::ENTRY.name))),
    responses(
        (status = 200, description = "Resumed, or enabled already.", body = ResumedBody, headers(("ETag" = String, description = "State of its pauses."))),
        (status = 409, description = "preview-stale, with the fresh preview.",
            body = crate::http::problem::Problem, content_type = "application/problem+json"),
        (status = 412, description = "precondition-failed: the control is not as If-Match says.",
            body = crate::http::problem::Problem, content_type = "application/problem+json")))]
#[post("/ops/controls/{key}/resume")]
pub async fn resume_control(
    permit: Permit<ControlsManage>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
    key: web::Path<String>,
    if_match: IfMatch,
    body: RawBody,
) -> Result<HttpResponse> {
    let control = controls::find(&key)?;
    let body: Body<ResumeBody> = body.parse()?;
    let resume = body.value.into_resume(if_match)?;
    let resumed =
        state.controls_db.write(move |conn| use_case::resume_control(&ctx, &permit, conn, ACTIVE, control, resume)).await?;
    let body = ResumedBody { control: resumed.control, changed: resumed.changed };
    Ok(with_etag(HttpResponse::Ok(), &body.control, &body))
}
