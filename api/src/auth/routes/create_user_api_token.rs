//! `POST /auth/api-tokens` of the tenant plane

use super::InPerson;
use super::api_tokens::{self, CreateApiTokenBody, CreatedApiToken};
use crate::auth::SignedInUser;
use crate::auth::token_owner::TokenOwner;
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{NoParams, RawBody};
use crate::http::idempotency::IdempotencyKey;
use actix_web::{HttpResponse, post, web};

/// Make an API token as a user
///
/// For a program that acts for you: with part of what your roles let you do, in every tenant where they do, and at each call no more than you may do then. Its text is
/// shown once. An API token cannot make others.
#[utoipa::path(tag = "tenant plane", operation_id = "create_user_api_token", request_body = CreateApiTokenBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat for 24 hours.")),
    extensions(("x-person-only" = json!(true))),
    responses(
        (status = 201, description = "The token, with its text.", body = CreatedApiToken, headers(("Location" = String, description = "Address of the token."))),
        (status = 409, description = "too-many-tokens or idempotency-key-in-flight.",
            body = crate::http::problem::Problem, content_type = "application/problem+json")))]
#[post("/auth/api-tokens")]
pub async fn create_user_api_token(
    InPerson(user): InPerson<SignedInUser>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
    key: IdempotencyKey,
    body: RawBody,
) -> Result<HttpResponse> {
    api_tokens::create(ctx, state, key, body, move |conn| TokenOwner::user(&user, conn)).await
}
