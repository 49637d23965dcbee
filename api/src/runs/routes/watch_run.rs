//! `GET /ops/runs/{id}/events`

use crate::auth::Permit;
use crate::auth::capability::{Capability, OpsView};
use crate::error::Result;
use crate::http::extract::PathId;
use crate::http::{State, sse};
use crate::runs::get_run::get_run;
use crate::runs::watch::{RunEvent, Snapshot};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get, web};
use futures_util::Stream;
use futures_util::stream::unfold;
use std::time::Duration;
use tokio::sync::watch::Receiver;
use tokio::time::Instant;

/// A stream ends after this time and the client comes back, so that its session is looked at again.
const LONGEST: Duration = Duration::from_secs(300);
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Watch a run
///
/// Server-sent events `progress`, each with the whole present state (schema `RunEvent`), the last one named `completed`. A
/// client that comes back with the `Last-Event-ID` of the last event gets 204 when the run has ended.
#[utoipa::path(tag = "runs", operation_id = "watch_run",
    params(("id" = i64, Path, description = "The run."),
           ("Last-Event-ID" = Option<String>, Header, description = "Id of the last event that was seen.")),
    extensions(("x-required-capability" = json!(OpsView::ENTRY.name))),
    responses((status = 200, description = "The stream of events.", body = RunEvent, content_type = "text/event-stream"),
              (status = 204, description = "The run has ended and its last event was seen.")))]
#[get("/ops/runs/{id}/events")]
pub async fn watch_run(permit: Permit<OpsView>, state: web::Data<State>, req: HttpRequest, id: PathId) -> Result<HttpResponse> {
    state.read_db.read(move |conn| get_run(&permit, conn, id.0).map(|_| ())).await?;
    let last_seen = req.headers().get("last-event-id").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let mut receiver = state.watchers.subscribe(&state.read_db, id.0);
    let first = receiver.wait_for(Option::is_some).await.ok().and_then(|snapshot| snapshot.clone());
    if first.as_ref().is_some_and(|snapshot| snapshot.is_final && Some(snapshot.id) == last_seen) {
        return Ok(HttpResponse::NoContent().finish());
    }
    Ok(sse::response(events(receiver, first, last_seen)))
}

struct Position {
    receiver: Receiver<Option<Snapshot>>,
    next: Option<Snapshot>,
    last_seen: Option<u64>,
    ends_at: Instant,
    is_over: bool,
}

fn events(
    receiver: Receiver<Option<Snapshot>>,
    next: Option<Snapshot>,
    last_seen: Option<u64>,
) -> impl Stream<Item = Result<Bytes, actix_web::Error>> {
    let position = Position { receiver, next, last_seen, ends_at: Instant::now() + LONGEST, is_over: false };
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
        if let Some(snapshot) = position.next.take().filter(|snapshot| position.last_seen != Some(snapshot.id)) {
            position.last_seen = Some(snapshot.id);
            position.is_over = snapshot.is_final;
            let name = if snapshot.is_final { "completed" } else { "progress" };
            return Some(sse::event(snapshot.id, name, &snapshot.data));
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
