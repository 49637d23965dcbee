//! Findings: deviations that posture tools report in tenants.
//!
//! [`model`] holds the closed sets of words a finding is described with, [`import`] turns the files that tools
//! write into observations.
//!
//! **Invariant**: the words in [`model`] are exactly those the CHECK constraints of the `findings` table accept.

pub mod import;
pub mod model;
