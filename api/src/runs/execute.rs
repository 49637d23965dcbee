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
use crate::db::errors::{Trouble, trouble};
use crate::db::locks::{self, LockClass};
use crate::error::{Error, Result};
use crate::findings::lifecycle::Batch;
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
const FIRST_BATCH: i64 = 500;
const MAX_BATCH: i64 = 20_000;
/// Up to this size a tenant is verified in the transaction of its last batch.
const SMALL_TENANT: i64 = 2_000;

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
    /// Begins or resumes a target.
    pub fn new(target: ClaimedTarget) -> Self {
        Self { target, rows: FIRST_BATCH, contended: 0 }
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
        let begun = Instant::now();
        let result = conn.transaction(|conn| self.transact(conn, runbook, begun));
        match result {
            Ok(step) => {
                self.adapt(begun.elapsed());
                self.contended = 0;
                step
            }
            Err(error) => self.recover(conn, &error),
        }
    }

    fn transact(&self, conn: &mut PgConnection, runbook: &dyn Runbook, begun: Instant) -> Result<Step> {
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
        if run.held {
            runs::set_held(conn, target.run_id, None)?;
        }
        loop {
            let end = self.advance(conn, runbook, &mut leased)?;
            let in_time = begun.elapsed() < LOCK_BUDGET / 4;
            let verify_now = leased.phase != "verify" || leased.total <= SMALL_TENANT;
            if end.is_none() && in_time && verify_now && (leased.phase != "repair" || leased.cursor.is_none()) {
                continue;
            }
            return match end {
                None => store::advance(conn, target.id, &leased).map(|()| Step::Continue).map_err(Into::into),
                Some(End::Succeeded) => self.finish(conn, TargetState::Succeeded, None, &leased),
                Some(End::Failed(failure)) => self.finish(conn, TargetState::Failed, Some(failure), &leased),
            };
        }
    }

    /// One phase of the target.
    fn advance(&self, conn: &mut PgConnection, runbook: &dyn Runbook, leased: &mut Leased) -> Result<Option<End>> {
        match (leased.phase.as_str(), leased.scope_max_id) {
            ("repair", Some(max_id)) => self.repair(conn, runbook, leased, max_id).map(|()| None),
            ("verify", Some(max_id)) => {
                store::allow_whole_tenant(conn)?;
                self.verify(conn, runbook, leased, max_id)
            }
            _ => {
                store::allow_whole_tenant(conn)?;
                let pinned = runbook.begin(conn, self.target.tenant_id)?;
                leased.scope_max_id = Some(pinned.max_id);
                leased.total = pinned.total;
                "repair".clone_into(&mut leased.phase);
                Ok(None)
            }
        }
    }

    fn repair(&self, conn: &mut PgConnection, runbook: &dyn Runbook, leased: &mut Leased, max_id: i64) -> Result<()> {
        let batch = Batch { tenant_id: self.target.tenant_id, after: leased.cursor.as_deref(), max_id, rows: self.rows };
        let done = runbook.repair_batch(conn, &batch)?;
        leased.scanned += done.scanned;
        leased.updated += done.updated;
        leased.cursor = done.next;
        if leased.cursor.is_none() {
            leased.pass += 1;
            "verify".clone_into(&mut leased.phase);
        }
        metrics::counter!("run_batches_total").increment(1);
        Ok(())
    }

    /// The post-condition: the pinned scope is counted again by the same predicate.
    fn verify(&self, conn: &mut PgConnection, runbook: &dyn Runbook, leased: &mut Leased, max_id: i64) -> Result<Option<End>> {
        let residue = runbook.residue(conn, self.target.tenant_id, max_id)?;
        leased.arrived = residue.arrived;
        if residue.left == 0 {
            return Ok(Some(End::Succeeded));
        }
        if leased.pass >= MAX_PASSES {
            return Ok(Some(End::Failed(failure::RESIDUE_LEFT)));
        }
        leased.scanned = 0;
        "repair".clone_into(&mut leased.phase);
        Ok(None)
    }

    fn finish(&self, conn: &mut PgConnection, state: TargetState, failure: Option<Failure>, leased: &Leased) -> Result<Step> {
        let ClaimedTarget { id, run_id, tenant_id, .. } = self.target;
        let target = EndedTarget { id, run_id, tenant_id, state, failure, figures: Some(leased) };
        lifecycle::finish_target(conn, &Ctx::system(), &target)?;
        Ok(Step::Done)
    }

    /// Aims at half the lock budget.
    fn adapt(&mut self, took: Duration) {
        metrics::histogram!("run_batch_seconds").record(took.as_secs_f64());
        let share = took.as_secs_f64() / (LOCK_BUDGET.as_secs_f64() / 2.0);
        let factor = (1.0 / share.max(0.01)).clamp(0.25, 2.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "bounded by MAX_BATCH")]
        let rows = (self.rows as f64 * factor) as i64;
        self.rows = rows.clamp(1, MAX_BATCH);
    }

    fn recover(&mut self, conn: &mut PgConnection, error: &Error) -> Step {
        let kind = error.database().map_or(Trouble::Permanent, trouble);
        tracing::warn!(run.id = self.target.run_id, tenant.id = self.target.tenant_id, rows = self.rows, ?kind, error = %describe(error), "batch failed");
        match kind {
            Trouble::Away => Step::Away,
            Trouble::Contended => self.hold_back(conn, "lock_waits"),
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
            runs::set_held(conn, self.target.run_id, Some(reason))?;
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

/// 1, 2, 4, 8 … seconds.
pub(super) fn back_off_seconds(failures: i32) -> f64 {
    f64::from(2_i32.saturating_pow(u32::try_from(failures.saturating_sub(1)).unwrap_or(0)).min(60))
}

/// For the log: the error and what caused it.
fn describe(error: &Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error} ({source})"),
        None => error.to_string(),
    }
}

/// Claims and works until nothing can be claimed any more: for tests and for commands that wait.
pub fn drain(conn: &mut PgConnection, worker_id: uuid::Uuid) -> Result<usize> {
    let mut done = 0;
    while let Some(target) = super::claim::claim(conn, worker_id)? {
        let mut work = Work::new(target);
        while work.step(conn) == Step::Continue {}
        done += 1;
    }
    Ok(done)
}
