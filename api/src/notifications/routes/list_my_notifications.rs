//! `GET /notifications` of the tenant plane

use super::{NotificationPage, NotificationParams};
use crate::auth::SignedInUser;
use crate::auth::routes::InPerson;
use crate::db::page::PageRequest;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::Params;
use crate::notifications::{Inbox, list_notifications as use_case};
use actix_web::{get, web};

/// List my notifications
///
/// Runs that the caller started and that have ended, newest first, each once; of tenants where the caller may see such runs now.
#[utoipa::path(tag = "tenant plane", operation_id = "list_my_notifications", params(NotificationParams),
    extensions(("x-person-only" = json!(true))),
    responses((status = 200, description = "One page, and how many are unread.", body = NotificationPage)))]
#[get("/notifications")]
pub async fn list_my_notifications(
    InPerson(user): InPerson<SignedInUser>,
    state: web::Data<State>,
    params: Params<NotificationParams>,
) -> Result<web::Json<NotificationPage>> {
    let page = PageRequest::parse(params.0.limit, params.0.cursor.as_deref())?;
    let list = state.db.with(move |conn| {
        let inbox = Inbox::of_user(&user, conn)?;
        use_case::list_notifications(&inbox, conn, page)
    });
    Ok(web::Json(list.await?.into()))
}
