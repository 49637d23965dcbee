//! `POST /notifications/read-all` of the tenant plane

use super::ReadAllBody;
use crate::auth::SignedInUser;
use crate::auth::routes::InPerson;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{Body, NoParams};
use crate::notifications::{Inbox, read_notifications as use_case};
use actix_web::{HttpResponse, post, web};

/// Mark all my notifications as read
///
/// With `up_to` those that were there when the caller looked.
#[utoipa::path(tag = "tenant plane", operation_id = "read_all_my_notifications", request_body = ReadAllBody,
    extensions(("x-person-only" = json!(true))),
    responses((status = 204, description = "They are read.")))]
#[post("/notifications/read-all")]
pub async fn read_all_my_notifications(
    InPerson(user): InPerson<SignedInUser>,
    _: NoParams,
    state: web::Data<State>,
    body: Body<ReadAllBody>,
) -> Result<HttpResponse> {
    let read = state.db.with(move |conn| {
        let inbox = Inbox::of_user(&user, conn)?;
        use_case::read_all_notifications(&inbox, conn, body.value.up_to)
    });
    read.await?;
    Ok(HttpResponse::NoContent().finish())
}
