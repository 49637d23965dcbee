//! The stream of a run's events, as either plane sees them.

use crate::context::Ctx;
use crate::error::Result;
use crate::http::{State, sse};
use crate::runs::watch::{Frame, Snapshot};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::Stream;
use futures_util::stream::unfold;
use std::time::Duration;
use tokio::sync::watch::Receiver;
use tokio::time::Instant;

/// A stream ends after this time and the client comes back, which prolongs its session.
const LONGEST: Duration = Duration::from_secs(30);
/// How often it is looked whether the caller may still see the run; with it goes a sign of life.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What of a snapshot the caller may see.
pub(super) type View = fn(&Snapshot) -> &Frame;

/// Streams the events of a run that the caller has been let to see. `look` fails when they may not see it any more.
pub(super) async fn watch<L, F>(
    ctx: &Ctx,
    state: &State,
    req: &HttpRequest,
    run_id: i64,
    view: View,
    look: L,
) -> Result<HttpResponse>
where
    L: Fn() -> F + 'static,
    F: Future<Output = Result<()>> + 'static,
{
    let place = state.streams.take(&ctx.actor)?;
    let last_seen = req.headers().get("last-event-id").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let mut receiver = state.watchers.subscribe(&state.db, run_id);
    let first = receiver.wait_for(Option::is_some).await.ok().and_then(|snapshot| snapshot.clone());
    if first.as_ref().is_some_and(|snapshot| snapshot.is_final && Some(view(snapshot).id) == last_seen) {
        return Ok(HttpResponse::NoContent().finish());
    }
    let now = Instant::now();
    let (look_at, ends_at) = (now + LOOK_EVERY, now + LONGEST);
    let position = Position { receiver, next: first, last_seen, view, look, look_at, ends_at, is_over: false };
    Ok(sse::response(place, events(position)))
}

struct Position<L> {
    receiver: Receiver<Option<Snapshot>>,
    next: Option<Snapshot>,
    last_seen: Option<u64>,
    view: View,
    look: L,
    look_at: Instant,
    ends_at: Instant,
    is_over: bool,
}

fn events<L, F>(position: Position<L>) -> impl Stream<Item = Result<Bytes, actix_web::Error>>
where
    L: Fn() -> F,
    F: Future<Output = Result<()>>,
{
    unfold(position, |mut position| async move {
        if position.is_over {
            return None;
        }
        let frame = next_frame(&mut position).await?;
        Some((Ok(frame), position))
    })
}

async fn next_frame<L, F>(position: &mut Position<L>) -> Option<Bytes>
where
    L: Fn() -> F,
    F: Future<Output = Result<()>>,
{
    loop {
        if let Some(snapshot) = position.next.take() {
            let frame = (position.view)(&snapshot);
            if position.last_seen != Some(frame.id) {
                position.last_seen = Some(frame.id);
                position.is_over = snapshot.is_final;
                let name = if snapshot.is_final { "completed" } else { "progress" };
                return Some(sse::event(frame.id, name, &frame.data));
            }
        }
        let now = Instant::now();
        if now >= position.ends_at {
            return None;
        }
        if now >= position.look_at {
            // Also who cannot be looked at: they come back and are told why.
            (position.look)().await.ok()?;
            position.look_at = Instant::now() + LOOK_EVERY;
            return Some(sse::keep_alive());
        }
        match tokio::time::timeout_at(position.look_at.min(position.ends_at), position.receiver.changed()).await {
            Err(_) => {}
            Ok(Err(_)) => return None,
            Ok(Ok(())) => position.next = position.receiver.borrow_and_update().clone(),
        }
    }
}
