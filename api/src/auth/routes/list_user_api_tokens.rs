//! `GET /auth/api-tokens` of the tenant plane

use super::InPerson;
use super::api_tokens::ApiTokenParams;
use crate::auth::SignedInUser;
use crate::auth::api_tokens::{self as use_case, ApiToken};
use crate::auth::token_owner::TokenOwner;
use crate::db::page::PageRequest;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::Params;
use crate::http::page::PageBody;
use actix_web::{get, web};

/// List my API tokens as a user
///
/// The newest first, without their text; those that ended stay in the list for 90 days.
#[utoipa::path(tag = "tenant plane", operation_id = "list_user_api_tokens", params(ApiTokenParams),
    extensions(("x-person-only" = json!(true))),
    responses((status = 200, description = "One page of tokens.", body = PageBody<ApiToken>)))]
#[get("/auth/api-tokens")]
pub async fn list_user_api_tokens(
    InPerson(user): InPerson<SignedInUser>,
    state: web::Data<State>,
    params: Params<ApiTokenParams>,
) -> Result<web::Json<PageBody<ApiToken>>> {
    let Params(params) = params;
    let page = PageRequest::parse(params.limit, params.cursor.as_deref())?;
    let page = state.identity_db.read(move |conn| use_case::list_api_tokens(&TokenOwner::user(&user, conn)?, conn, page));
    Ok(web::Json(page.await?.into()))
}
