//! `POST /ops/controls/{key}/preview`

use super::{ACTIVE, ScopeBody};
use crate::auth::Permit;
use crate::auth::capability::{Capability, ControlsManage};
use crate::controls::impact::ControlAction;
use crate::controls::preview_control::{self as use_case, Asked, ScopePreview};
use crate::controls::{self, ControlScope, ScopeType};
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::extract::{Body, NoParams, RawBody};
use actix_web::{post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// What is to be done, and where.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewBody {
    /// pause or resume.
    action: ControlAction,
    /// global or workspace.
    scope_type: ScopeType,
    /// The workspace of a workspace scope.
    workspace_id: Option<i64>,
    /// The scope from which a pause is to be moved there; of a pause alone.
    moved_from: Option<ScopeBody>,
}

impl PreviewBody {
    fn into_asked(self) -> Result<Asked> {
        if self.moved_from.is_some() && self.action != ControlAction::Pause {
            return Err(Error::invalid_field("/moved_from", "value", "Only a pause can be moved; leave it out."));
        }
        let scope = ControlScope::of(self.scope_type, self.workspace_id)?;
        Ok(Asked { action: self.action, scope, moved_from: self.moved_from.map(ScopeBody::into_scope).transpose()? })
    }
}

/// Preview a pause or a resume
///
/// Counts whom it would concern, in one read-only snapshot. Nothing is changed.
#[utoipa::path(tag = "controls", operation_id = "preview_control", request_body = PreviewBody,
    params(("key" = String, Path, description = "Key of the control.")),
    extensions(("x-required-capability" = json!(ControlsManage::ENTRY.name))),
    responses((status = 200, description = "Whom it would concern.", body = ScopePreview)))]
#[post("/ops/controls/{key}/preview")]
pub async fn preview_control(
    permit: Permit<ControlsManage>,
    _: NoParams,
    state: web::Data<State>,
    key: web::Path<String>,
    body: RawBody,
) -> Result<web::Json<ScopePreview>> {
    let control = controls::find(&key)?;
    let body: Body<PreviewBody> = body.parse()?;
    let asked = body.value.into_asked()?;
    let preview = state.controls_db.with(move |conn| use_case::preview_control(&permit, conn, ACTIVE, control, asked));
    Ok(web::Json(preview.await?))
}
