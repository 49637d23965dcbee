//! Runs: start, execute, steer, watch.

mod acknowledge_run;
mod actions;
mod cancel_run;
mod constraints;
mod execute;
mod failures;
mod figures;
mod get_operation;
mod get_run;
mod leases;
mod list_operations;
mod list_run_audit;
mod list_runs;
mod list_targets;
mod pause_run;
mod residue;
mod retry_failed;
mod small_targets;
mod stale;
mod start_lifecycle_backfill;
mod start_run;
mod tenant_lock;
mod watch_operation;
mod watch_run;
