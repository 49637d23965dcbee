//! Notifying of an event: a delivery for each destination of each rule that it concerns, in the caller's transaction. The number
//! of statements does not depend on the number of rules, so that a pause of a control holds its gate no longer for many.

use super::deliver;
use super::event::Event;
use super::store::deliveries as store;
use super::store::rules::{self, CriteriaRow};
use crate::db::locks::{self, LockClass};
use crate::db::loggable::describe;
use crate::error::{Error, Result};
use diesel::prelude::*;
use std::time::{Duration, Instant};

/// Time that is spent, after all rules together have failed, on finding those that do not.
const SORTING_OUT: Duration = Duration::from_secs(1);
/// Wait for a lock during that time.
const SHORT_WAIT: &str = "50ms";

/// Writes the deliveries of all rules together. When that fails they are halved until those that fail are alone: one that cannot
/// be told keeps no other from it. Failures are logged and counted; the caller goes on, and waits for locks as it did before.
pub fn raise(conn: &mut PgConnection, event: &Event) {
    let told = locks::patiently(conn, |conn| {
        let rule_ids = hold_subject(conn, event)?;
        let Err(error) = conn.transaction(|conn| tell(conn, &rule_ids, event)) else { return Ok(()) };
        locks::wait_at_most(conn, SHORT_WAIT)?;
        halve(conn, &rule_ids, event, error, Instant::now());
        Ok(())
    });
    if let Err(error) = told {
        report(event, &[], &error);
    }
}

/// Like [`raise`], but all or nothing, for callers that can retry.
pub(super) fn try_raise(conn: &mut PgConnection, event: &Event) -> Result<()> {
    let told = locks::patiently(conn, |conn| {
        let rule_ids = hold_subject(conn, event)?;
        tell(conn, &rule_ids, event)
    });
    told.inspect_err(|error| report(event, &[], error))
}

/// Locks the subject, so that the second of two events at once looks after the first has been written, and returns the rules
/// that the event concerns.
fn hold_subject(conn: &mut PgConnection, event: &Event) -> Result<Vec<i64>> {
    locks::lock(conn, LockClass::Alert, &event.subject)?;
    let concerned = |rule: CriteriaRow| Some(rule.id).filter(|_| rule.criteria().match_event(event));
    Ok(rules::list_criteria(conn)?.into_iter().filter_map(concerned).collect())
}

/// Tries each half of the rules that failed together, in a savepoint of its own.
fn halve(conn: &mut PgConnection, rule_ids: &[i64], event: &Event, error: Error, since: Instant) {
    if rule_ids.len() < 2 || since.elapsed() > SORTING_OUT {
        return report(event, rule_ids, &error);
    }
    let (first, second) = rule_ids.split_at(rule_ids.len() / 2);
    for half in [first, second] {
        if let Err(error) = conn.transaction(|conn| tell(conn, half, event)) {
            halve(conn, half, event, error, since);
        }
    }
}

fn tell(conn: &mut PgConnection, rule_ids: &[i64], event: &Event) -> Result<()> {
    if rule_ids.is_empty() {
        return Ok(());
    }
    let due = store::insert(conn, rule_ids, event)?;
    deliver::add_jobs(conn, &due)
}

fn report(event: &Event, rule_ids: &[i64], error: &Error) {
    metrics::counter!("alert_write_failures_total").increment(1);
    tracing::error!(event = event.kind.id(), run.id = event.run_id, rule.ids = ?rule_ids, error = describe(error), "alert not written");
}
