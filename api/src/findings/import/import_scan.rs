//! Importing what a tool found (FND-02).
//!
//! Reading stages what it finds in temporary tables; one transaction applies it. Nothing stays of a file that is refused.
//! That transaction takes the locks of its tenants in the order of their ids, then the findings in the order of tenant and
//! fingerprint, as the lifecycle's batches do.

use diesel::{Connection, PgConnection};
use serde::Serialize;
use std::io::Read;
use time::format_description::well_known::Rfc3339;

use super::Format;
use super::maester::Severities;
use super::outcome::ImportReport;
use super::read::ReadOptions;
use super::report::{ScanSummary, WarningCode};
use super::stage::stage;
use super::store::{self, AppliedCount, Scan};
use super::whose::TenantChoice;
use crate::audit::{self, Action, Entry};
use crate::context::Ctx;
use crate::db::clock;
use crate::db::locks::{self, LockClass};
use crate::db::loggable;
use crate::error::{Error, Result};
use crate::tenancy;
use crate::text::counted;

/// As which version of the product an import writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Merges into the findings that are there, and keeps their lifecycle.
    Ordinary,
    /// Appends a row per failing observation without a lifecycle, as older versions did.
    Legacy,
}

/// What to import, and as what.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// Format of the file.
    pub format: Format,
    /// How it is written.
    pub mode: Mode,
    /// Whose findings it holds.
    pub tenant: TenantChoice,
    /// Severities by Maester test id.
    pub severities: Option<Severities>,
    /// Most findings that a tenant may have.
    pub findings_per_tenant: i64,
    /// True when findings that the scan looked for and does not contain any more are resolved (FND-08).
    pub resolve_unobserved: bool,
}

/// Imports `input`. Where reading may take long, the connection must not be in a transaction. Errors: 422 `unreadable-file` with
/// a `reason`, `unknown-tenant`, `tenant-mismatch`; 409 `limit-reached`; whatever the error, nothing was written.
pub fn import_scan(ctx: &Ctx, conn: &mut PgConnection, input: impl Read, options: &ImportOptions) -> Result<ImportReport> {
    let decided = options.tenant.decided(conn)?;
    let read_options = ReadOptions {
        now: clock::read(conn)?.time(),
        severities: options.severities.clone(),
        ignore_tenants: matches!(options.tenant, TenantChoice::Forced(_)),
    };
    store::create_tables(conn)?;
    let staged = stage(conn, options.format, input, &read_options);
    let result = staged.and_then(|(summary, report)| {
        conn.transaction(|conn| {
            options.tenant.attribute(ctx, conn, decided, &summary)?;
            apply(ctx, conn, options, &summary, report)
        })
    });
    // Where they stay, the next import or the end of the connection takes them away.
    if let Err(error) = store::drop_tables(conn) {
        tracing::warn!(error = loggable::of_database(&error), "staging tables not dropped");
    }
    result
}

fn apply(
    ctx: &Ctx,
    conn: &mut PgConnection,
    options: &ImportOptions,
    summary: &ScanSummary,
    mut report: ImportReport,
) -> Result<ImportReport> {
    store::insert_chosen(conn, summary.scanned_at)?;
    let header_time = summary.scanned_at.filter(|_| summary.source.is_some());
    let mut tenants: Vec<i64> = store::list_scans(conn, summary.source, header_time)?.iter().map(|scan| scan.tenant_id).collect();
    tenants.dedup();
    for tenant_id in tenants {
        locks::lock(conn, LockClass::Tenant, &tenancy::lock_name(tenant_id))?;
    }
    let is_ordinary = options.mode == Mode::Ordinary;
    let scans = store::insert_scans(conn, &summary.sha256, is_ordinary)?;
    let learnt = store::insert_coverage(conn, is_ordinary && summary.rejected == 0)?;
    report.scan_already_imported = !scans.is_empty() && scans.iter().all(|scan| scan.scan_id.is_none());
    warn_of_scans(conn, options, summary, &mut report)?;
    store::delete_already_imported(conn)?;
    let mut changes = Changes::default();
    if !report.scan_already_imported {
        changes = write(conn, options.mode)?;
        ensure_room(conn, &scans, &changes.created, options.findings_per_tenant)?;
    }
    if is_ordinary && (learnt > 0 || options.resolve_unobserved) {
        let now = clock::read(conn)?;
        changes.unobserved = store::update_unobserved(conn, now, options.resolve_unobserved)?;
    }
    let is_resolved = |scan: &Scan| options.resolve_unobserved && count_of(&changes.unobserved, scan) > 0;
    for scan in scans.iter().filter(|scan| scan.scan_id.is_some() || is_resolved(scan)) {
        record(ctx, conn, options, scan, &changes)?;
    }
    (report.updated, report.created) = (total(&changes.updated), total(&changes.created));
    report.unobserved = total(&changes.unobserved);
    report.unchanged = report.read.saturating_sub(report.rejected_count + report.created + report.updated);
    Ok(report)
}

