//! Findings: deviations that posture tools report in tenants.
//!
//! **Invariant**: the words in [`model`] are exactly those the CHECK constraints of the `findings` table accept.

pub mod model;
