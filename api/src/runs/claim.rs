//! Taking the next target.

use super::lifecycle;
use super::state::TargetState;
use super::store::claim::{self as store, Candidate, RunnableRun};
use crate::db;
use crate::db::errors::OnConstraint;
use crate::error::{Code, Error, Result};
use crate::runbooks::CATALOG;
use diesel::prelude::*;
use uuid::Uuid;

/// A target under lease.
#[derive(Debug, Clone)]
pub struct ClaimedTarget {
    /// `run_targets.id`.
    pub id: i64,
    /// Its run.
    pub run_id: i64,
    /// Its tenant.
    pub tenant_id: i64,
    /// Operation type of the run.
    pub kind: String,
    /// Proves the lease in every write.
    pub token: Uuid,
}

/// Claims the next target that may run. A tenant is worked on by one target at a time: if another run is at it, the target
/// is set waiting and the next one is tried (RB-08).
pub fn claim(conn: &mut PgConnection, worker_id: Uuid) -> Result<Option<ClaimedTarget>> {
    loop {
        match conn.transaction(|conn| db::hurry(conn).map_err(Into::into).and_then(|()| try_claim(conn, worker_id))) {
            Ok(Attempt::Claimed(target)) => return Ok(Some(target)),
            Ok(Attempt::Nothing) => return Ok(None),
            Ok(Attempt::TenantBusy) => {}
            // Another worker claimed a target of the same tenant in the same instant: look again.
            Err(error) if error.code() == Code::WrongState => {}
            Err(error) => return Err(error),
        }
    }
}

enum Attempt {
    Claimed(ClaimedTarget),
    TenantBusy,
    Nothing,
}

/// Operation types that this binary can work on.
pub(super) fn known_kinds() -> Vec<&'static str> {
    CATALOG.iter().map(|runbook| runbook.info().key).collect()
}

fn try_claim(conn: &mut PgConnection, worker_id: Uuid) -> Result<Attempt> {
    let Some((run, candidate)) = find_candidate(conn)? else { return Ok(Attempt::Nothing) };
    if candidate.tenant_busy {
        store::set_waiting(conn, candidate.id)?;
        return Ok(Attempt::TenantBusy);
    }
    let token = Uuid::new_v4();
    store::claim(conn, candidate.id, token, worker_id)
        .on_constraint("run_targets_tenant_running_key", || Error::new(Code::WrongState, "The tenant is being worked on."))?;
    lifecycle::first_target_claimed(conn, run.id, None)?;
    Ok(Attempt::Claimed(ClaimedTarget {
        id: candidate.id,
        run_id: run.id,
        tenant_id: candidate.tenant_id,
        kind: run.kind,
        token,
    }))
}

fn find_candidate(conn: &mut PgConnection) -> Result<Option<(RunnableRun, Candidate)>> {
    for run in store::list_runnable(conn, &known_kinds())? {
        for state in [TargetState::Queued, TargetState::Waiting] {
            if let Some(candidate) = store::lock_claimable(conn, run.id, state.as_str())? {
                return Ok(Some((run, candidate)));
            }
        }
    }
    Ok(None)
}
