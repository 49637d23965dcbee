//! `GET /tenants` of the tenant plane

use crate::auth::SignedInUser;
use crate::db::page::PageRequest;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::Params;
use crate::http::page::PageBody;
use crate::tenancy::list_my_tenants as use_case;
use crate::tenancy::model::MyTenant;
use actix_web::{get, web};
use serde::Deserialize;
use utoipa::IntoParams;

/// Filters of the list of a user's tenants.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MyTenantParams {
    /// Part of the name.
    search: Option<String>,
    /// Rows wanted, 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List my tenants
///
/// Tenants that the caller is a member of, with the role there.
#[utoipa::path(tag = "tenant plane", operation_id = "list_my_tenants", params(MyTenantParams),
    responses((status = 200, description = "One page of tenants.", body = PageBody<MyTenant>)))]
#[get("/tenants")]
pub async fn list_my_tenants(
    user: SignedInUser,
    state: web::Data<State>,
    params: Params<MyTenantParams>,
) -> Result<web::Json<PageBody<MyTenant>>> {
    let Params(params) = params;
    let page = PageRequest::parse(params.limit, params.cursor.as_deref())?;
    let page = state.read_db.read(move |conn| use_case::list_my_tenants(&user, conn, params.search.as_deref(), page)).await?;
    Ok(web::Json(page.into()))
}
