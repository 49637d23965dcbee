//! `POST /auth/logout-everywhere`

use super::{InPerson, credential};
use crate::auth::capability::{AccessSystemPanel, Capability};
use crate::auth::sessions::{self as use_case, SessionHolder};
use crate::auth::{Permit, Plane};
use crate::context::Ctx;
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::extract::NoParams;
use actix_web::{HttpResponse, post, web};

/// Sign out everywhere
///
/// Ends all your sessions, this one too, at once on every node. API tokens go on.
#[utoipa::path(tag = "auth", operation_id = "logout_everywhere",
    extensions(("x-required-capability" = json!(AccessSystemPanel::ENTRY.name)), ("x-person-only" = json!(true))),
    responses((status = 204, description = "Signed out everywhere.", headers(("Set-Cookie" = String, description = "Makes a browser forget its session.")))))]
#[post("/auth/logout-everywhere")]
pub async fn logout_everywhere(
    InPerson(permit): InPerson<Permit<AccessSystemPanel>>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
) -> Result<HttpResponse> {
    let holder = SessionHolder::operator(permit.operator().ok_or_else(Error::not_found)?)?;
    state.identity_db.write(move |conn| use_case::revoke_all_sessions(&ctx, holder, conn)).await?;
    Ok(HttpResponse::NoContent().cookie(credential::removal(Plane::System)).finish())
}
