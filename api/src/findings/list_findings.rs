//! The list of a tenant's findings, newest first.

use super::model::{FindingType, Severity, Status};
use super::store;
use super::view::Finding;
use crate::auth::TenantPermit;
use crate::auth::tenant_capability::FindingsView;
use crate::db::page::{Page, PageRequest};
use crate::error::{Error, Result};
use diesel::PgConnection;

/// Most characters that are searched for.
const MOST_SEARCHED: usize = 200;

/// What to list; everything left out is not filtered by.
#[derive(Debug, Default)]
pub struct FindingFilter {
    /// Where it stands.
    pub status: Option<Status>,
    /// How bad it is.
    pub severity: Option<Severity>,
    /// What kind of deviation it is.
    pub kind: Option<FindingType>,
    /// Whether it is open and its due date has passed.
    pub overdue: Option<bool>,
    /// True when it is open and the newest scan that looked for it does not contain it.
    pub unobserved: Option<bool>,
    /// Tool that found it.
    pub source: Option<String>,
    /// Check that found it.
    pub check_id: Option<String>,
    /// Part of title, resource, check, source or fingerprint.
    pub search: Option<String>,
}

/// Lists a page of the findings of the permit's tenant, without duplicates that were folded into others. It ends before its limit
/// where its findings have very much evidence, or where many were looked at and few pass the filter. Errors: 422 on too much to search for.
pub fn list_findings(
    permit: &TenantPermit<FindingsView>,
    conn: &mut PgConnection,
    filter: &FindingFilter,
    page: PageRequest,
) -> Result<Page<Finding>> {
    for (pointer, text) in [("?search", &filter.search), ("?source", &filter.source), ("?check_id", &filter.check_id)] {
        if text.as_ref().is_some_and(|text| text.chars().count() > MOST_SEARCHED) {
            let expected = format!("{MOST_SEARCHED} characters at most are expected.");
            return Err(Error::invalid_field(pointer, "length", expected));
        }
    }
    let rows = store::list_findings(conn, permit.tenant_id(), filter, page)?;
    let oldest = rows.last().map(|row| row.record.id);
    let found = Page::of_followed(rows, page, |row| row.record.id, |row| row.is_followed);
    let examined_to = match found.next_cursor {
        // What arrived since the rows were read may have moved the end up; nothing that was listed is listed again.
        None => store::examined_to(conn, permit.tenant_id(), page)?.map(|id| oldest.map_or(id, |oldest| id.min(oldest))),
        Some(_) => None,
    };
    Ok(found.or_on_from(examined_to).map(|row| Finding::of(permit, row.record)))
}
