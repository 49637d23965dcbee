//! Targets of a run as members of its tenant see them.

use super::get_operation::get_operation;
use super::list_targets::page_of_targets;
use super::model::RunTarget;
use super::state::TargetState;
use crate::auth::Memberships;
use crate::db::page::{Page, PageRequest};
use crate::error::Result;
use diesel::PgConnection;

/// One page of targets. Errors: those of [`get_operation`].
pub fn list_operation_targets(
    memberships: &Memberships,
    conn: &mut PgConnection,
    run_id: i64,
    state: Option<TargetState>,
    page: PageRequest,
) -> Result<Page<RunTarget>> {
    get_operation(memberships, conn, run_id)?;
    page_of_targets(conn, run_id, state, page)
}
