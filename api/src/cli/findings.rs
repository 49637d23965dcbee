//! `tenantatlas findings import|backfill-lifecycle`

use super::exit::Exit;
use super::{findings_backfill, findings_import};
use crate::config::Config;
use crate::error::Result;

/// Commands over findings.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Import what a posture tool found.
    Import(findings_import::Args),
    /// Rebuild the lifecycle of findings: the runbook findings.lifecycle.backfill.
    BackfillLifecycle(findings_backfill::Args),
}

/// Runs the command.
pub fn run(config: &Config, command: Command) -> Result<Exit> {
    match command {
        Command::Import(args) => findings_import::run(config, args),
        Command::BackfillLifecycle(args) => findings_backfill::run(config, &args),
    }
}
