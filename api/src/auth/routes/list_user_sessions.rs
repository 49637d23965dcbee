//! `GET /auth/sessions` of the tenant plane

use super::{InPerson, SessionsBody};
use crate::auth::SignedInUser;
use crate::auth::sessions::{self as use_case, SessionHolder};
use crate::error::Result;
use crate::http::State;
use crate::http::extract::NoParams;
use actix_web::{get, web};

/// List my sessions as a user
///
/// Where you are signed in, the newest first, a hundred at most.
#[utoipa::path(tag = "tenant plane", operation_id = "list_user_sessions",
    extensions(("x-person-only" = json!(true))),
    responses((status = 200, description = "Live sessions.", body = SessionsBody)))]
#[get("/auth/sessions")]
pub async fn list_user_sessions(
    InPerson(user): InPerson<SignedInUser>,
    _: NoParams,
    state: web::Data<State>,
) -> Result<web::Json<SessionsBody>> {
    let holder = SessionHolder::user(user.user())?;
    let items = state.identity_db.read(move |conn| use_case::list_sessions(holder, conn)).await?;
    Ok(web::Json(SessionsBody { items }))
}
