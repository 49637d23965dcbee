//! Tests of the product through its public surface: `<slice>/<operation>.rs`, and `guards/` over everything.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

mod alerts;
mod attacks;
mod audit;
mod auth;
mod cli;
mod controls;
mod dashboard;
mod findings;
mod guards;
mod http;
mod notifications;
mod runbooks;
mod runs;
mod telemetry;
mod tenancy;
mod worker;
