//! Removing events that are older than the retention (TEL-06). Nothing else is touched but the buckets that counted them.

use super::lock_buckets;
use super::store::{buckets as store, clock};
use crate::error::{Error, Result};
use diesel::{Connection, PgConnection};
use serde::Serialize;
use time::{Duration, OffsetDateTime};

/// Events removed in one transaction.
pub(super) const BATCH: i64 = 5_000;
/// Longest retention: a hundred years.
pub const MOST_DAYS: u16 = 36_500;

/// What was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Pruned {
    /// How many events.
    pub deleted: i64,
    /// How many days are kept.
    pub days: u16,
}

/// Removes everything older than so many days, batch by batch. Errors: 422 on no days.
pub fn prune(conn: &mut PgConnection, days: u16) -> Result<Pruned> {
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(Error::invalid_field("/days", "value", format!("A number from 1 to {MOST_DAYS} is expected.")));
    }
    let cutoff = cutoff(clock::find_now(conn)?, days);
    let mut pruned = Pruned { deleted: 0, days };
    loop {
        let deleted = conn.transaction(|conn| {
            lock_buckets(conn)?;
            store::delete_older(conn, cutoff, BATCH)
        })?;
        pruned.deleted += deleted;
        if deleted < BATCH {
            return Ok(pruned);
        }
    }
}

/// What happened before this is older than so many days; days are 24 hours.
pub fn cutoff(now: OffsetDateTime, days: u16) -> OffsetDateTime {
    now - Duration::days(days.into())
}
