//! `GET /auth/token-capabilities` of the tenant plane

use super::InPerson;
use super::api_tokens::TokenCapabilitiesBody;
use crate::auth::SignedInUser;
use crate::auth::token_owner::TokenOwner;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::NoParams;
use actix_web::{get, web};

/// List what my API tokens can do as a user
///
/// The capabilities that a token made now could have, with what each lets do.
#[utoipa::path(tag = "tenant plane", operation_id = "list_user_token_capabilities",
    extensions(("x-person-only" = json!(true))),
    responses((status = 200, description = "In the order of the registry.", body = TokenCapabilitiesBody)))]
#[get("/auth/token-capabilities")]
pub async fn list_user_token_capabilities(
    InPerson(user): InPerson<SignedInUser>,
    _: NoParams,
    state: web::Data<State>,
) -> Result<web::Json<TokenCapabilitiesBody>> {
    let owner = state.identity_db.read(move |conn| TokenOwner::user(&user, conn)).await?;
    Ok(web::Json(TokenCapabilitiesBody { items: owner.describe() }))
}
