//! Telling of an event: a delivery for each destination of each rule that it concerns, in the caller's transaction.

use super::event::Event;
use super::store::deliveries::{self as store, Decision};
use super::store::rules;
use super::{deliver, reason};
use crate::db::locks::{self, LockClass};
use crate::error::Result;
use diesel::prelude::*;

/// Writes the deliveries in a savepoint. What keeps them from being written is logged and counted; the caller goes on.
pub fn raise(conn: &mut PgConnection, event: &Event) {
    let written = conn.transaction(|conn| write(conn, event));
    if let Err(error) = written {
        metrics::counter!("alert_write_failures_total").increment(1);
        tracing::error!(event = event.kind.id(), run.id = event.run_id, %error, "alert not written");
    }
}

fn write(conn: &mut PgConnection, event: &Event) -> Result<()> {
    let concerned: Vec<_> = rules::list_enabled(conn)?.into_iter().filter(|rule| rule.criteria().match_event(event)).collect();
    for rule in concerned {
        // The second of two at once looks after the first has been written.
        locks::lock(conn, LockClass::Alert, &format!("{}:{}", rule.id, event.subject))?;
        let decision = decide(conn, &rule, event)?;
        for delivery in store::insert(conn, rule.id, event, &decision)? {
            deliver::queue(conn, &delivery)?;
        }
    }
    Ok(())
}

fn decide(conn: &mut PgConnection, rule: &rules::RuleRow, event: &Event) -> Result<Decision> {
    let timing = store::find_timing(conn, rule.id, &event.subject)?;
    Ok(match (timing.is_cooling_down, timing.quiet_until) {
        (true, _) => Decision::Suppress(reason::COOLDOWN),
        (false, Some(until)) => Decision::Hold(until),
        (false, None) => Decision::Send,
    })
}
