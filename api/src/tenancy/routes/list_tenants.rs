//! `GET /tenants`

use crate::auth::Permit;
use crate::auth::capability::{AccessSystemPanel, Capability};
use crate::db::id::id_of_text;
use crate::db::page::PageRequest;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::Params;
use crate::http::page::PageBody;
use crate::tenancy::list_tenants as use_case;
use crate::tenancy::model::Tenant;
use actix_web::{get, web};
use serde::Deserialize;
use utoipa::IntoParams;

/// Filters of the list of tenants.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TenantParams {
    /// Part of the name or directory id.
    search: Option<String>,
    /// Tenants of this workspace.
    #[serde(default, deserialize_with = "id_of_text")]
    workspace_id: Option<i64>,
    /// Rows wanted, 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List tenants
///
/// Tenants that may be targeted: neither the platform tenant nor deleted ones.
#[utoipa::path(tag = "tenancy", operation_id = "list_tenants", params(TenantParams),
    extensions(("x-required-capability" = json!(AccessSystemPanel::ENTRY.name))),
    responses((status = 200, description = "One page of tenants.", body = PageBody<Tenant>)))]
#[get("/tenants")]
pub async fn list_tenants(
    permit: Permit<AccessSystemPanel>,
    state: web::Data<State>,
    params: Params<TenantParams>,
) -> Result<web::Json<PageBody<Tenant>>> {
    let Params(params) = params;
    let page = PageRequest::parse(params.limit, params.cursor.as_deref())?;
    let page = state
        .read_db
        .read(move |conn| use_case::list_tenants(&permit, conn, params.search.as_deref(), params.workspace_id, page))
        .await?;
    Ok(web::Json(page.into()))
}
