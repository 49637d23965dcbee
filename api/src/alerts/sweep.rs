//! What time brings about: due deliveries get their jobs, quiet hours end, missing audit rows are told of, old rows go. Takes
//! no input, is idempotent, and is done by every worker process every few seconds.

use super::deliver::WAITS;
use super::event::{Event, EventKind};
use super::raise::try_raise;
use super::store::work as store;
use super::{Severity, deliver};
use crate::audit;
use crate::db::locks::{self, LockClass};
use crate::db::loggable::describe;
use crate::error::Result;
use diesel::prelude::*;
use serde_json::Map;

/// Jobs made at a time; the rest waits for the next time.
const MOST: i64 = 200;

type Step = fn(&mut PgConnection) -> Result<()>;

/// Does it once, each step by itself: one that fails is logged, and keeps no other from it.
pub fn sweep(conn: &mut PgConnection) {
    // What is due goes before what is still to be told.
    let steps: [(&str, Step); 5] = [
        ("bring back what waits for a clock that was ahead", |conn| Ok(store::bring_back(conn, &WAITS).map(drop)?)),
        ("queue what is due", |conn| conn.transaction(queue_due)),
        ("tell of what was held back", tell_of_all_held),
        ("tell of missing audit rows", |conn| conn.transaction(tell_of_missing_audit_rows)),
        ("remove old rows", |conn| Ok(store::prune(conn).map(drop)?)),
    ];
    for (step, work) in steps {
        if let Err(error) = work(conn) {
            tracing::error!(step, error = describe(&error), "a step of the sweep of alerts failed");
        }
    }
}

/// Tells of runs that have become stale since the last look, in the transaction of the caller, who alone looks. `stale` are
/// all that are so now. One that could not be told of is as good as new at the next look.
pub fn tell_of_stale(conn: &mut PgConnection, stale: Vec<(i64, Event)>) -> Result<()> {
    let run_ids: Vec<i64> = stale.iter().map(|(id, _)| *id).collect();
    store::forget_stale_but(conn, &run_ids)?;
    for (run_id, event) in stale {
        if let Err(error) = conn.transaction(|conn| tell_of_one_stale(conn, run_id, &event)) {
            tracing::error!(run.id = run_id, error = describe(&error), "stale run not told of");
        }
    }
    Ok(())
}

fn tell_of_one_stale(conn: &mut PgConnection, run_id: i64, event: &Event) -> Result<()> {
    match store::note_stale(conn, run_id)? {
        true => try_raise(conn, event),
        false => Ok(()),
    }
}

fn queue_due(conn: &mut PgConnection) -> Result<()> {
    let due = store::list_unqueued(conn, MOST)?;
    deliver::queue(conn, &due)
}

fn tell_of_all_held(conn: &mut PgConnection) -> Result<()> {
    while conn.transaction(tell_of_held)? {}
    Ok(())
}

/// What a rule held back for one destination is told of by one delivery; what was alone is told as it is. One process at a time
/// does so: two that begin in the midst of one group would each wait for what the other has locked.
fn tell_of_held(conn: &mut PgConnection) -> Result<bool> {
    if !locks::try_lock(conn, LockClass::Singleton, "alerts held back")? {
        return Ok(false);
    }
    let Some(held) = store::lock_held(conn)? else { return Ok(false) };
    let told = match held.ids.as_slice() {
        [] => return Ok(false),
        [only] => store::release(conn, *only)?,
        several => store::summarise(conn, several)?,
    };
    deliver::queue(conn, &[told])?;
    Ok(true)
}

/// What could not be told stays unannounced, and is told the next time.
fn tell_of_missing_audit_rows(conn: &mut PgConnection) -> Result<()> {
    for missing in audit::take_unannounced_failures(conn)? {
        let title = format!("{} audit rows of {} could not be written", missing.count, missing.action);
        let title = if missing.count == 1 { format!("An audit row of {} could not be written", missing.action) } else { title };
        let event = Event {
            kind: EventKind::AuditWriteFailed,
            severity: Severity::Critical,
            subject: format!("audit:{}", missing.action),
            title,
            workspace_id: None,
            tenant_id: None,
            run_id: missing.run_id,
            operation_types: Vec::new(),
            metadata: Map::new(),
        };
        try_raise(conn, &event.fact("action", &missing.action).fact("missing", missing.count))?;
    }
    Ok(())
}
