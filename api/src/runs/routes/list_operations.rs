//! `GET /operations` of the tenant plane

use super::as_member;
use crate::auth::SignedInUser;
use crate::db::id::id_of_text;
use crate::db::page::PageRequest;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{Params, time_in_utc};
use crate::http::page::PageBody;
use crate::runs::list_operations::{self as use_case, OperationFilter};
use crate::runs::operation::Operation;
use crate::runs::state::{Outcome, Status};
use actix_web::{get, web};
use serde::Deserialize;
use time::OffsetDateTime;
use utoipa::IntoParams;

/// Filters of the list of runs of my tenants.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OperationParams {
    /// One of my tenants; all of them when left out.
    #[serde(default, deserialize_with = "id_of_text")]
    tenant_id: Option<i64>,
    /// Where it stands.
    status: Option<Status>,
    /// How it ended.
    outcome: Option<Outcome>,
    /// Operation type.
    #[serde(rename = "type")]
    #[param(rename = "type", example = "findings.lifecycle.backfill")]
    kind: Option<String>,
    /// Dispatched at or after this time (RFC 3339).
    #[serde(default, deserialize_with = "time_in_utc")]
    created_after: Option<OffsetDateTime>,
    /// Dispatched before this time (RFC 3339).
    #[serde(default, deserialize_with = "time_in_utc")]
    created_before: Option<OffsetDateTime>,
    /// Rows wanted, 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the runs of my tenants
///
/// Newest first; in each tenant those of the types that I could start there, and verifications. Runs over several tenants are
/// not there.
#[utoipa::path(tag = "tenant plane", operation_id = "list_operations", params(OperationParams),
    responses((status = 200, description = "One page of runs.", body = PageBody<Operation>)))]
#[get("/operations")]
pub async fn list_operations(
    user: SignedInUser,
    state: web::Data<State>,
    params: Params<OperationParams>,
) -> Result<web::Json<PageBody<Operation>>> {
    let Params(params) = params;
    let page = PageRequest::parse(params.limit, params.cursor.as_deref())?;
    let filter = OperationFilter {
        tenant_id: params.tenant_id,
        status: params.status,
        outcome: params.outcome,
        kind: params.kind,
        created_after: params.created_after,
        created_before: params.created_before,
    };
    let operations = move |places: &_, conn: &mut _| use_case::list_operations(places, conn, &filter, page);
    Ok(web::Json(as_member(&state, &state.read_db, user, operations).await?.into()))
}
