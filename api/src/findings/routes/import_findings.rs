//! `POST /tenants/{tenant}/findings/import` of the tenant plane

use crate::auth::TenantPermit;
use crate::auth::tenant_capability::{FindingsImport, TenantCapability};
use crate::context::Ctx;
use crate::error::Result;
use crate::findings::import::{Format, ImportReport};
use crate::findings::import_findings::{self as use_case, UploadOptions};
use crate::http::State;
use crate::http::extract::{Params, Upload};
use crate::http::problem::Problem;
use actix_web::{post, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// What the file is.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportParams {
    /// Which tool wrote the file.
    #[param(inline)]
    format: Format,
    /// True to resolve the open findings that the scan looked for and does not contain any more; false when left out.
    #[serde(default)]
    #[param(nullable = false)]
    resolve_unobserved: bool,
}

/// The file as the tool wrote it, at most 128 MiB.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct ScanFile(#[allow(dead_code, reason = "only its schema is of use")] String);

/// Import a scan
///
/// The body is the file itself, as the tool wrote it, whatever its Content-Type says. It is imported whole or not at all;
/// findings that cannot be read are skipped, and listed. The same scan sent again changes nothing. A file of which nothing can be
/// imported is refused.
#[utoipa::path(tag = "tenant plane", operation_id = "import_findings",
    request_body(content = ScanFile, content_type = "application/octet-stream", description = "The file."),
    params(("tenant" = i64, Path, description = "Id of the tenant."), ImportParams),
    extensions(("x-required-capability" = json!(FindingsImport::ENTRY.name))),
    responses(
        (status = 200, description = "What was done.", body = ImportReport),
        (status = 408, description = "upload-timed-out: the file came too slowly.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "limit-reached: the tenant would have more findings than it may; nothing was imported.",
            body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The file is too large.", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "A form, or a Content-Encoding.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "unreadable-file, with a reason; tenant-mismatch: it names another tenant; or a parameter is wrong.",
            body = Problem, content_type = "application/problem+json")))]
#[post("/tenants/{tenant}/findings/import")]
pub async fn import_findings(
    permit: TenantPermit<FindingsImport>,
    params: Params<ImportParams>,
    ctx: Ctx,
    state: web::Data<State>,
    file: Upload,
) -> Result<web::Json<ImportReport>> {
    let Params(ImportParams { format, resolve_unobserved }) = params;
    let options = UploadOptions { format, resolve_unobserved, findings_per_tenant: state.config.findings_per_tenant };
    let scope = permit.scope();
    // The file may have been on its way for minutes.
    let renew = move |conn: &mut _| permit.renewed(conn);
    let import = move |conn: &mut _, permit: TenantPermit<_>| use_case::import_findings(&ctx, &permit, conn, file, options);
    Ok(web::Json(state.db.without_deadline().tenant_write_after(scope, renew, import).await?))
}
