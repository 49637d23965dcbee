//! Listing workspaces.

use super::model::Workspace;
use super::store;
use crate::auth::Permit;
use crate::auth::capability::AccessSystemPanel;
use crate::db::page::{Page, PageRequest};
use crate::error::Result;
use diesel::PgConnection;

/// One page of workspaces, oldest first.
pub fn list_workspaces(
    _permit: &Permit<AccessSystemPanel>,
    conn: &mut PgConnection,
    search: Option<&str>,
    page: PageRequest,
) -> Result<Page<Workspace>> {
    Ok(Page::of(store::list_workspaces(conn, search, page)?, page, |row| row.id))
}
