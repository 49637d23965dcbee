//! Audit rows that could not be written where the work went on without them (RB-10).
//!
//! The metric of a process begins anew with each of its starts and knows nothing of other processes; the notes here tell of
//! all of them.

use super::entry::Entry;
use super::store;
use crate::auth::Permit;
use crate::auth::capability::ConsoleView;
use crate::context::Ctx;
use crate::db::loggable;
use crate::error::Result;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use time::OffsetDateTime;

/// Notes that the row is missing, in a savepoint. What keeps this from being written too is in the log and in the metric only.
pub(super) fn note(conn: &mut PgConnection, ctx: &Ctx, entry: &Entry) {
    let noted = conn.transaction(|conn| store::insert_write_failure(conn, ctx, entry));
    if let Err(error) = noted {
        tracing::error!(action = entry.action().info().id, error = loggable::of_database(&error), "missing audit row not noted");
    }
}

/// Rows of one action that are missing and have not been told of.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Missing {
    /// Id of the action.
    #[diesel(sql_type = Text)]
    pub action: String,
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
    /// The run of all of them, if there is one.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub run_id: Option<i64>,
}

/// Marks them as told of; the caller does so in the same transaction.
pub fn take_unannounced_failures(conn: &mut PgConnection) -> Result<Vec<Missing>> {
    Ok(store::take_unannounced_failures(conn)?)
}

/// How many audit rows are missing since a time.
pub fn count_write_failures(_permit: &Permit<ConsoleView>, conn: &mut PgConnection, since: OffsetDateTime) -> Result<i64> {
    Ok(store::count_write_failures(conn, since)?)
}
