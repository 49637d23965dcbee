//! Folding events into buckets, and proving that the buckets are right (TEL-07).

use super::store::buckets as store;
use super::{lock_buckets, try_lock_buckets};
use crate::audit::{self, Action, Entry};
use crate::context::Ctx;
use crate::error::{Error, Result};
use diesel::{Connection, PgConnection};
use serde::Serialize;
use std::thread;
use std::time::{Duration, Instant};

/// Events folded in one transaction.
pub(super) const BATCH: i64 = 5_000;

/// What a rebuild did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rebuilt {
    /// Events that were folded when the buckets of their day were compared.
    pub events: i64,
    /// Buckets that they make.
    pub buckets: i64,
    /// Buckets that said something else and were corrected.
    pub differed: i64,
}

/// Folds one batch, unless somebody else is at the buckets; how many events, none where others are.
pub fn fold(conn: &mut PgConnection) -> Result<Option<i64>> {
    conn.transaction(|conn| match try_lock_buckets(conn)? {
        true => Ok(Some(store::fold(conn, BATCH)?)),
        false => Ok(None),
    })
}

/// Computes all buckets anew and says how many differed: none, unless somebody else wrote into them.
///
/// Each day is a transaction of its own, and for as long as it took nobody is kept from the buckets before the next one: whoever
/// folds only tries the lock, and would hardly ever meet a moment in which it is free.
pub fn rebuild(ctx: &Ctx, conn: &mut PgConnection) -> Result<Rebuilt> {
    let mut rebuilt = Rebuilt { events: 0, buckets: 0, differed: 0 };
    let mut took = Duration::ZERO;
    for day in store::list_days(conn)? {
        thread::sleep(took);
        let compared = conn.transaction(|conn| {
            lock_buckets(conn)?;
            let began = Instant::now();
            let compared = store::rebuild_day(conn, day)?;
            took = began.elapsed();
            Ok::<_, Error>(compared)
        })?;
        // Buckets of each width count the same events.
        rebuilt.events += compared.last().map_or(0, |days| days.events);
        rebuilt.buckets += compared.iter().map(|of_width| of_width.buckets).sum::<i64>();
        rebuilt.differed += compared.iter().map(|of_width| of_width.differed).sum::<i64>();
    }
    let summary = format!("Computed the counts of product usage anew: {} differed.", rebuilt.differed);
    let entry = Entry::new(Action::ProductUsageRebuilt).summary(summary);
    audit::record(conn, ctx, entry.metadata("events", rebuilt.events).metadata("differed", rebuilt.differed))?;
    Ok(rebuilt)
}
