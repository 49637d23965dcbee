//! `POST /auth/logout` of the tenant plane

use super::{InPerson, credential};
use crate::auth::{Plane, SignedInUser, sign_in};
use crate::context::Ctx;
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::extract::NoParams;
use actix_web::{HttpResponse, post, web};

/// Sign out as a user
///
/// Ends the session that was presented, at once on every node.
#[utoipa::path(tag = "tenant plane", operation_id = "user_logout", extensions(("x-person-only" = json!(true))), responses((status = 204, description = "Signed out.", headers(("Set-Cookie" = String, description = "Makes a browser forget its session.")))))]
#[post("/auth/logout")]
pub async fn user_logout(
    InPerson(user): InPerson<SignedInUser>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
) -> Result<HttpResponse> {
    let session_id = user.user().via.session_id().ok_or_else(Error::not_found)?;
    sign_in::sign_out(&ctx, &state.identity_db, Plane::Admin, session_id).await?;
    Ok(HttpResponse::NoContent().cookie(credential::removal(Plane::Admin)).finish())
}
