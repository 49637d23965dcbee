//! Findings: deviations that posture tools report in tenants, their lifecycle, the import of tool output, and what people
//! see and decide of them.
//!
//! **Invariant**: the words in [`model`] are exactly those the CHECK constraints of the `findings` table accept.

pub mod edit;
pub mod get_finding;
pub mod import;
pub mod import_findings;
pub mod lifecycle;
pub mod list_findings;
pub mod model;
pub mod routes;
mod store;
pub mod summarize_findings;
pub mod transitions;
pub mod update_finding;
pub mod view;

pub use view::Finding;
