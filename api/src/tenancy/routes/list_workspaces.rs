//! `GET /workspaces`

use crate::auth::Permit;
use crate::auth::capability::{AccessSystemPanel, Capability};
use crate::db::page::PageRequest;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::Params;
use crate::http::page::PageBody;
use crate::tenancy::list_workspaces as use_case;
use crate::tenancy::model::Workspace;
use actix_web::{get, web};
use serde::Deserialize;
use utoipa::IntoParams;

/// Filters of the list of workspaces.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WorkspaceParams {
    /// Part of the name or slug.
    search: Option<String>,
    /// Rows wanted, 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List workspaces
///
/// Oldest first, with the number of tenants that may be targeted.
#[utoipa::path(tag = "tenancy", operation_id = "list_workspaces", params(WorkspaceParams),
    extensions(("x-required-capability" = json!(AccessSystemPanel::ENTRY.name))),
    responses((status = 200, description = "One page of workspaces.", body = PageBody<Workspace>)))]
#[get("/workspaces")]
pub async fn list_workspaces(
    permit: Permit<AccessSystemPanel>,
    state: web::Data<State>,
    params: Params<WorkspaceParams>,
) -> Result<web::Json<PageBody<Workspace>>> {
    let Params(params) = params;
    let page = PageRequest::parse(params.limit, params.cursor.as_deref())?;
    let page = state.read_db.read(move |conn| use_case::list_workspaces(&permit, conn, params.search.as_deref(), page)).await?;
    Ok(web::Json(page.into()))
}
