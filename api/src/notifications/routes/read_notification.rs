//! `POST /notifications/{id}/read`

use crate::auth::Permit;
use crate::auth::capability::{AccessSystemPanel, Capability};
use crate::auth::routes::InPerson;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{NoParams, PathId};
use crate::notifications::{Inbox, read_notifications as use_case};
use actix_web::{HttpResponse, post, web};

/// Mark a notification as read
///
/// One that is read stays so.
#[utoipa::path(tag = "notifications", operation_id = "read_notification",
    params(("id" = i64, Path, description = "The notification.")),
    extensions(("x-required-capability" = json!(AccessSystemPanel::ENTRY.name)), ("x-person-only" = json!(true))),
    responses((status = 204, description = "It is read.")))]
#[post("/notifications/{id}/read")]
pub async fn read_notification(
    InPerson(permit): InPerson<Permit<AccessSystemPanel>>,
    _: NoParams,
    state: web::Data<State>,
    id: PathId,
) -> Result<HttpResponse> {
    let read = state.db.with(move |conn| {
        let inbox = Inbox::of_operator(&permit)?;
        use_case::read_notification(&inbox, conn, id.0)
    });
    read.await?;
    Ok(HttpResponse::NoContent().finish())
}
