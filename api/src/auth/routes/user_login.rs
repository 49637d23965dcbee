//! `POST /auth/login` of the tenant plane

use super::{SignInBody, UserBody, credential};
use crate::auth::User;
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{Body, NoParams};
use crate::tenancy::list_user_workspaces;
use actix_web::{HttpResponse, post, web};

/// Sign in as a user, with a cookie
///
/// Opens a session of the tenant plane and sets its cookie. At most 10 attempts a minute per client address and e-mail address.
#[utoipa::path(tag = "tenant plane", operation_id = "user_login", security(()), request_body = SignInBody,
    responses((status = 200, description = "Signed in; the cookie is set.", body = UserBody,
        headers(("Set-Cookie" = String, description = "The cookie of the session.")))))]
#[post("/auth/login")]
pub async fn user_login(_: NoParams, ctx: Ctx, state: web::Data<State>, body: Body<SignInBody>) -> Result<HttpResponse> {
    let (user, cookie) = credential::cookie::<User>(&ctx, &state, body.value).await?;
    let id = user.id;
    let workspaces = state.identity_db.read(move |conn| Ok(list_user_workspaces(conn, id)?)).await?;
    Ok(HttpResponse::Ok().cookie(cookie).json(UserBody::of(&user, workspaces)))
}
