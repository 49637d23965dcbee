//! What every worker process does every few seconds: fold what is new, and once a day remove what is old. Of many nodes one
//! does it at a time.

use super::store::buckets as store;
use super::{prune, rollup, try_lock_buckets};
use crate::context::Ctx;
use crate::db::clock;
use crate::error::Result;
use diesel::{Connection, PgConnection};
use std::time::{Duration, Instant};

/// How long one turn may take; what is left is done in the next.
const TURN: Duration = Duration::from_secs(1);

/// What one turn did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Events folded into buckets.
    pub folded: i64,
    /// Events removed.
    pub pruned: i64,
}

/// Takes a turn.
pub fn keep_up(conn: &mut PgConnection, retention_days: u16) -> Result<Kept> {
    let began = Instant::now();
    let mut kept = Kept::default();
    while let Some(folded) = rollup::fold(conn)? {
        kept.folded += folded;
        if folded < rollup::BATCH || began.elapsed() > TURN {
            break;
        }
    }
    while let Some(pruned) = prune_if_due(conn, retention_days)? {
        kept.pruned += pruned;
        if pruned < prune::BATCH || began.elapsed() > TURN {
            break;
        }
    }
    Ok(kept)
}

/// Removes one batch; none where it is not due, or others are at it. Whoever removes the last batch notes that it is done.
fn prune_if_due(conn: &mut PgConnection, days: u16) -> Result<Option<i64>> {
    conn.transaction(|conn| {
        if !try_lock_buckets(conn)? || !store::is_prune_due(conn)? {
            return Ok(None);
        }
        let cutoff = prune::cutoff(clock::read(conn)?.time(), days);
        let pruned = store::delete_older(conn, cutoff, prune::BATCH)?;
        if pruned < prune::BATCH {
            store::set_pruned(conn)?;
            let unaudited = store::take_unaudited(conn)?;
            // On most days of a young installation there is nothing to tell of.
            if unaudited > 0 {
                prune::audit_removal(&Ctx::system(), conn, unaudited, cutoff, days)?;
            }
        }
        Ok(Some(pruned))
    })
}
