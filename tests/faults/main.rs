//! Faults of real processes: workers that are killed, stopped and frozen, a database that breaks connections, a server that
//! dies with its private PostgreSQL.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

mod controls_race;
mod database_broken;
mod process;
mod server_killed;
mod worker_frozen;
mod worker_killed;
mod worker_stopped;
mod workers_together;
mod world;
