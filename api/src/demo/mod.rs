//! Demo data: a believable installation of an older version, whose findings still need their lifecycle.
//!
//! Invariant: equal seeds give equal data on equal days. Nothing but passwords is random: every choice is a hash of the seed and a number,
//! and times count back from the beginning of the day (UTC), so that there is always something recent to look at. What people
//! did counts back from the full hour instead, since the dashboard looks at the last 24.

pub mod load_once;
mod people;
pub mod seed_demo;
mod store;
mod words;

pub use load_once::load_once;
pub use seed_demo::{Seed, Seeded, seed_demo};
