//! What a worker does with a claimed target: steps, each one short transaction, fenced by the lease token (RUN-12, 13, 16, 17).
//!
//! A step takes the tenant's lock, then the target by token, then rows in key order, then, only to finish, the run: the lock
//! order of [`crate::db::locks`].

use super::claim::ClaimedTarget;
use super::failure::{self, Failure};
use super::lifecycle::{self, EndedTarget};
use super::state::TargetState;
use super::store::lifecycle as runs;
use super::store::targets::{self as store, Leased};
use crate::context::Ctx;
use crate::db;
use crate::db::errors::{Trouble, trouble};
use crate::db::locks::{self, LockClass};
use crate::db::loggable::describe;
use crate::error::{Error, Result};
use crate::findings::lifecycle::{Pinned, Repaired, Slice};
use crate::runbooks::{self, Runbook};
use crate::tenancy;
use diesel::prelude::*;
use std::time::{Duration, Instant};

/// How long a batch may hold its row locks (RUN-13).
pub const LOCK_BUDGET: Duration = Duration::from_millis(250);
/// Passes over the pinned scope before a residue is a failure (RUN-16).
const MAX_PASSES: i32 = 3;
/// Failed attempts without progress before a target is given up.
pub const MAX_FAILURES: i32 = 5;
/// Contended batches in a row before the run is held back (RUN-17).
const HELD_AFTER: u32 = 3;
/// For how long a target is left alone then.
const HELD_SECONDS: f64 = 2.0;
/// Rows of a lane's very first batch.
pub(super) const FIRST_BATCH: i64 = 500;
const MAX_BATCH: i64 = 20_000;
/// Time alone makes no batch smaller than this.
const LEAST_BATCH: i64 = 100;
/// How long a batch should take. Well below the budget: a row that somebody waits for is soon free, and a page of which only
/// a part changes at once keeps room for its new versions.
const AIM: Duration = Duration::from_millis(60);
/// Rows that are counted again in one statement.
const VERIFY_ROWS: i64 = 20_000;

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// There is more to do.
    Continue,
    /// The target is done with, one way or another.
    Done,
    /// The lease is somebody else's: nothing was written.
    LeaseLost,
    /// The database is away: try the same again later.
    Away,
}

/// A target in the hands of a worker, with what the worker has learnt about it.
#[derive(Debug)]
pub struct Work {
    target: ClaimedTarget,
    rows: i64,
    contended: u32,
}

impl Work {
    /// Begins or resumes a target, with batches of about `rows` rows at first.
    pub fn new(target: ClaimedTarget, rows: i64) -> Self {
        Self { target, rows, contended: 0 }
    }

    /// The target.
    pub fn target(&self) -> &ClaimedTarget {
        &self.target
    }

    /// Rows of the next batch.
    pub fn rows(&self) -> i64 {
        self.rows
    }

    /// Makes one step. Failures are dealt with here: what can be tried again is, what cannot ends the target.
    pub fn step(&mut self, conn: &mut PgConnection) -> Step {
        let runbook = match runbooks::find(&self.target.kind) {
            Ok(runbook) => runbook,
            Err(_) => return self.give_up(conn, failure::INTERNAL),
        };
        let mut batch = None;
        let result = conn.transaction(|conn| self.transact(conn, runbook, &mut batch));
        match result {
            Ok(step) => {
                batch.iter().for_each(|batch| self.adapt(batch));
                self.contended = 0;
                step
            }
            Err(error) => self.recover(conn, &error),
        }
    }

    fn transact(&self, conn: &mut PgConnection, runbook: &dyn Runbook, batch: &mut Option<TimedBatch>) -> Result<Step> {
        let begun = Instant::now();
        let target = &self.target;
        locks::lock(conn, LockClass::Tenant, &tenancy::lock_name(target.tenant_id))?;
        let Some(mut leased) = store::lock_leased(conn, target.id, target.token)? else { return Ok(Step::LeaseLost) };
        let run = store::find_run_state(conn, target.run_id, target.tenant_id)?;
        if run.cancel_requested {
            return self.finish(conn, TargetState::Cancelled, None, &leased);
        }
        if run.paused {
            store::release(conn, target.id, leased.failures, 0.0)?;
            return Ok(Step::Done);
        }
        if !run.tenant_allowed {
            return self.finish(conn, TargetState::Failed, Some(failure::TENANT_NOT_ALLOWED), &leased);
        }
        db::hurry(conn)?;
        let was_pinned = leased.scope_max_id.is_some();
        let step = loop {
            let end = self.advance(conn, runbook, &mut leased, batch)?;
            // One batch a transaction; what only reads may go with it.
            let may_go_on = leased.phase != "repair" || batch.is_none();
            if end.is_none() && may_go_on && begun.elapsed() < LOCK_BUDGET / 2 {
                continue;
            }
            break match end {
                None => {
                    // What only pins has not got on: the rows that hold it back come after.
                    store::advance(conn, target.id, &leased, was_pinned || batch.is_some())?;
                    Step::Continue
                }
                Some(End::Succeeded) => self.finish(conn, TargetState::Succeeded, None, &leased)?,
                Some(End::Failed(failure)) => self.finish(conn, TargetState::Failed, Some(failure), &leased)?,
            };
        };
        if run.held {
            runs::release_held(conn, target.run_id)?;
        }
        Ok(step)
    }

