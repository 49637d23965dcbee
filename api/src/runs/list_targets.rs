//! Targets of a run.

use super::model::{RunTarget, TargetCountsBody, TargetFailure};
use super::state::TargetState;
use super::store::runs;
use super::store::targets::{self as store, TargetRow};
use crate::auth::Permit;
use crate::auth::capability::OpsView;
use crate::db::page::{Page, PageRequest};
use crate::error::{Error, Result};
use crate::tenancy::TenantRef;
use diesel::PgConnection;

/// One page of targets, in the order of their tenants. Errors: 404.
pub fn list_targets(
    _permit: &Permit<OpsView>,
    conn: &mut PgConnection,
    run_id: i64,
    state: Option<TargetState>,
    page: PageRequest,
) -> Result<Page<RunTarget>> {
    if runs::find(conn, run_id)?.is_none() {
        return Err(Error::not_found());
    }
    page_of_targets(conn, run_id, state, page)
}

/// One page of the targets of a run that the caller has been let to see.
pub(super) fn page_of_targets(
    conn: &mut PgConnection,
    run_id: i64,
    state: Option<TargetState>,
    page: PageRequest,
) -> Result<Page<RunTarget>> {
    let rows = Page::of(store::list(conn, run_id, state, page)?, page, |row| row.id);
    let items = rows.items.into_iter().map(to_target).collect::<Result<_>>()?;
    Ok(Page { items, next_cursor: rows.next_cursor })
}

#[allow(clippy::cast_precision_loss, reason = "a share does not need the last digit")]
pub(super) fn to_target(row: TargetRow) -> Result<RunTarget> {
    let state = TargetState::parse(&row.state).ok_or_else(|| Error::internal("unknown target state"))?;
    let share = if row.total > 0 { (row.scanned as f64 / row.total as f64).min(1.0) } else { 0.0 };
    Ok(RunTarget {
        id: row.id,
        tenant: TenantRef { id: row.tenant_id, name: row.tenant_name },
        state,
        attempt: row.attempt,
        counts: TargetCountsBody {
            total: row.total,
            processed: row.updated.saturating_add(row.skipped),
            updated: row.updated,
            skipped: row.skipped,
            arrived_during_run: row.arrived,
        },
        fraction: if state == TargetState::Succeeded { 1.0 } else { share },
        failure: row.failure_code.zip(row.failure_message).map(|(code, message)| TargetFailure { code, message }),
        started_at: row.started_at,
        completed_at: row.completed_at,
    })
}
