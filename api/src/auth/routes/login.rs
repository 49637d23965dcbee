//! `POST /auth/login`

use super::credential;
use super::{OperatorBody, SignInBody};
use crate::auth::Operator;
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{Body, NoParams};
use actix_web::{HttpResponse, post, web};

/// Sign in with a cookie
///
/// Opens a session of the system plane and sets its cookie. At most 10 attempts a minute per client address and e-mail address.
#[utoipa::path(tag = "auth", operation_id = "login", security(()), request_body = SignInBody,
    responses((status = 200, description = "Signed in; the cookie is set.", body = OperatorBody,
        headers(("Set-Cookie" = String, description = "The cookie of the session.")))))]
#[post("/auth/login")]
pub async fn login(_: NoParams, ctx: Ctx, state: web::Data<State>, body: Body<SignInBody>) -> Result<HttpResponse> {
    let (operator, cookie) = credential::cookie::<Operator>(&ctx, &state, body.value).await?;
    Ok(HttpResponse::Ok().cookie(cookie).json(OperatorBody::from(&operator)))
}
