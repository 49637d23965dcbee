//! `GET /tenants/{tenant}/findings/{id}` of the tenant plane

use super::with_etag;
use crate::auth::TenantPermit;
use crate::auth::tenant_capability::{FindingsView, TenantCapability};
use crate::error::Result;
use crate::findings::{Finding, get_finding as use_case};
use crate::http::State;
use crate::http::extract::{NoParams, PathId};
use actix_web::{HttpResponse, get, web};

/// One finding
///
/// `ETag` names its state; send it as `If-Match` with a change. A duplicate that was folded into another finding is there too,
/// and says which.
#[utoipa::path(tag = "tenant plane", operation_id = "get_finding",
    params(("tenant" = i64, Path, description = "Id of the tenant."), ("id" = i64, Path, description = "The finding.")),
    extensions(("x-required-capability" = json!(FindingsView::ENTRY.name))),
    responses((status = 200, description = "The finding.", body = Finding, headers(("ETag" = String, description = "Its state.")))))]
#[get("/tenants/{tenant}/findings/{id}")]
pub async fn get_finding(
    permit: TenantPermit<FindingsView>,
    id: PathId,
    _: NoParams,
    state: web::Data<State>,
) -> Result<HttpResponse> {
    // From the primary database: a version that has been passed already would be of no use to who wants to change it.
    let scope = permit.scope();
    let finding = state.db.tenant_read(scope, move |conn| use_case::get_finding(&permit, conn, id.0)).await?;
    Ok(with_etag(&finding))
}
