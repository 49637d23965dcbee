//! Listing the allowed tenant universe.

use super::model::Tenant;
use super::store;
use crate::auth::Permit;
use crate::auth::capability::AccessSystemPanel;
use crate::db::page::{Page, PageRequest};
use crate::error::Result;
use diesel::PgConnection;

/// One page of tenants that may be targeted, oldest first.
pub fn list_tenants(
    _permit: &Permit<AccessSystemPanel>,
    conn: &mut PgConnection,
    search: Option<&str>,
    workspace_id: Option<i64>,
    page: PageRequest,
) -> Result<Page<Tenant>> {
    Ok(Page::of(store::list_tenants(conn, search, workspace_id, page)?, page, |row| row.id))
}
