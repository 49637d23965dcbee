//! Operation runs: the one record of everything that executes, and its targets, the unit of work and of truth.
//!
//! Invariants:
//! * Status and outcome change in [`lifecycle`] only, along [`state`].
//! * At most one active run per identity; starting again returns it (RUN-04).
//! * What starts or goes on has asked its operational control in the transaction that makes it so (CTL-08).
//! * A batch's row changes, cursor and counts commit together, fenced by the lease token, or by the row lock under which a
//!   small target is taken, done and ended (RUN-12).
//! * Whoever finishes a target locks the run before looking for open targets, so exactly one completes it.

pub mod actions;
pub mod cancel_run;
pub mod claim;
pub mod confirmation;
pub mod context;
mod create_run;
pub mod execute;
pub mod failure;
pub mod get_operation;
pub mod get_run;
pub mod identity;
pub mod in_flight;
pub mod lane;
pub mod lifecycle;
pub mod list_operation_targets;
pub mod list_operations;
pub mod list_runs;
pub mod list_targets;
pub mod model;
pub mod operation;
mod operation_types;
pub mod overview;
pub mod pause_run;
mod pauses;
pub mod resume_run;
pub mod retry_failed;
pub mod routes;
mod small_targets;
pub mod start_run;
pub mod starter;
pub mod state;
mod store;
pub mod sweep;
pub mod watch;

pub use model::{Run, RunRef, RunTarget};

/// Channel on which starts, resumes and ends are told.
pub const CHANNEL: &str = "tenantatlas_runs";
