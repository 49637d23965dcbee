//! `GET /auth/token-capabilities`

use super::InPerson;
use super::api_tokens::TokenCapabilitiesBody;
use crate::auth::Permit;
use crate::auth::capability::{AccessSystemPanel, Capability};
use crate::auth::token_owner::TokenOwner;
use crate::error::Result;
use crate::http::extract::NoParams;
use actix_web::{get, web};

/// List what my API tokens can do
///
/// The capabilities that a token made now could have, with what each lets do.
#[utoipa::path(tag = "auth", operation_id = "list_token_capabilities",
    extensions(("x-required-capability" = json!(AccessSystemPanel::ENTRY.name)), ("x-person-only" = json!(true))),
    responses((status = 200, description = "In the order of the registry.", body = TokenCapabilitiesBody)))]
#[get("/auth/token-capabilities")]
pub async fn list_token_capabilities(
    InPerson(permit): InPerson<Permit<AccessSystemPanel>>,
    _: NoParams,
) -> Result<web::Json<TokenCapabilitiesBody>> {
    let owner = TokenOwner::operator(&permit)?;
    Ok(web::Json(TokenCapabilitiesBody { items: owner.describe() }))
}
