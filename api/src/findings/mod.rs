//! Findings: deviations that posture tools report in tenants, their lifecycle, and the import of tool output.
//!
//! **Invariant**: the words in [`model`] are exactly those the CHECK constraints of the `findings` table accept.

pub mod import;
pub mod lifecycle;
pub mod model;