    /// One step of a phase of the target.
    fn advance(
        &self,
        conn: &mut PgConnection,
        runbook: &dyn Runbook,
        leased: &mut Leased,
        batch: &mut Option<TimedBatch>,
    ) -> Result<Option<End>> {
        match (leased.phase.as_str(), self.pinned(leased)) {
            ("repair", Some(pinned)) => {
                let begun = Instant::now();
                let slice = runbook.next_slice(conn, &pinned, leased.cursor.as_deref(), self.rows)?;
                let is_full = slice.upto.is_some();
                let end = repair(conn, runbook, leased, slice)?;
                *batch = Some(TimedBatch { took: begun.elapsed(), is_full });
                Ok(end)
            }
            ("verify", Some(pinned)) => verify(conn, runbook, leased, &pinned),
            _ => {
                store::allow_whole_tenant(conn)?;
                let pinned = runbook.pin(conn, &[self.target.tenant_id], None)?.first().copied();
                store::allow_batch(conn)?;
                leased.scope_max_id = Some(pinned.map_or(0, |pinned| pinned.max_id));
                leased.total = pinned.map_or(0, |pinned| pinned.total);
                "repair".clone_into(&mut leased.phase);
                Ok(None)
            }
        }
    }

    fn pinned(&self, leased: &Leased) -> Option<Pinned> {
        leased.scope_max_id.map(|max_id| Pinned { tenant_id: self.target.tenant_id, max_id, total: leased.total })
    }

    fn finish(&self, conn: &mut PgConnection, state: TargetState, failure: Option<Failure>, leased: &Leased) -> Result<Step> {
        let ClaimedTarget { id, run_id, tenant_id, .. } = self.target;
        let target = EndedTarget { id, run_id, tenant_id, state, failure, figures: Some(leased) };
        lifecycle::finish_target(conn, &Ctx::system(), &target)?;
        Ok(Step::Done)
    }

