//! HTTP of controls. Always over the primary database: who has just paused has to see it.

mod get_control;
mod list_control_history;
mod list_controls;
mod pause_control;
mod preview_control;
mod resume_control;

use crate::controls::mutation::Expected;
use crate::controls::{Control, ControlScope, ScopeType};
use crate::error::{Error, Result};
use crate::http::if_match::{IfMatch, etag};
use crate::runs::in_flight::InFlight;
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Mounts the operations.
pub fn configure(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(list_controls::list_controls)
        .service(get_control::get_control)
        .service(list_control_history::list_control_history)
        .service(preview_control::preview_control)
        .service(pause_control::pause_control)
        .service(resume_control::resume_control);
}

/// The scope of a pause that is moved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeBody {
    /// global or workspace.
    scope_type: ScopeType,
    /// The workspace of a workspace scope.
    workspace_id: Option<i64>,
}

impl ScopeBody {
    fn into_scope(self) -> Result<ControlScope> {
        let expected = "The workspace of a workspace scope is expected, and none of a global one.";
        ControlScope::of(self.scope_type, self.workspace_id)
            .map_err(|_| Error::invalid_field("/moved_from/workspace_id", "value", expected))
    }
}

/// What tells controls of runs under way.
const ACTIVE: &InFlight = &InFlight;

impl From<IfMatch> for Expected {
    fn from(header: IfMatch) -> Self {
        header.0.map_or(Self::Anything, Self::OneOf)
    }
}

/// An answer with the version of the control in `ETag`.
fn with_etag<T: Serialize>(mut response: HttpResponseBuilder, control: &Control, body: &T) -> HttpResponse {
    response.insert_header(etag(&control.version)).json(body)
}
