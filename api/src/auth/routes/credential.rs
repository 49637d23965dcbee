//! What signing in hands out, in either plane: a signed token, and the cookie that carries it.

use super::SignInBody;
use crate::auth::identity::Identity;
use crate::auth::session::{self, Lifetime, Plane};
use crate::auth::sign_in::sign_in;
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
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

/// Signs in with a bearer token.
pub(super) async fn bearer<T: Identity>(ctx: &Ctx, state: &State, body: SignInBody) -> Result<TokenBody> {
    let (_, access_token) = open::<T>(ctx, state, body, Lifetime::BEARER).await?;
    Ok(TokenBody { access_token, token_type: "Bearer", expires_in: Lifetime::BEARER.total_seconds })
}

/// Signs in with a cookie; who it was, and the cookie.
pub(super) async fn cookie<T: Identity>(ctx: &Ctx, state: &State, body: SignInBody) -> Result<(T, Cookie<'static>)> {
    let (holder, token) = open::<T>(ctx, state, body, Lifetime::COOKIE).await?;
    let cookie = Cookie::build(T::PLANE.cookie(), token)
        .path(T::PLANE.path())
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(state.config.wants_secure_cookies())
        .max_age(Duration::seconds(Lifetime::COOKIE.total_seconds.into()))
        .finish();
    Ok((holder, cookie))
}

/// The cookie that makes a browser forget the plane's.
pub(super) fn removal(plane: Plane) -> Cookie<'static> {
    let mut cookie = Cookie::build(plane.cookie(), "").path(plane.path()).http_only(true).finish();
    cookie.make_removal();
    cookie
}

async fn open<T: Identity>(ctx: &Ctx, state: &State, body: SignInBody, lifetime: Lifetime) -> Result<(T, String)> {
    let signed_in = sign_in::<T>(ctx, &state.identity_db, body.into(), lifetime).await?;
    let key = state.keys.signing(&state.identity_db).await?;
    let token = session::sign(&key, T::PLANE, signed_in.holder.id(), signed_in.session_id, lifetime)?;
    Ok((signed_in.holder, token))
}
