//! `GET /auth/sessions`

use super::{InPerson, SessionsBody};
use crate::auth::Permit;
use crate::auth::capability::{AccessSystemPanel, Capability};
use crate::auth::sessions::{self as use_case, SessionHolder};
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::extract::NoParams;
use actix_web::{get, web};

/// List my sessions
///
/// Where you are signed in, the newest first, a hundred at most.
#[utoipa::path(tag = "auth", operation_id = "list_sessions",
    extensions(("x-required-capability" = json!(AccessSystemPanel::ENTRY.name)), ("x-person-only" = json!(true))),
    responses((status = 200, description = "Live sessions.", body = SessionsBody)))]
#[get("/auth/sessions")]
pub async fn list_sessions(
    InPerson(permit): InPerson<Permit<AccessSystemPanel>>,
    _: NoParams,
    state: web::Data<State>,
) -> Result<web::Json<SessionsBody>> {
    let holder = SessionHolder::operator(permit.operator().ok_or_else(Error::not_found)?)?;
    let items = state.identity_db.read(move |conn| use_case::list_sessions(holder, conn)).await?;
    Ok(web::Json(SessionsBody { items }))
}
