//! `POST /auth/logout`

use super::authenticate::SignedInOperator;
use crate::auth::{Plane, sign_in};
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use actix_web::cookie::Cookie;
use actix_web::{HttpResponse, post, web};

/// Sign out
///
/// Ends the session that was presented, at once on every node.
#[utoipa::path(tag = "auth", operation_id = "logout", responses((status = 204, description = "Signed out.")))]
#[post("/auth/logout")]
pub async fn logout(signed_in: SignedInOperator, ctx: Ctx, state: web::Data<State>) -> Result<HttpResponse> {
    sign_in::sign_out(&ctx, &state.db, signed_in.0.session_id).await?;
    let mut cookie = Cookie::build(Plane::System.cookie(), "").path(Plane::System.path()).http_only(true).finish();
    cookie.make_removal();
    Ok(HttpResponse::NoContent().cookie(cookie).finish())
}
