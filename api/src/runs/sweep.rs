//! Repairs what dead workers left behind, and removes rows that are over. Takes no input, is idempotent, and does little at
//! a time; every worker process calls it every few seconds.

use super::lifecycle::{self, EndedTarget};
use super::state::TargetState;
use super::store::{samples, sweep as store, targets};
use super::{alarm, failure};
use super::{execute, store::lifecycle as runs};
use crate::auth;
use crate::context::Ctx;
use crate::db::loggable::describe;
use crate::error::Result;
use crate::{alerts, audit, controls, idempotency, notifications, runbooks};
use diesel::prelude::*;
use uuid::Uuid;

/// What one sweep did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// Targets whose lease had run out.
    pub leases_expired: usize,
    /// Runs completed because no target was open.
    pub runs_completed: usize,
    /// Rows removed.
    pub pruned: usize,
}

/// Does it once.
pub fn sweep(conn: &mut PgConnection) -> Result<Swept> {
    let mut swept = Swept::default();
    while conn.transaction(take_back_one)? {
        swept.leases_expired += 1;
    }
    samples::take(conn)?;
    for run_id in store::list_unfinished(conn)? {
        // One run that cannot be ended does not keep others from it.
        match conn.transaction(|conn| end_unfinished(conn, run_id)) {
            Ok(()) => swept.runs_completed += 1,
            Err(error) => tracing::error!(run.id = run_id, error = describe(&error), "run could not be ended"),
        }
    }
    // The announcement may lag, and a pause that cannot be announced keeps nobody from the rest.
    if let Err(error) = controls::expire::remove_expired(conn) {
        tracing::error!(error = describe(&error), "expired pauses were not announced");
    }
    // Nobody is told of anything late because somebody else cannot be told.
    if let Err(error) = alarm::tell_of_stale(conn) {
        tracing::error!(error = describe(&error), "stale runs were not told of");
    }
    if let Err(error) = auth::audit_counted(conn) {
        tracing::error!(error = describe(&error), "refused sign-ins were not audited");
    }
    alerts::sweep::sweep(conn);
    swept.pruned = runbooks::prune(conn)?
        + idempotency::prune(conn)?
        + auth::prune(conn)?
        + audit::prune(conn)?
        + notifications::prune(conn)?
        + samples::prune(conn)?
        + store::delete_silent_nodes(conn)?;
    Ok(swept)
}

fn end_unfinished(conn: &mut PgConnection, run_id: i64) -> Result<()> {
    // Only cancelled runs have idle targets here.
    targets::cancel_idle(conn, run_id)?;
    lifecycle::complete_if_done(conn, &Ctx::system(), run_id)
}

/// A target whose worker fell silent goes back to the queue with its cursor; without any progress it is given up in the end.
fn take_back_one(conn: &mut PgConnection) -> Result<bool> {
    let Some(expired) = store::lock_expired(conn)? else { return Ok(false) };
    tracing::warn!(run.id = expired.run_id, tenant.id = expired.tenant_id, "lease ran out");
    let failures = expired.failures + 1;
    let ended = match (expired.cancel_requested, failures >= execute::MAX_FAILURES) {
        (true, _) => Some((TargetState::Cancelled, None)),
        (false, true) => Some((TargetState::Failed, Some(failure::WORKER_LOST))),
        (false, false) => None,
    };
    let Some((state, failure)) = ended else {
        targets::release(conn, expired.id, failures, 0.0)?;
        runs::notify(conn, expired.run_id)?;
        return Ok(true);
    };
    let (id, run_id, tenant_id) = (expired.id, expired.run_id, expired.tenant_id);
    let target = EndedTarget { id, run_id, tenant_id, state, failure, figures: None };
    lifecycle::finish_target(conn, &Ctx::system(), &target)?;
    Ok(true)
}

/// Says that this worker process is alive.
pub fn heartbeat(conn: &mut PgConnection, worker_id: Uuid, name: &str) -> Result<()> {
    Ok(store::heartbeat(conn, worker_id, name)?)
}

/// Says that this worker process ends.
pub fn sign_off(conn: &mut PgConnection, worker_id: Uuid) -> Result<()> {
    store::delete_node(conn, worker_id)?;
    Ok(())
}

/// How many worker processes are alive.
pub fn count_live_workers(conn: &mut PgConnection) -> Result<i64> {
    Ok(store::count_live_workers(conn)?)
}
