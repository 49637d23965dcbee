//! Databases that the product supports, as the README's table has them: one scenario over each that this machine can run, and a
//! sentence for each that is refused.
//!
//! `make test` runs them on one PostgreSQL, `make databases` also on every other version that is installed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]
#![allow(clippy::print_stdout, reason = "a cell that cannot run here says so")]

mod encodings;
mod languages;
mod rights;
mod roles;
mod scenario;
mod server;
mod standby;
mod tls;
mod versions;
