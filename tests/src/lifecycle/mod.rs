//! The lifecycle rules from outside: random legacy tables, what a plain model makes of them, and what the product did.

pub mod generator;
pub mod model;
mod world;

pub use generator::{Shape, legacy_table, many_of_a_kind};
pub use model::{Outcome, Row, repair};
pub use world::LegacyWorld;
