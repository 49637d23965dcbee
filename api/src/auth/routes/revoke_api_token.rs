//! `DELETE /auth/api-tokens/{id}`

use super::InPerson;
use crate::auth::Permit;
use crate::auth::api_tokens as use_case;
use crate::auth::capability::{AccessSystemPanel, Capability};
use crate::auth::token_owner::TokenOwner;
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{NoParams, PathId};
use actix_web::{HttpResponse, delete, web};

/// Revoke one of my API tokens
///
/// Ends it at once on every node. One that has ended already stays as it is.
#[utoipa::path(tag = "auth", operation_id = "revoke_api_token", params(("id" = i64, Path, description = "The token.")),
    extensions(("x-required-capability" = json!(AccessSystemPanel::ENTRY.name)), ("x-person-only" = json!(true))),
    responses((status = 204, description = "It cannot be used any more.")))]
#[delete("/auth/api-tokens/{id}")]
pub async fn revoke_api_token(
    InPerson(permit): InPerson<Permit<AccessSystemPanel>>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
    id: PathId,
) -> Result<HttpResponse> {
    state.identity_db.write(move |conn| use_case::revoke_api_token(&ctx, &TokenOwner::operator(&permit)?, conn, id.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}
