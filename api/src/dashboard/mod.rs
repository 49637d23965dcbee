//! The product at a glance: whether it is well, what happened within a window of time, what is paused (WEB-01).
//!
//! Invariants:
//! * Everything in one answer is of one snapshot, in which nothing can be written.
//! * It has no SQL of its own: each figure comes from the slice whose figure it is.

pub mod get_dashboard;
pub mod health;
pub mod routes;

pub use crate::telemetry::Window;
pub use get_dashboard::Dashboard;
pub use health::DashboardHealth;
