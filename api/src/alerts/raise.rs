//! Telling of an event: a delivery for each destination of each rule that it concerns, in the caller's transaction.

use super::event::Event;
use super::store::deliveries::{self as store, Decision};
use super::store::rules::{self, RuleRow};
use super::{deliver, reason};
use crate::db::locks::{self, LockClass};
use crate::error::{Error, Result};
use diesel::prelude::*;

/// Writes the deliveries of each rule in a savepoint of its own: one that cannot be told keeps no other from it. What keeps
/// deliveries from being written is logged and counted; the caller goes on, and waits for locks as it did before.
pub fn raise(conn: &mut PgConnection, event: &Event) {
    let told = locks::patiently(conn, |conn| {
        for rule in list_concerned(conn, event)? {
            if let Err(error) = conn.transaction(|conn| tell(conn, &rule, event)) {
                report(event, Some(rule.id), &error);
            }
        }
        Ok(())
    });
    if let Err(error) = told {
        report(event, None, &error);
    }
}

/// The same for who can tell of it another time: when one rule cannot be told, no delivery is written, and the error is the
/// caller's.
pub(super) fn try_raise(conn: &mut PgConnection, event: &Event) -> Result<()> {
    let told = locks::patiently(conn, |conn| list_concerned(conn, event)?.iter().try_for_each(|rule| tell(conn, rule, event)));
    told.inspect_err(|error| report(event, None, error))
}

fn list_concerned(conn: &mut PgConnection, event: &Event) -> Result<Vec<RuleRow>> {
    Ok(rules::list_enabled(conn)?.into_iter().filter(|rule| rule.criteria().match_event(event)).collect())
}

fn tell(conn: &mut PgConnection, rule: &RuleRow, event: &Event) -> Result<()> {
    // The second of two at once looks after the first has been written.
    locks::lock(conn, LockClass::Alert, &format!("{}:{}", rule.id, event.subject))?;
    // A rule that has gone meanwhile has nothing to tell.
    let Some(decision) = decide(conn, rule, event)? else { return Ok(()) };
    for delivery in store::insert(conn, rule.id, event, &decision)? {
        deliver::queue(conn, &delivery)?;
    }
    Ok(())
}

fn decide(conn: &mut PgConnection, rule: &RuleRow, event: &Event) -> Result<Option<Decision>> {
    let timing = store::find_timing(conn, rule.id, &event.subject)?;
    Ok(timing.map(|timing| match (timing.is_cooling_down, timing.quiet_until) {
        (true, _) => Decision::Suppress(reason::COOLDOWN),
        (false, Some(until)) => Decision::Hold(until),
        (false, None) => Decision::Send,
    }))
}

fn report(event: &Event, rule_id: Option<i64>, error: &Error) {
    metrics::counter!("alert_write_failures_total").increment(1);
    tracing::error!(event = event.kind.id(), run.id = event.run_id, rule.id = rule_id, %error, "alert not written");
}
