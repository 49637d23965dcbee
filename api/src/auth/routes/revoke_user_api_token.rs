//! `DELETE /auth/api-tokens/{id}` of the tenant plane

use super::InPerson;
use crate::auth::SignedInUser;
use crate::auth::api_tokens as use_case;
use crate::auth::token_owner::TokenOwner;
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{NoParams, PathId};
use actix_web::{HttpResponse, delete, web};

/// Revoke one of my API tokens as a user
///
/// Ends it at once on every node. One that has ended already stays as it is.
#[utoipa::path(tag = "tenant plane", operation_id = "revoke_user_api_token", params(("id" = i64, Path, description = "The token.")),
    extensions(("x-person-only" = json!(true))),
    responses((status = 204, description = "It cannot be used any more.")))]
#[delete("/auth/api-tokens/{id}")]
pub async fn revoke_user_api_token(
    InPerson(user): InPerson<SignedInUser>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
    id: PathId,
) -> Result<HttpResponse> {
    state.identity_db.write(move |conn| use_case::revoke_api_token(&ctx, &TokenOwner::user(&user, conn)?, conn, id.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}
