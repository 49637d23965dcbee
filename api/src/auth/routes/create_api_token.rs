//! `POST /auth/api-tokens`

use super::InPerson;
use super::api_tokens::{self, CreateApiTokenBody, CreatedApiToken};
use crate::auth::Permit;
use crate::auth::capability::{AccessSystemPanel, Capability};
use crate::auth::token_owner::TokenOwner;
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{NoParams, RawBody};
use crate::http::idempotency::IdempotencyKey;
use actix_web::{HttpResponse, post, web};

/// Make an API token
///
/// For a program that acts for you: with part of what you hold, and at each call no more than you may do then. Its text is
/// shown once. An API token cannot make others.
#[utoipa::path(tag = "auth", operation_id = "create_api_token", request_body = CreateApiTokenBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat for 24 hours.")),
    extensions(("x-required-capability" = json!(AccessSystemPanel::ENTRY.name)), ("x-person-only" = json!(true))),
    responses(
        (status = 201, description = "The token, with its text.", body = CreatedApiToken, headers(("Location" = String, description = "Address of the token."))),
        (status = 403, description = "break-glass-excluded: what break-glass lends is not handed on.",
            body = crate::http::problem::Problem, content_type = "application/problem+json"),
        (status = 409, description = "too-many-tokens or idempotency-key-in-flight.",
            body = crate::http::problem::Problem, content_type = "application/problem+json")))]
#[post("/auth/api-tokens")]
pub async fn create_api_token(
    InPerson(permit): InPerson<Permit<AccessSystemPanel>>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
    key: IdempotencyKey,
    body: RawBody,
) -> Result<HttpResponse> {
    api_tokens::create(ctx, state, key, body, move |_| TokenOwner::operator(&permit)).await
}
