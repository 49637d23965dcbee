//! Faults of real processes and of a real database, while a run is under way: whatever happens, the table and the counts end
//! as if nothing had happened, and nothing is left behind (RUN-12).
//!
//! Every scenario has two lengths, see [`length`]. One family of faults a file; the rest is what they share:
//! [`world`] is what is disturbed and what must come of it, [`process`] and [`nodes`] are what disturbs, [`visitor`] looks on.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]
#![allow(clippy::print_stdout, reason = "the long form prints figures")]

mod alert_killed;
mod alert_workers;
mod clock_skewed;
mod clock_stepped_back;
mod cluster;
mod connections_cut;
mod connections_exhausted;
mod controls_race;
mod database_restarted;
mod deadlocks;
mod descriptors;
mod drain;
mod edits;
mod errors_injected;
mod forged_token;
mod killed;
mod length;
mod log_limit;
mod log_reader;
mod log_values;
mod matrix;
mod network;
mod nodes;
mod plans;
mod poisoned_tenant;
mod private;
mod private_database;
mod random_tables;
mod server_killed;
mod shim;
mod start_interrupted;
mod starts_together;
mod steering;
mod visitor;
mod worker_frozen;
mod worker_stopped;
mod world;

use support::process;
