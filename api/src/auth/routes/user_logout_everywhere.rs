//! `POST /auth/logout-everywhere` of the tenant plane

use super::{InPerson, credential};
use crate::auth::sessions::{self as use_case, SessionHolder};
use crate::auth::{Plane, SignedInUser};
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::NoParams;
use actix_web::{HttpResponse, post, web};

/// Sign out everywhere as a user
///
/// Ends all your sessions, this one too, at once on every node. API tokens go on.
#[utoipa::path(tag = "tenant plane", operation_id = "user_logout_everywhere",
    extensions(("x-person-only" = json!(true))),
    responses((status = 204, description = "Signed out everywhere.", headers(("Set-Cookie" = String, description = "Makes a browser forget its session.")))))]
#[post("/auth/logout-everywhere")]
pub async fn user_logout_everywhere(
    InPerson(user): InPerson<SignedInUser>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
) -> Result<HttpResponse> {
    let holder = SessionHolder::user(user.user())?;
    state.identity_db.write(move |conn| use_case::revoke_all_sessions(&ctx, holder, conn)).await?;
    Ok(HttpResponse::NoContent().cookie(credential::removal(Plane::Admin)).finish())
}
