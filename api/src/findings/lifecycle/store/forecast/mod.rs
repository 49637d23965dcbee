//! What the rules would change: counts, break-down, samples. Only reads.

mod extent;
mod figures;
mod kinds;
mod samples;

pub use extent::{Extent, count, extent};
pub use figures::inspect;
pub use samples::{Sample, samples};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How many rows change in which way. A row can count in several.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, QueryableByName)]
pub struct ChangeCounts {
    /// First seen is filled or moved.
    #[diesel(sql_type = BigInt)]
    pub first_seen_at: i64,
    /// Last seen is filled or moved.
    #[diesel(sql_type = BigInt)]
    pub last_seen_at: i64,
    /// Times seen is filled or summed.
    #[diesel(sql_type = BigInt)]
    pub times_seen: i64,
    /// The status changes, closing of duplicates left out.
    #[diesel(sql_type = BigInt)]
    pub status: i64,
    /// Days to repair are set or corrected.
    #[diesel(sql_type = BigInt)]
    pub sla_days: i64,
    /// A due date is set.
    #[diesel(sql_type = BigInt)]
    pub due_at_set: i64,
    /// A due date makes way for an earlier one, or one that a person set, of a duplicate.
    #[diesel(sql_type = BigInt)]
    #[serde(default)] // Preflights that an earlier version computed do not have it.
    #[schema(required = true)]
    pub due_at_moved: i64,
    /// A due date is taken away: a computed one from a terminal finding, or from one for whose duplicate a person decided that
    /// there is none.
    #[diesel(sql_type = BigInt)]
    pub due_at_cleared: i64,
    /// Findings that absorb their duplicates.
    #[diesel(sql_type = BigInt)]
    pub duplicates_merged: i64,
    /// Duplicates that are closed.
    #[diesel(sql_type = BigInt)]
    pub duplicates_closed: i64,
}

impl ChangeCounts {
    /// Adds other counts.
    pub fn add(&mut self, other: &Self) {
        self.first_seen_at += other.first_seen_at;
        self.last_seen_at += other.last_seen_at;
        self.times_seen += other.times_seen;
        self.status += other.status;
        self.sla_days += other.sla_days;
        self.due_at_set += other.due_at_set;
        self.due_at_moved += other.due_at_moved;
        self.due_at_cleared += other.due_at_cleared;
        self.duplicates_merged += other.duplicates_merged;
        self.duplicates_closed += other.duplicates_closed;
    }
}

/// Forecast for one tenant.
#[derive(Debug, Clone, QueryableByName)]
pub struct TenantFigures {
    /// The tenant.
    #[diesel(sql_type = BigInt)]
    pub tenant_id: i64,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Findings it has.
    #[diesel(sql_type = BigInt)]
    pub total: i64,
    /// Findings that would change.
    #[diesel(sql_type = BigInt)]
    pub affected: i64,
    /// Open findings past their due date afterwards.
    #[diesel(sql_type = BigInt)]
    pub overdue_after: i64,
    /// In which way they change.
    #[diesel(embed)]
    pub changes: ChangeCounts,
}

/// The tenants in question, bound as `$1`.
const SCOPE: &str = "SELECT t.id FROM allowed_tenants t WHERE $1 IS NULL OR t.id = ANY($1)";

/// Returns the condition that a tenant is in question. Because of `IS TRUE` the tenants become a table of hashes in which each
/// row is looked up; as a join they would be read again for each row where the planner expects few rows.
fn in_scope(tenant_id: &str) -> String {
    format!("({tenant_id} IN ({SCOPE})) IS TRUE")
}
