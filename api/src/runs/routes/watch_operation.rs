//! `GET /operations/{id}/events` of the tenant plane

use super::as_member;
use super::stream::watch;
use crate::auth::SignedInUser;
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{NoParams, PathId};
use crate::runs::get_operation::get_operation;
use crate::runs::watch::OperationEvent;
use actix_web::{HttpRequest, HttpResponse, get, web};

/// Watch a run of my tenants
///
/// Server-sent events `progress`, each with the whole present state (schema `OperationEvent`), the last one named `completed`. A
/// client that comes back with the `Last-Event-ID` of the last event gets 204 when the run has ended. The stream ends within
/// five seconds when its caller may not see the run any more.
#[utoipa::path(tag = "tenant plane", operation_id = "watch_operation",
    params(("id" = i64, Path, description = "The run."),
           ("Last-Event-ID" = Option<String>, Header, description = "Id of the last event that was seen.")),
    responses((status = 200, description = "The stream of events.", body = OperationEvent, content_type = "text/event-stream"),
              (status = 204, description = "The run has ended and its last event was seen."),
              (status = 429, description = "too-many-streams, or too many requests.")))]
#[get("/operations/{id}/events")]
pub async fn watch_operation(
    user: SignedInUser,
    _: NoParams,
    state: web::Data<State>,
    ctx: Ctx,
    req: HttpRequest,
    id: PathId,
) -> Result<HttpResponse> {
    as_member(&state, &state.db, user.clone(), move |places, conn| get_operation(places, conn, id.0).map(|_| ())).await?;
    let (asked, run_id) = (state.clone(), id.0);
    let look = move || {
        let (state, user) = (asked.clone(), user.clone());
        async move {
            let user = state.identity_db.read(move |conn| user.renewed(conn)).await?;
            as_member(&state, &state.db, user, move |places, conn| get_operation(places, conn, run_id).map(|_| ())).await
        }
    };
    watch(&ctx, &state, &req, run_id, |snapshot| &snapshot.for_members, look).await
}
