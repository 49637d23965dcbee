//! `POST /auth/token`

use super::SignInBody;
use crate::auth::session::{self, Lifetime, Plane};
use crate::auth::sign_in::sign_in;
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::Body;
use actix_web::{post, web};
use serde::Serialize;
use utoipa::ToSchema;

/// A bearer token.
#[derive(Serialize, ToSchema)]
pub struct TokenBody {
    /// Send it as `Authorization: Bearer <token>`.
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds until it ends.
    expires_in: i32,
}

/// Sign in with a bearer token
///
/// Opens a session of the system plane and answers with its token. Same limits as signing in with a cookie.
#[utoipa::path(tag = "auth", operation_id = "issue_token", security(()), request_body = SignInBody,
    responses((status = 200, description = "Signed in.", body = TokenBody)))]
#[post("/auth/token")]
pub async fn issue_token(ctx: Ctx, state: web::Data<State>, body: Body<SignInBody>) -> Result<web::Json<TokenBody>> {
    let signed_in = sign_in(&ctx, &state.db, body.value.into(), Lifetime::BEARER).await?;
    let token = session::sign(&state.keys, Plane::System, signed_in.operator.id, signed_in.session_id, Lifetime::BEARER)?;
    Ok(web::Json(TokenBody { access_token: token, token_type: "Bearer", expires_in: Lifetime::BEARER.total_seconds }))
}
