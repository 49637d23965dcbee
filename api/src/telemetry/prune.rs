//! Removing events that are older than the retention (TEL-06). Nothing else is touched but the buckets that counted them.

use super::lock_buckets;
use super::store::buckets as store;
use crate::audit::{self, Action, Entry};
use crate::context::Ctx;
use crate::db::clock;
use crate::error::{Error, Result};
use crate::text::counted;
use diesel::{Connection, PgConnection};
use serde::Serialize;
use time::format_description::well_known::Rfc3339;
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

/// Removes everything older than so many days, batch by batch, and audits it with the last. Errors: 422 on no days.
pub fn prune(ctx: &Ctx, conn: &mut PgConnection, days: u16) -> Result<Pruned> {
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(Error::invalid_field("/days", "value", format!("A number from 1 to {MOST_DAYS} is expected.")));
    }
    let cutoff = cutoff(clock::read(conn)?.time(), days);
    let mut pruned = Pruned { deleted: 0, days };
    loop {
        let deleted = conn.transaction(|conn| {
            lock_buckets(conn)?;
            let deleted = store::delete_older(conn, cutoff, BATCH)?;
            if deleted < BATCH {
                let unaudited = store::take_unaudited(conn)?;
                audit_removal(ctx, conn, unaudited, cutoff, days)?;
            }
            Ok::<_, Error>(deleted)
        })?;
        pruned.deleted += deleted;
        if deleted < BATCH {
            return Ok(pruned);
        }
    }
}

/// Audits that so many events went, those of a removal that did not come to its end among them.
pub(super) fn audit_removal(ctx: &Ctx, conn: &mut PgConnection, deleted: i64, before: OffsetDateTime, days: u16) -> Result<()> {
    let events = counted(deleted, "product usage event");
    let summary = format!("Removed {events} older than {days} days.");
    let entry = Entry::new(Action::ProductUsagePruned)
        .summary(summary)
        .metadata("deleted", deleted)
        .metadata("before", before.format(&Rfc3339).ok())
        .metadata("days", days);
    audit::record(conn, ctx, entry)
}

/// What happened before this is older than so many days; days are 24 hours.
pub fn cutoff(now: OffsetDateTime, days: u16) -> OffsetDateTime {
    now - Duration::days(days.into())
}
