//! Folding events into buckets, and proving that the buckets are right (TEL-07).

use super::store::buckets as store;
use super::{lock_buckets, try_lock_buckets};
use crate::error::Result;
use diesel::{Connection, PgConnection};
use serde::Serialize;

/// Events folded in one transaction.
pub(super) const BATCH: i64 = 5_000;

/// What a rebuild did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rebuilt {
    /// Folded events, which the buckets count.
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
pub fn rebuild(conn: &mut PgConnection) -> Result<Rebuilt> {
    conn.transaction(|conn| {
        lock_buckets(conn)?;
        let store::Compared { buckets, differed } = store::rebuild(conn)?;
        Ok(Rebuilt { events: store::count_folded(conn)?, buckets, differed })
    })
}
