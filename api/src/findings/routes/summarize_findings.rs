//! `GET /tenants/{tenant}/findings/summary` of the tenant plane

use crate::auth::TenantPermit;
use crate::auth::tenant_capability::{FindingsView, TenantCapability};
use crate::error::Result;
use crate::findings::summarize_findings::{self as use_case, FindingsSummary};
use crate::http::State;
use crate::http::extract::NoParams;
use actix_web::{get, web};

/// Summarize findings
///
/// Exact counts of open findings by severity, their mean age, the newest scan and the last thirty days, all of one moment.
#[utoipa::path(tag = "tenant plane", operation_id = "summarize_findings",
    params(("tenant" = i64, Path, description = "Id of the tenant.")),
    extensions(("x-required-capability" = json!(FindingsView::ENTRY.name))),
    responses((status = 200, description = "The figures.", body = FindingsSummary)))]
#[get("/tenants/{tenant}/findings/summary")]
pub async fn summarize_findings(
    permit: TenantPermit<FindingsView>,
    _: NoParams,
    state: web::Data<State>,
) -> Result<web::Json<FindingsSummary>> {
    let scope = permit.scope();
    let summary = state.read_db.tenant_read(scope, move |conn| use_case::summarize_findings(&permit, conn)).await?;
    Ok(web::Json(summary))
}
