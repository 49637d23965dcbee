//! `tenantatlas findings backfill-lifecycle`: the runbook `findings.lifecycle.backfill` by another name.

use super::exit::Exit;
use super::output::OutputArgs;
use super::runbooks::{ScopeArgs, StartArgs, preflight_of, start_of};
use crate::config::Config;
use crate::error::Result;
use crate::runbooks::LIFECYCLE_BACKFILL;

/// Arguments of `findings backfill-lifecycle`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    scope: ScopeArgs,
    #[command(flatten)]
    start: StartArgs,
    /// Only say what would change.
    #[arg(long)]
    preflight_only: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs the command.
pub fn run(config: &Config, args: &Args) -> Result<Exit> {
    match args.preflight_only {
        true => preflight_of(config, LIFECYCLE_BACKFILL, &args.scope, args.output),
        false => start_of(config, LIFECYCLE_BACKFILL, &args.scope, &args.start, args.output),
    }
}
