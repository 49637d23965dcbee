//! Importing a scan as a member of the tenant it is about (FND-02).

use super::import::{Format, ImportOptions, ImportReport, Mode, TenantChoice, allow_upload, import_scan};
use crate::auth::TenantPermit;
use crate::auth::tenant_capability::FindingsImport;
use crate::context::Ctx;
use crate::error::{Error, Result};
use diesel::PgConnection;
use std::io::Read;

/// How an uploaded file is imported.
#[derive(Debug, Clone, Copy)]
pub struct UploadOptions {
    /// Format of the file.
    pub format: Format,
    /// True when findings that the scan looked for and does not contain any more are resolved (FND-08).
    pub resolve_unobserved: bool,
    /// Most findings that a tenant may have.
    pub findings_per_tenant: i64,
}

/// Imports a file that is at hand, in a transaction on the floor. A file that names no tenant is taken for this one's. Errors:
/// 422 `unreadable-file`, `tenant-mismatch`; 409 `limit-reached`; 404 when the tenant has just left the allowed universe.
pub fn import_findings(
    ctx: &Ctx,
    permit: &TenantPermit<FindingsImport>,
    conn: &mut PgConnection,
    file: impl Read,
    options: UploadOptions,
) -> Result<ImportReport> {
    allow_upload(conn)?;
    let tenant = TenantChoice::Only(permit.tenant_id());
    let UploadOptions { format, resolve_unobserved, findings_per_tenant } = options;
    let options =
        ImportOptions { format, mode: Mode::Ordinary, tenant, severities: None, findings_per_tenant, resolve_unobserved };
    import_scan(ctx, conn, file, &options).map_err(Error::hiding_tenant)
}
