//! The stream of a run's events, as either plane sees them.

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

/// A stream ends after this time and the client comes back, so that its session is looked at again.
const LONGEST: Duration = Duration::from_secs(30);
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What of a snapshot the caller may see.
pub(super) type View = fn(&Snapshot) -> &Frame;

/// Streams the events of a run that the caller has been let to see.
pub(super) async fn watch(state: &State, req: &HttpRequest, run_id: i64, view: View) -> Result<HttpResponse> {
    let last_seen = req.headers().get("last-event-id").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let mut receiver = state.watchers.subscribe(&state.read_db, run_id);
    let first = receiver.wait_for(Option::is_some).await.ok().and_then(|snapshot| snapshot.clone());
    if first.as_ref().is_some_and(|snapshot| snapshot.is_final && Some(view(snapshot).id) == last_seen) {
        return Ok(HttpResponse::NoContent().finish());
    }
    let position = Position { receiver, next: first, last_seen, view, ends_at: Instant::now() + LONGEST, is_over: false };
    Ok(sse::response(events(position)))
}

struct Position {
    receiver: Receiver<Option<Snapshot>>,
    next: Option<Snapshot>,
    last_seen: Option<u64>,
    view: View,
    ends_at: Instant,
    is_over: bool,
}

fn events(position: Position) -> impl Stream<Item = Result<Bytes, actix_web::Error>> {
    unfold(position, |mut position| async move {
        if position.is_over {
            return None;
        }
        let frame = next_frame(&mut position).await?;
        Some((Ok(frame), position))
    })
}

async fn next_frame(position: &mut Position) -> Option<Bytes> {
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
        if Instant::now() >= position.ends_at {
            return None;
        }
        match tokio::time::timeout(KEEP_ALIVE, position.receiver.changed()).await {
            Err(_) => return Some(sse::keep_alive()),
            Ok(Err(_)) => return None,
            Ok(Ok(())) => position.next = position.receiver.borrow_and_update().clone(),
        }
    }
}