    /// Keeps the time of a batch between [`AIM`] and half the lock budget. A batch that ended with the scope says nothing of
    /// what could have been; and where even few rows take long, it is not the rows that do.
    fn adapt(&mut self, batch: &TimedBatch) {
        metrics::histogram!("run_batch_seconds").record(batch.took.as_secs_f64());
        let factor = AIM.as_secs_f64() / batch.took.as_secs_f64().max(0.001);
        let (factor, least) = match factor {
            _ if batch.took > LOCK_BUDGET / 2 => (factor.max(0.25), LEAST_BATCH.min(self.rows)),
            _ if batch.took < AIM && batch.is_full => (factor.min(2.0), 1),
            _ => (1.0, 1),
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "bounded by MAX_BATCH")]
        let rows = (self.rows as f64 * factor).ceil() as i64;
        self.rows = rows.clamp(least, MAX_BATCH);
    }

    fn recover(&mut self, conn: &mut PgConnection, error: &Error) -> Step {
        let kind = error.database().map_or(Trouble::Permanent, trouble);
        tracing::warn!(run.id = self.target.run_id, tenant.id = self.target.tenant_id, rows = self.rows, ?kind, error = %describe(error), "batch failed");
        match kind {
            Trouble::Away => Step::Away,
            Trouble::Contended => self.hold_back(conn, "lock_waits"),
            Trouble::Exhausted => self.hold_back(conn, "database_full"),
            Trouble::TooSlow if self.rows > 1 => self.hold_back(conn, "slow_database"),
            _ if self.rows > 1 => {
                self.rows = (self.rows / 8).max(1);
                Step::Continue
            }
            _ => self.fail_attempt(conn, failure::of(error)),
        }
    }

    /// The database is busy: less at once, and after some tries in a row the run shows that it is held back and the target
    /// makes room for others. That is nobody's failure and never ends the target.
    fn hold_back(&mut self, conn: &mut PgConnection, reason: &'static str) -> Step {
        self.contended += 1;
        self.rows = (self.rows / 4).max(1);
        let result = conn.transaction(|conn| {
            let Some(leased) = store::lock_leased(conn, self.target.id, self.target.token)? else { return Ok(Step::LeaseLost) };
            if self.contended < HELD_AFTER {
                store::renew(conn, self.target.id)?;
                return Ok(Step::Continue);
            }
            store::release(conn, self.target.id, leased.failures, HELD_SECONDS)?;
            store::set_held(conn, self.target.id)?;
            runs::set_held(conn, self.target.run_id, reason)?;
            Ok(Step::Done)
        });
        result.unwrap_or_else(|error: Error| {
            tracing::warn!(error = %describe(&error), "not even the target's own row is to be had");
            Step::Away
        })
    }

    /// Not even a single group can be done: back off, and give up after [`MAX_FAILURES`] attempts.
    fn fail_attempt(&self, conn: &mut PgConnection, failure: Failure) -> Step {
        let result = conn.transaction(|conn| {
            let Some(leased) = store::lock_leased(conn, self.target.id, self.target.token)? else { return Ok(Step::LeaseLost) };
            let failures = leased.failures + 1;
            if failures >= MAX_FAILURES {
                return self.finish(conn, TargetState::Failed, Some(failure), &leased);
            }
            store::release(conn, self.target.id, failures, back_off_seconds(failures))?;
            Ok(Step::Done)
        });
        result.unwrap_or_else(|error: Error| {
            tracing::error!(error = %describe(&error), "a failed attempt could not be recorded; the lease will run out");
            Step::Away
        })
    }

    fn give_up(&self, conn: &mut PgConnection, failure: Failure) -> Step {
        let result: Result<Step> = conn.transaction(|conn| match store::lock_leased(conn, self.target.id, self.target.token)? {
            None => Ok(Step::LeaseLost),
            Some(leased) => self.finish(conn, TargetState::Failed, Some(failure), &leased),
        });
        result.unwrap_or(Step::Away)
    }

    /// Gives the target back with its cursor, for somebody else to go on at once.
    pub fn release(&self, conn: &mut PgConnection) -> Result<()> {
        conn.transaction(|conn| {
            if let Some(leased) = store::lock_leased(conn, self.target.id, self.target.token)? {
                store::release(conn, self.target.id, leased.failures, 0.0)?;
                runs::notify(conn, self.target.run_id)?;
            }
            Ok(())
        })
    }
}

enum End {
    Succeeded,
    Failed(Failure),
}

/// How long a batch took, and whether it was as large as was asked for.
struct TimedBatch {
    took: Duration,
    is_full: bool,
}

/// Repairs a slice, and again what was undone in the same instant.
fn repair(conn: &mut PgConnection, runbook: &dyn Runbook, leased: &mut Leased, slice: Slice) -> Result<Option<End>> {
    let mut done = Repaired::default();
    for _ in 0..MAX_PASSES {
        done = runbook.repair(conn, std::slice::from_ref(&slice), leased.started_at)?.first().copied().unwrap_or_default();
        leased.updated += done.updated;
        if done.unsettled == 0 {
            break;
        }
    }
    leased.scanned += done.scanned;
    if done.unsettled > 0 {
        return Ok(Some(End::Failed(failure::RESIDUE_LEFT)));
    }
    leased.cursor = slice.upto;
    if leased.cursor.is_none() {
        leased.pass += 1;
        leased.arrived = 0;
        "verify".clone_into(&mut leased.phase);
    }
    metrics::counter!("run_batches_total").increment(1);
    Ok(None)
}

/// The post-condition: the pinned scope is counted again by the same predicate, along the cursor; what is left is passed again.
fn verify(conn: &mut PgConnection, runbook: &dyn Runbook, leased: &mut Leased, pinned: &Pinned) -> Result<Option<End>> {
    let slice = runbook.next_slice(conn, pinned, leased.cursor.as_deref(), VERIFY_ROWS)?;
    let residue = runbook.residue(conn, std::slice::from_ref(&slice), leased.started_at)?.first().copied().unwrap_or_default();
    leased.arrived += residue.arrived;
    leased.cursor = slice.upto;
    match residue.left {
        0 if leased.cursor.is_some() => Ok(None),
        0 => Ok(Some(End::Succeeded)),
        _ if leased.pass >= MAX_PASSES => Ok(Some(End::Failed(failure::RESIDUE_LEFT))),
        _ => {
            leased.cursor = None;
            leased.scanned = 0;
            "repair".clone_into(&mut leased.phase);
            Ok(None)
        }
    }
}

/// 1, 2, 4, 8 … seconds.
pub(super) fn back_off_seconds(failures: i32) -> f64 {
    f64::from(2_i32.saturating_pow(u32::try_from(failures.saturating_sub(1)).unwrap_or(0)).min(store::LONGEST_WAIT.cast_signed()))
}
