//! Who did what, when, with which result.
//!
//! Invariant: rows are only ever added. Operators' mutations write their row in the same transaction and fail with it
//! ([`record`]); for what RB-10 names, a failing row is logged, counted and noted, and the work goes on
//! ([`record_fail_safe`]).

mod action;
mod entry;
pub mod list_audit_actions;
pub mod list_audit_events;
pub mod routes;
mod store;
mod write_failures;

pub use action::{ACTIONS, Action, ActionInfo};
pub use entry::{Entry, Outcome};
pub use list_audit_events::{AuditEvent, AuditFilter};
pub use write_failures::{Missing, count_write_failures, take_unannounced_failures};

pub(crate) use store::prune;

use crate::context::Ctx;
use crate::db::loggable;
use crate::error::Result;
use diesel::connection::Connection;
use diesel::pg::PgConnection;

/// Writes the row; the surrounding transaction fails if that fails.
pub fn record(conn: &mut PgConnection, ctx: &Ctx, entry: Entry) -> Result<()> {
    store::insert(conn, ctx, &entry).map_err(Into::into)
}

/// Writes the row in a savepoint; a failure is logged, counted and noted, nothing more (RB-10).
pub fn record_fail_safe(conn: &mut PgConnection, ctx: &Ctx, entry: Entry) {
    let written = conn.transaction(|conn| store::insert(conn, ctx, &entry));
    if let Err(error) = written {
        metrics::counter!("audit_write_failures_total").increment(1);
        tracing::error!(action = entry.action().info().id, error = loggable::of_database(&error), "audit row not written");
        write_failures::note(conn, ctx, &entry);
    }
}
