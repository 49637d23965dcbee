//! `POST /auth/login`

use super::{OperatorBody, SignInBody};
use crate::auth::session::{self, Lifetime, Plane};
use crate::auth::sign_in::{SignedIn, sign_in};
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{Body, NoParams};
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::{HttpResponse, post, web};

/// Sign in with a cookie
///
/// Opens a session of the system plane and sets its cookie. At most 10 attempts a minute per client address and e-mail address.
#[utoipa::path(tag = "auth", operation_id = "login", security(()), request_body = SignInBody,
    responses((status = 200, description = "Signed in; the cookie is set.", body = OperatorBody)))]
#[post("/auth/login")]
pub async fn login(_: NoParams, ctx: Ctx, state: web::Data<State>, body: Body<SignInBody>) -> Result<HttpResponse> {
    let SignedIn { session_id, operator } = sign_in(&ctx, &state.db, body.value.into(), Lifetime::COOKIE).await?;
    let token = session::sign(&state.keys, Plane::System, operator.id, session_id, Lifetime::COOKIE)?;
    let cookie = Cookie::build(Plane::System.cookie(), token)
        .path(Plane::System.path())
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(!state.config.listens_on_loopback())
        .max_age(Duration::seconds(Lifetime::COOKIE.total_seconds.into()))
        .finish();
    Ok(HttpResponse::Ok().cookie(cookie).json(OperatorBody::from(&operator)))
}
