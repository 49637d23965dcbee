//! One run as members of its tenant see it.

use super::get_run::find_bare_run;
use super::operation::Operation;
use super::operation_types::needed_to_see;
use crate::auth::Memberships;
use crate::error::{Error, Result};
use diesel::PgConnection;

/// The run, in a transaction over the tenants of the caller. Errors: 404 for what is not there or not in one of them, 403 for a
/// member who could not start it.
pub fn get_operation(memberships: &Memberships, conn: &mut PgConnection, id: i64) -> Result<Operation> {
    let run = find_bare_run(conn, id)?;
    let tenant = run.tenant.as_ref().ok_or_else(Error::not_found)?;
    let needed = needed_to_see(&run.kind).ok_or_else(Error::not_found)?;
    memberships.require(tenant.id, needed)?;
    Ok(run.into())
}
