//! `GET /tenants/{tenant}/findings/counts` of the tenant plane

use crate::auth::TenantPermit;
use crate::auth::tenant_capability::{FindingsView, TenantCapability};
use crate::error::Result;
use crate::findings::count_findings::{self as use_case, FindingCount};
use crate::http::State;
use crate::http::extract::NoParams;
use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

/// Counts of every severity.
#[derive(Serialize, ToSchema)]
pub struct FindingCountsBody {
    /// The worst severity first.
    items: Vec<FindingCount>,
}

/// Count open findings
///
/// By severity, exactly, in one pass over the tenant's findings.
#[utoipa::path(tag = "tenant plane", operation_id = "count_findings",
    params(("tenant" = i64, Path, description = "Id of the tenant.")),
    extensions(("x-required-capability" = json!(FindingsView::ENTRY.name))),
    responses((status = 200, description = "The counts.", body = FindingCountsBody)))]
#[get("/tenants/{tenant}/findings/counts")]
pub async fn count_findings(
    permit: TenantPermit<FindingsView>,
    _: NoParams,
    state: web::Data<State>,
) -> Result<web::Json<FindingCountsBody>> {
    let scope = permit.scope();
    let items = state.read_db.tenant_read(scope, move |conn| use_case::count_findings(&permit, conn)).await?;
    Ok(web::Json(FindingCountsBody { items }))
}
