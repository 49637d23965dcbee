//! Runbooks: catalog and preflight.

mod get_runbook;
mod list_runbooks;
mod preflight_figures;
mod preflight_lifecycle_backfill;
mod preflight_runbook;
