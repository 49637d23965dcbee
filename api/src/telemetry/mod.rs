//! Product telemetry: five milestones that people reach inside a tenant, counted for the operators (TEL-01 to TEL-08).
//!
//! Invariants:
//! * What is stored follows from the catalog: one constructor an event, no free text, no address, no name of anybody.
//! * Only people in the tenant plane are recorded, and only by what succeeded. A row that cannot be written stops nothing.
//! * At any moment each event is either unfolded or counted in its buckets, never both; a summary reads both in one snapshot.

pub mod catalog;
mod event;
mod pieces;
pub mod prune;
mod record;
pub mod rollup;
pub mod routes;
mod store;
pub mod summarize_telemetry;
pub mod upkeep;
mod window;

pub use event::{DiagnosticsSurface, ReviewPackSurface, UnsafeToken, UsageEvent};
pub use record::{Person, record};
pub use summarize_telemetry::TelemetrySummary;
pub use window::{Period, Window};

use crate::db::locks::{self, LockClass};
use diesel::{PgConnection, QueryResult};

/// What folds, prunes and rebuilds holds this until it commits: the buckets change in one place at a time.
const BUCKETS: &str = "product usage buckets";

/// Waits for its turn.
fn lock_buckets(conn: &mut PgConnection) -> QueryResult<()> {
    locks::lock(conn, LockClass::Singleton, BUCKETS)
}

/// Whether it is this one's turn.
fn try_lock_buckets(conn: &mut PgConnection) -> QueryResult<bool> {
    locks::try_lock(conn, LockClass::Singleton, BUCKETS)
}