/// Tells what the file says of its findings and the import does not follow.
fn warn_of_scans(
    conn: &mut PgConnection,
    options: &ImportOptions,
    summary: &ScanSummary,
    report: &mut ImportReport,
) -> Result<()> {
    let repeated = store::count_repeated(conn)?;
    if repeated > 0 {
        let message = format!(
            "{repeated} failures are the same finding as another failure of the scan, by check and resource; they count once"
        );
        report.warn(WarningCode::RepeatedFindings, message);
    }
    if options.mode == Mode::Ordinary && summary.rejected > 0 {
        let message = "parts of the scan could not be read, so no finding is taken for not observed any more";
        report.warn(WarningCode::PartlyRead, message.to_owned());
    }
    if report.scan_already_imported && options.severities.is_some() {
        let message = "the severities of a scan that was imported before do not change; they count for its next scan";
        report.warn(WarningCode::SeveritiesUnchanged, message.to_owned());
    }
    Ok(())
}

/// Rows that an import changed, by scan.
#[derive(Default)]
struct Changes {
    updated: Vec<AppliedCount>,
    created: Vec<AppliedCount>,
    /// Open findings that are not observed any more; resolved where that was asked for.
    unobserved: Vec<AppliedCount>,
}

fn write(conn: &mut PgConnection, mode: Mode) -> Result<Changes> {
    if mode == Mode::Legacy {
        return Ok(Changes { created: store::append_legacy(conn)?, ..Changes::default() });
    }
    let now = clock::read(conn)?;
    store::adopt_findings(conn, now)?;
    store::update_next_passes(conn)?;
    store::lock_findings(conn)?;
    let now = clock::read(conn)?;
    Ok(Changes { updated: store::update_known(conn, now)?, created: store::insert_missing(conn, now)?, ..Changes::default() })
}

/// Refuses what would leave a tenant with more findings than it may have. Its lock is held, so nobody else adds any.
fn ensure_room(conn: &mut PgConnection, scans: &[Scan], created: &[AppliedCount], most: i64) -> Result<()> {
    for (at, scan) in scans.iter().enumerate() {
        let of_tenant = |count: &&AppliedCount| count.tenant_id == scan.tenant_id;
        let added: i64 = created.iter().filter(of_tenant).map(|count| count.count).sum();
        let is_looked_at = scans.iter().take(at).any(|earlier| earlier.tenant_id == scan.tenant_id);
        if added == 0 || is_looked_at {
            continue;
        }
        let present = store::count_findings(conn, scan.tenant_id)? - added;
        if present + added > most {
            let detail = format!(
                "{} has {present} findings, and the file would add {added}; a tenant has {most} at most. Nothing was imported.",
                scan.tenant_name
            );
            return Err(Error::limit_reached(detail, most, present).with("added", added));
        }
    }
    Ok(())
}

fn total(counts: &[AppliedCount]) -> u64 {
    counts.iter().map(|scan| scan.count.unsigned_abs()).sum()
}

fn count_of(counts: &[AppliedCount], scan: &Scan) -> i64 {
    let of_scan = counts
        .iter()
        .find(|count| count.tenant_id == scan.tenant_id && count.source == scan.source && count.account == scan.account);
    of_scan.map_or(0, |found| found.count)
}

fn record(ctx: &Ctx, conn: &mut PgConnection, options: &ImportOptions, scan: &Scan, changes: &Changes) -> Result<()> {
    let (created, updated) = (count_of(&changes.created, scan), count_of(&changes.updated, scan));
    let unobserved = count_of(&changes.unobserved, scan);
    let resolved = if options.resolve_unobserved && unobserved > 0 {
        format!(", {unobserved} resolved that are not observed any more")
    } else {
        String::new()
    };
    let entry = Entry::new(Action::FindingsImported)
        .target("tenant", scan.tenant_id, &scan.tenant_name)
        .scope(Some(scan.workspace_id), Some(scan.tenant_id))
        .summary(format!(
            "Imported a scan of {}: {} created, {updated} updated{resolved}.",
            scan.source,
            counted(created, "finding")
        ))
        .metadata("format", options.format)
        .metadata("mode", options.mode)
        .metadata("source", &scan.source)
        .metadata("account", Some(&scan.account).filter(|account| !account.is_empty()))
        .metadata("scanned_at", scan.scanned_at.format(&Rfc3339).ok())
        .metadata("scan_id", scan.scan_id)
        .metadata("created", created)
        .metadata("updated", updated)
        .metadata("unobserved", unobserved)
        .metadata("resolve_unobserved", options.resolve_unobserved);
    audit::record(conn, ctx, entry)
}
