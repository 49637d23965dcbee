//! `GET /tenants/{tenant}/findings` of the tenant plane

use crate::auth::TenantPermit;
use crate::auth::tenant_capability::{FindingsView, TenantCapability};
use crate::db::page::PageRequest;
use crate::error::Result;
use crate::findings::Finding;
use crate::findings::list_findings::{self as use_case, FindingFilter};
use crate::findings::model::{FindingType, Severity, Status};
use crate::http::State;
use crate::http::extract::Params;
use crate::http::page::PageBody;
use actix_web::{get, web};
use serde::Deserialize;
use utoipa::IntoParams;

/// Filters of the list of findings.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FindingParams {
    /// Where it stands.
    status: Option<Status>,
    /// How bad it is.
    severity: Option<Severity>,
    /// What kind of deviation it is.
    #[serde(rename = "type")]
    #[param(rename = "type")]
    kind: Option<FindingType>,
    /// Whether it is open and its due date has passed.
    overdue: Option<bool>,
    /// True when it is open and the newest scan that looked for it does not contain it.
    unobserved: Option<bool>,
    /// Tool that found it.
    #[param(max_length = 200, example = "scubagear")]
    source: Option<String>,
    /// Check that found it.
    #[param(max_length = 200, example = "MS.AAD.3.1v1")]
    check_id: Option<String>,
    /// Part of title, resource, check, source or fingerprint, whatever the case.
    #[param(max_length = 200, example = "legacy authentication")]
    search: Option<String>,
    /// Rows wanted, 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List findings
///
/// Newest first, without duplicates that were folded into others. A page has fewer findings than its limit where they hold more
/// than 1 MiB of evidence, and fewer or none where the first 20,000 findings looked at hold no more that pass the filters; its
/// cursor leads on. The list is over where `next_cursor` is null.
#[utoipa::path(tag = "tenant plane", operation_id = "list_findings",
    params(("tenant" = i64, Path, description = "Id of the tenant."), FindingParams),
    extensions(("x-required-capability" = json!(FindingsView::ENTRY.name))),
    responses((status = 200, description = "One page of findings.", body = PageBody<Finding>)))]
#[get("/tenants/{tenant}/findings")]
pub async fn list_findings(
    permit: TenantPermit<FindingsView>,
    state: web::Data<State>,
    params: Params<FindingParams>,
) -> Result<web::Json<PageBody<Finding>>> {
    let Params(params) = params;
    let page = PageRequest::parse(params.limit, params.cursor.as_deref())?;
    let filter = FindingFilter {
        status: params.status,
        severity: params.severity,
        kind: params.kind,
        overdue: params.overdue,
        unobserved: params.unobserved,
        source: params.source,
        check_id: params.check_id,
        search: params.search,
    };
    let scope = permit.scope();
    let page = state.read_db.tenant_read(scope, move |conn| use_case::list_findings(&permit, conn, &filter, page)).await?;
    Ok(web::Json(page.into()))
}
