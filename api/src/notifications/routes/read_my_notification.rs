//! `POST /notifications/{id}/read` of the tenant plane

use crate::auth::SignedInUser;
use crate::auth::routes::InPerson;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{NoParams, PathId};
use crate::notifications::{Inbox, read_notifications as use_case};
use actix_web::{HttpResponse, post, web};

/// Mark my notification as read
///
/// One that is read stays so.
#[utoipa::path(tag = "tenant plane", operation_id = "read_my_notification",
    params(("id" = i64, Path, description = "The notification.")),
    extensions(("x-person-only" = json!(true))),
    responses((status = 204, description = "It is read.")))]
#[post("/notifications/{id}/read")]
pub async fn read_my_notification(
    InPerson(user): InPerson<SignedInUser>,
    _: NoParams,
    state: web::Data<State>,
    id: PathId,
) -> Result<HttpResponse> {
    let read = state.db.with(move |conn| {
        let inbox = Inbox::of_user(&user, conn)?;
        use_case::read_notification(&inbox, conn, id.0)
    });
    read.await?;
    Ok(HttpResponse::NoContent().finish())
}
