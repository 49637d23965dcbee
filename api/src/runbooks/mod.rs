//! What can be run, and what it would change: the catalog, scopes and preflights.
//!
//! Invariants: a preflight only reads (its transaction is read-only); what it counts and what a run repairs is one
//! predicate, so after a run a preflight counts zero.

pub mod catalog;
pub mod preflight;
pub mod routes;
pub mod runbook;
pub mod scope;
mod store;

pub use catalog::{CATALOG, LIFECYCLE_BACKFILL, find};
pub use preflight::{Preflight, StoredPreflight};
pub use runbook::{Figures, Runbook, RunbookInfo};
pub use scope::{Reach, Scope};
pub use store::prune;
