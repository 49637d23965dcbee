//! One finding of a tenant.

use super::store;
use super::view::Finding;
use crate::auth::TenantPermit;
use crate::auth::tenant_capability::FindingsView;
use crate::error::{Error, Result};
use diesel::PgConnection;

/// The finding with this id, also one that was folded into another. Errors: 404 where the tenant has none.
pub fn get_finding(permit: &TenantPermit<FindingsView>, conn: &mut PgConnection, id: i64) -> Result<Finding> {
    let record = store::find_finding(conn, permit.tenant_id(), id)?.ok_or_else(Error::not_found)?;
    Ok(Finding::of(permit, record))
}
