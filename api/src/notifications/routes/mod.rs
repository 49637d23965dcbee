//! HTTP of notifications: the same in both planes, each with its own permit.

mod list_my_notifications;
mod list_notifications;
mod read_all_my_notifications;
mod read_all_notifications;
mod read_my_notification;
mod read_notification;
mod watch_my_notifications;
mod watch_notifications;

use super::feed::Version;
use super::list_notifications::find_state;
use super::{Inbox, Notification};
use crate::context::Ctx;
use crate::db::loggable::describe;
use crate::db::page::Page;
use crate::error::{Error, Result};
use crate::http::{State, sse};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use diesel::PgConnection;
use futures_util::stream::unfold;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::sync::watch::Receiver;
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

/// A stream ends after this time and the client comes back, so that what its holder may see is looked at again. Its session
/// is looked at all the time.
const LONGEST: Duration = Duration::from_secs(300);
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Mounts the operations of the system plane.
pub fn configure(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(list_notifications::list_notifications)
        .service(watch_notifications::watch_notifications)
        .service(read_all_notifications::read_all_notifications)
        .service(read_notification::read_notification);
}

/// Mounts the operations of the tenant plane.
pub fn configure_admin(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(list_my_notifications::list_my_notifications)
        .service(watch_my_notifications::watch_my_notifications)
        .service(read_all_my_notifications::read_all_my_notifications)
        .service(read_my_notification::read_my_notification);
}

/// Which page of the list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NotificationParams {
    /// Rows wanted, 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// One page of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotificationPage {
    /// Newest first.
    items: Vec<Notification>,
    /// Give this as `cursor` to get the next page; null on the last.
    next_cursor: Option<String>,
    /// How many are unread, on all pages.
    unread_count: i64,
}

impl From<(Page<Notification>, i64)> for NotificationPage {
    fn from((page, unread_count): (Page<Notification>, i64)) -> Self {
        Self { items: page.items, next_cursor: page.next_cursor, unread_count }
    }
}

/// Up to which notification all are read.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadAllBody {
    /// The newest that was seen: what arrived since stays unread. Left out, nothing does.
    #[validate(range(min = 1, message = "The id of a notification is expected."))]
    #[schema(minimum = 1)]
    up_to: Option<i64>,
}

/// An inbox that is looked into again and again.
trait Open: Fn(&mut PgConnection) -> Result<Inbox> + Clone + Send + 'static {}

impl<F> Open for F where F: Fn(&mut PgConnection) -> Result<Inbox> + Clone + Send + 'static {}

/// The stream of an inbox. Read from the primary database like everything here: what was just marked as read must not come
/// back from a replica that lags.
async fn watch(ctx: &Ctx, state: web::Data<State>, session_id: Uuid, open: impl Open) -> Result<HttpResponse> {
    let first = open.clone();
    let recipient = state.db.read(move |conn| Ok(first(conn)?.recipient())).await?;
    let place = state.streams.take(&ctx.actor)?;
    let changes = state.feed.subscribe(&state.db, session_id, recipient);
    let stream = Watch { state, changes, open, sent: None, ends_at: Instant::now() + LONGEST };
    Ok(sse::response(
        place,
        unfold(stream, |mut stream| async move {
            let frame = stream.next_frame().await?;
            Some((Ok::<_, actix_web::Error>(frame), stream))
        }),
    ))
}

struct Watch<O> {
    state: web::Data<State>,
    changes: Receiver<Option<Version>>,
    open: O,
    sent: Option<String>,
    ends_at: Instant,
}

impl<O: Open> Watch<O> {
    async fn next_frame(&mut self) -> Option<Bytes> {
        loop {
            if self.sent.is_some() {
                if Instant::now() >= self.ends_at {
                    return None;
                }
                match tokio::time::timeout(KEEP_ALIVE, self.changes.changed()).await {
                    Err(_) => return Some(sse::keep_alive()),
                    Ok(Err(_)) => return None,
                    Ok(Ok(())) => {}
                }
            }
            let (id, data) = self
                .look()
                .await
                .inspect_err(|error| tracing::warn!(error = describe(error), "notifications were not read"))
                .ok()?;
            if self.sent.as_ref() != Some(&data) {
                self.sent = Some(data.clone());
                return Some(sse::event(id, "notifications", &data));
            }
        }
    }

    /// How it stands now, and the number of the newest.
    async fn look(&self) -> Result<(u64, String)> {
        let open = self.open.clone();
        let found = self.state.db.with(move |conn| find_state(&open(conn)?, conn)).await?;
        let newest = found.newest.as_ref().map_or(0, |newest| newest.id);
        Ok((newest.unsigned_abs(), serde_json::to_string(&found).map_err(Error::internal)?))
    }
}
