//! `POST /auth/token` of the tenant plane

use super::SignInBody;
use super::credential::{self, TokenBody};
use crate::auth::User;
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{Body, NoParams};
use actix_web::{post, web};

/// Sign in as a user, with a bearer token
///
/// Opens a session of the tenant plane and answers with its token. Same limits as signing in with a cookie.
#[utoipa::path(tag = "tenant plane", operation_id = "user_token", security(()), request_body = SignInBody,
    responses((status = 200, description = "Signed in.", body = TokenBody)))]
#[post("/auth/token")]
pub async fn user_token(_: NoParams, ctx: Ctx, state: web::Data<State>, body: Body<SignInBody>) -> Result<web::Json<TokenBody>> {
    Ok(web::Json(credential::bearer::<User>(&ctx, &state, body.value).await?))
}
