//! `GET /notifications/events` of the tenant plane

use super::watch;
use crate::auth::SignedInUser;
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::NoParams;
use crate::notifications::{Inbox, NotificationState};
use actix_web::{HttpResponse, get, web};

/// Watch my notifications
///
/// Server-sent events `notifications`, each with how many are unread and the newest of those (schema `NotificationState`): one
/// at once, further ones when that changes. The stream ends with the session.
#[utoipa::path(tag = "tenant plane", operation_id = "watch_my_notifications",
    extensions(("x-person-only" = json!(true))),
    responses((status = 200, description = "The stream of events.", body = NotificationState, content_type = "text/event-stream"),
              (status = 429, description = "too-many-streams, or too many requests.")))]
#[get("/notifications/events")]
pub async fn watch_my_notifications(user: SignedInUser, _: NoParams, ctx: Ctx, state: web::Data<State>) -> Result<HttpResponse> {
    let session_id = user.user().via.session()?;
    watch(&ctx, state, session_id, move |conn| Inbox::of_user(&user, conn)).await
}
