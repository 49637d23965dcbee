//! The list of runs as members see it: those of their tenants, of the types that they may start there.

use super::get_run::to_run;
use super::operation::Operation;
use super::operation_types::shown_to_members;
use super::state::{Outcome, Status};
use super::store::operations as store;
use crate::auth::Memberships;
use crate::auth::tenant_capability::{TenantCapability, TenantView};
use crate::db::page::{Page, PageRequest};
use crate::error::{Error, Result};
use diesel::PgConnection;
use time::OffsetDateTime;

/// What to list; everything left out is not filtered by.
#[derive(Debug, Default)]
pub struct OperationFilter {
    /// One of the caller's tenants.
    pub tenant_id: Option<i64>,
    /// Where it stands.
    pub status: Option<Status>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Operation type.
    pub kind: Option<String>,
    /// Dispatched at or after this time.
    pub created_after: Option<OffsetDateTime>,
    /// Dispatched before this time.
    pub created_before: Option<OffsetDateTime>,
}

/// One page of runs, newest first, in a transaction over the tenants of the caller. Errors: 404 for a tenant that is not one of
/// them, 422 for a type that members never see.
pub fn list_operations(
    memberships: &Memberships,
    conn: &mut PgConnection,
    filter: &OperationFilter,
    page: PageRequest,
) -> Result<Page<Operation>> {
    if let Some(tenant_id) = filter.tenant_id {
        memberships.require(tenant_id, TenantView::ENTRY)?;
    }
    let shown = shown(memberships, filter)?;
    let rows = Page::of(store::list(conn, &shown, filter, page)?, page, |row| row.id);
    let items = rows.items.into_iter().map(|row| Ok(to_run(row)?.into())).collect::<Result<_>>()?;
    Ok(Page { items, next_cursor: rows.next_cursor })
}

/// Which types in which tenants.
fn shown(memberships: &Memberships, filter: &OperationFilter) -> Result<Vec<(i64, &'static str)>> {
    let known: Vec<_> = shown_to_members().collect();
    if let Some(kind) = &filter.kind
        && !known.iter().any(|(name, _)| name == kind)
    {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        return Err(Error::invalid_field("?type", "unknown", format!("Known operation types are: {}.", names.join(", "))));
    }
    let asked = |kind: &str| filter.kind.as_deref().is_none_or(|name| name == kind);
    let of_type = |(kind, needed)| memberships.holding(needed).map(move |place| (place.tenant_id, kind));
    let all = known.into_iter().filter(|(kind, _)| asked(kind)).flat_map(of_type);
    Ok(all.filter(|(tenant_id, _)| filter.tenant_id.is_none_or(|id| id == *tenant_id)).collect())
}
