//! `GET /notifications/events`

use super::watch;
use crate::auth::Permit;
use crate::auth::capability::{AccessSystemPanel, Capability};
use crate::context::Ctx;
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::extract::NoParams;
use crate::notifications::{Inbox, NotificationState};
use actix_web::{HttpResponse, get, web};
use std::sync::Arc;

/// Watch notifications
///
/// Server-sent events `notifications`, each with how many are unread and the newest of those (schema `NotificationState`): one
/// at once, further ones when that changes. The stream ends with the session.
#[utoipa::path(tag = "notifications", operation_id = "watch_notifications",
    extensions(("x-required-capability" = json!(AccessSystemPanel::ENTRY.name)), ("x-person-only" = json!(true))),
    responses((status = 200, description = "The stream of events.", body = NotificationState, content_type = "text/event-stream"),
              (status = 429, description = "too-many-streams, or too many requests.")))]
#[get("/notifications/events")]
pub async fn watch_notifications(
    permit: Permit<AccessSystemPanel>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
) -> Result<HttpResponse> {
    let session_id = permit.operator().ok_or_else(Error::not_found)?.via.session()?;
    let permit = Arc::new(permit);
    watch(&ctx, state, session_id, move |_| Inbox::of_operator(&permit)).await
}
