//! `GET /ops/runs/{id}/events`

use super::stream::watch;
use crate::auth::Permit;
use crate::auth::capability::{Capability, OpsView};
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{NoParams, PathId};
use crate::runs::get_run::get_run;
use crate::runs::watch::RunEvent;
use actix_web::{HttpRequest, HttpResponse, get, web};
use std::sync::Arc;

/// Watch a run
///
/// Server-sent events `progress`, each with the whole present state (schema `RunEvent`), the last one named `completed`. A
/// client that comes back with the `Last-Event-ID` of the last event gets 204 when the run has ended. The stream ends within
/// five seconds when its caller may not see runs any more.
#[utoipa::path(tag = "runs", operation_id = "watch_run",
    params(("id" = i64, Path, description = "The run."),
           ("Last-Event-ID" = Option<String>, Header, description = "Id of the last event that was seen.")),
    extensions(("x-required-capability" = json!(OpsView::ENTRY.name))),
    responses((status = 200, description = "The stream of events.", body = RunEvent, content_type = "text/event-stream"),
              (status = 204, description = "The run has ended and its last event was seen."),
              (status = 429, description = "too-many-streams, or too many requests.")))]
#[get("/ops/runs/{id}/events")]
pub async fn watch_run(
    permit: Permit<OpsView>,
    _: NoParams,
    state: web::Data<State>,
    ctx: Ctx,
    req: HttpRequest,
    id: PathId,
) -> Result<HttpResponse> {
    let permit = Arc::new(permit);
    let shown = permit.clone();
    state.db.read(move |conn| get_run(&shown, conn, id.0).map(|_| ())).await?;
    let db = state.identity_db.clone();
    let look = move || {
        let (db, permit) = (db.clone(), permit.clone());
        async move { db.read(move |conn| permit.renewed(conn).map(|_| ())).await }
    };
    watch(&ctx, &state, &req, id.0, |snapshot| &snapshot.for_operators, look).await
}
