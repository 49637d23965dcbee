//! Taking the next target.

use super::lifecycle;
use super::store::targets as store;
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
        match conn.transaction(|conn| try_claim(conn, worker_id)) {
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

fn known_kinds() -> Vec<&'static str> {
    CATALOG.iter().map(|runbook| runbook.info().key).collect()
}

fn try_claim(conn: &mut PgConnection, worker_id: Uuid) -> Result<Attempt> {
    let Some(candidate) = store::lock_claimable(conn, &known_kinds())? else { return Ok(Attempt::Nothing) };
    if candidate.tenant_busy {
        store::set_waiting(conn, candidate.id)?;
        return Ok(Attempt::TenantBusy);
    }
    let token = Uuid::new_v4();
    store::claim(conn, candidate.id, token, worker_id)
        .on_constraint("run_targets_tenant_running_key", || Error::new(Code::WrongState, "The tenant is being worked on."))?;
    lifecycle::first_target_claimed(conn, candidate.run_id)?;
    Ok(Attempt::Claimed(ClaimedTarget {
        id: candidate.id,
        run_id: candidate.run_id,
        tenant_id: candidate.tenant_id,
        kind: candidate.kind,
        token,
    }))
}
