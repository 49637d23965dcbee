//! Changing a finding (FND-05).

use super::edit::{self, FindingEdit};
use super::store;
use super::view::{self, Finding, FindingRecord};
use crate::audit::{self, Action, Entry};
use crate::auth::TenantPermit;
use crate::auth::tenant_capability::FindingsEdit;
use crate::context::Ctx;
use crate::db::clock;
use crate::error::{Code, Error, Result};
use diesel::PgConnection;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Changes a finding as asked, in the caller's transaction; asking for what is so already changes nothing. `expected` are the
/// versions of which one has to be the present one; none: any is. Errors: 404 where the tenant has no such finding, 412 on
/// another version, 409 for a folded duplicate and on an illegal transition, 422 on a wrong due date or reason.
///
/// Who changes a finding holds its row, as a batch of the backfill and an import do before they compute anything: the later
/// one sees what the earlier one wrote. `updated_at` tells a run that somebody was here after it began.
pub fn update_finding(
    ctx: &Ctx,
    permit: &TenantPermit<FindingsEdit>,
    conn: &mut PgConnection,
    id: i64,
    asked: &FindingEdit,
    expected: Option<&[String]>,
) -> Result<Finding> {
    let before = store::lock_finding(conn, permit.tenant_id(), id)?.ok_or_else(Error::not_found)?;
    if expected.is_some_and(|versions| !versions.contains(&before.version())) {
        let detail = "The finding has been changed since you read it. Read it again and decide again.";
        return Err(Error::new(Code::PreconditionFailed, detail));
    }
    if let Some(reason) = view::folded(&before) {
        return Err(Error::new(Code::WrongState, reason));
    }
    let now = clock::read(conn)?;
    let Some(decided) = edit::decide(&before, asked, now.time())? else {
        return Ok(Finding::of(permit, before));
    };
    let after = store::update_finding(conn, (permit.tenant_id(), id), &decided, now)?;
    audit::record(conn, ctx, entry(permit, &before, &after))?;
    Ok(Finding::of(permit, after))
}

fn entry(permit: &TenantPermit<FindingsEdit>, before: &FindingRecord, after: &FindingRecord) -> Entry {
    let summary = match before.status == after.status {
        true => "Changed the terms of a finding.".to_owned(),
        false => format!("Changed a finding from {} to {}.", before.status, after.status),
    };
    Entry::new(Action::FindingUpdated)
        .target("finding", after.id, &after.title)
        .scope(Some(permit.membership().workspace_id), Some(permit.tenant_id()))
        .summary(summary)
        .metadata("before", terms(before))
        .metadata("after", terms(after))
}

/// What people decide about.
fn terms(finding: &FindingRecord) -> Value {
    json!({
        "status": finding.status,
        "due_at": timestamp(finding.due_at),
        "due_source": finding.due_source,
        "closed_reason": finding.closed_reason,
    })
}

/// As on the wire.
fn timestamp(time: Option<OffsetDateTime>) -> Option<String> {
    time.and_then(|time| time.format(&Rfc3339).ok())
}
