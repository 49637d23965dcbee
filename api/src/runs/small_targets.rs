//! Small targets, many in one transaction: for a tenant with a handful of findings the statements cost more than the rows.
//!
//! Such a target goes from queued to succeeded without a lease. What fences it is the row lock under which it was taken, held
//! to the end of the same transaction: a worker that dies or freezes loses the transaction, and with it everything. When
//! anything is out of the ordinary the transaction is given up and the targets are done one at a time (RUN-12).

use super::claim::known_kinds;
use super::lifecycle;
use super::store::claim;
use super::store::targets::{self as store, SmallTarget};
use crate::context::Ctx;
use crate::db;
use crate::db::locks::{self, LockClass};
use crate::error::{Error, Result};
use crate::findings::lifecycle::{Pinned, Slice};
use crate::runbooks::{self, Runbook};
use crate::tenancy;
use diesel::prelude::*;
use time::OffsetDateTime;
use uuid::Uuid;

/// Most findings of a small tenant.
const SMALL_TENANT: i64 = 200;
/// Most findings of all tenants of one transaction.
const MAX_ROWS: i64 = 5_000;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Small {
    /// So many were done.
    Done(usize),
    /// There are runs to work on, but no small target to be had.
    Crowded,
    /// There is no run to work on.
    Idle,
    /// The database is away.
    Away,
}

/// Takes up to `share` targets of one run that nobody has begun, and does those that are small, start to end.
pub(super) fn work(conn: &mut PgConnection, worker_id: Uuid, share: usize) -> Result<Small> {
    conn.transaction(|conn| {
        db::hurry(conn)?;
        let runs = claim::list_runnable(conn, &known_kinds())?;
        for run in &runs {
            let taken = take(conn, run, share)?;
            if !taken.is_empty() {
                do_all(conn, run, worker_id, &taken)?;
                return Ok(Small::Done(taken.len()));
            }
        }
        Ok(if runs.is_empty() { Small::Idle } else { Small::Crowded })
    })
}

/// A target taken with what it pinned.
struct Taken {
    id: i64,
    since: OffsetDateTime,
    pinned: Pinned,
}

/// Locks tenants and targets without waiting for any, and keeps those that are small.
fn take(conn: &mut PgConnection, run: &claim::RunnableRun, share: usize) -> Result<Vec<Taken>> {
    let runbook = runbooks::find(&run.kind)?;
    let mut candidates = claim::lock_unbegun(conn, run.id, share)?;
    let names: Vec<String> = candidates.iter().map(|candidate| tenancy::lock_name(candidate.tenant_id)).collect();
    let mut locked = locks::try_lock_all(conn, LockClass::Tenant, &names)?.into_iter();
    candidates.retain(|_| locked.next().unwrap_or(false));
    let tenant_ids: Vec<i64> = candidates.iter().map(|candidate| candidate.tenant_id).collect();
    let pinned = match tenant_ids.is_empty() {
        true => Vec::new(),
        false => runbook.pin(conn, &tenant_ids, Some(SMALL_TENANT + 1))?,
    };
    let mut rows = 0;
    let mut taken = Vec::new();
    for pinned in pinned.into_iter().filter(|pinned| pinned.total <= SMALL_TENANT) {
        rows += pinned.total;
        if rows > MAX_ROWS {
            break;
        }
        let target = candidates.iter().find(|candidate| candidate.tenant_id == pinned.tenant_id);
        taken.extend(target.map(|target| Taken { id: target.id, since: target.now, pinned }));
    }
    Ok(taken)
}

fn do_all(conn: &mut PgConnection, run: &claim::RunnableRun, worker_id: Uuid, taken: &[Taken]) -> Result<()> {
    let runbook = runbooks::find(&run.kind)?;
    let done = repair_all(conn, runbook, taken)?;
    let since = taken.first().map(|taken| taken.since);
    store::succeed_all(conn, &done, worker_id, since)?;
    let tenant_ids: Vec<i64> = taken.iter().map(|taken| taken.pinned.tenant_id).collect();
    store::wake_waiting(conn, &tenant_ids)?;
    lifecycle::first_target_claimed(conn, run.id, since)?;
    metrics::counter!("run_batches_total").increment(1);
    metrics::counter!("run_targets_finished_total", "state" => "succeeded").increment(done.len().try_into().unwrap_or(0));
    lifecycle::complete_if_done(conn, &Ctx::system(), run.id)
}

fn repair_all(conn: &mut PgConnection, runbook: &dyn Runbook, taken: &[Taken]) -> Result<Vec<SmallTarget>> {
    let slices: Vec<Slice> = taken.iter().map(|taken| Slice::all_of(&taken.pinned)).collect();
    let Some(since) = taken.first().map(|taken| taken.since) else { return Ok(Vec::new()) };
    let repaired = runbook.repair(conn, &slices, since)?;
    let residues = runbook.residue(conn, &slices, since)?;
    let figures = taken.iter().zip(repaired).zip(residues);
    figures
        .map(|((taken, repaired), residue)| match residue.left + repaired.unsettled {
            0 => Ok(SmallTarget {
                id: taken.id,
                max_id: taken.pinned.max_id,
                total: taken.pinned.total,
                updated: repaired.updated.min(taken.pinned.total),
                arrived: residue.arrived,
            }),
            left => Err(Error::internal(format!("target {}: {left} rows are left after a pass", taken.id))),
        })
        .collect()
}
