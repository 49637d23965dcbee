//! Limits of what operators may create, so that what every event costs stays bounded.

use super::store::limit as store;
use crate::db::locks::{self, LockClass};
use crate::error::{Error, Result};
use diesel::PgConnection;

/// Things that are counted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Rule,
    Destination,
}

/// Looks whether one more may be created, and keeps others from creating one until the transaction ends. Errors: 409
/// `limit-reached`.
pub(super) fn ensure_room(conn: &mut PgConnection, kind: Kind, most: i64) -> Result<()> {
    let (table, name) = match kind {
        Kind::Rule => ("alert_rules", "alert rules"),
        Kind::Destination => ("alert_destinations", "alert destinations"),
    };
    locks::lock(conn, LockClass::Singleton, name)?;
    let present = store::count(conn, table)?;
    if present < most {
        return Ok(());
    }
    let detail = format!("The limit of {name}, {most}, is reached. Delete one that is not needed any more.");
    Err(Error::limit_reached(detail, most, present))
}
