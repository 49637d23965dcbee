//! Kill switches over risky actions: what is paused, for whom, since when and why (242).
//!
//! Invariants:
//! * Once a pause has returned, no start that begins afterwards is accepted on any node (CTL-08). [`gate`] is the only
//!   question that others ask, inside the transaction that would start something.
//! * What is in force follows from times and rows in the database alone; no cache, no timer, no setting (CTL-11, CTL-12).
//! * Every change writes its audit row in its transaction; a start that is stopped stays stopped when its row fails (RB-10).
//! * This slice knows no run; it learns of those under way through [`ActiveRuns`].

mod activation;
mod active_runs;
pub mod blocked;
mod catalog;
mod decision;
pub mod expire;
pub mod gate;
pub mod get_control;
pub mod impact;
pub mod list_control_history;
pub mod list_controls;
pub mod list_paused;
pub mod mutation;
pub mod pause_control;
pub mod preview_control;
pub mod resume_control;
pub mod routes;
mod settle;
mod store;
mod view;

pub use activation::{ControlScope, ScopeType};
pub use active_runs::ActiveRuns;
pub use catalog::{CATALOG, Definition, find};
pub use decision::{Decision, EffectiveState, Excluded, MatchedScope};
pub use impact::Impact;
pub use view::{Activation, Control};
