//! Listing the tenants of a user.

use super::model::MyTenant;
use super::store;
use crate::auth::SignedInUser;
use crate::db::page::{Page, PageRequest};
use crate::error::Result;
use diesel::PgConnection;

/// One page of the tenants that the caller is a member of, oldest first.
pub fn list_my_tenants(
    user: &SignedInUser,
    conn: &mut PgConnection,
    search: Option<&str>,
    page: PageRequest,
) -> Result<Page<MyTenant>> {
    Ok(Page::of(store::list_user_tenants(conn, user.user().id, search, page)?, page, |row| row.id))
}
