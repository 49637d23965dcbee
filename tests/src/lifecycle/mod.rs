//! The lifecycle rules from outside: random legacy tables, what a plain model makes of them, and what the product did.

pub mod generator;
pub mod model;
mod world;

pub use generator::{Shape, legacy_table};
pub use model::{Outcome, Row, repair};
pub use world::LegacyWorld;
