//! `tenantatlas findings import|backfill-lifecycle`

use super::exit::Exit;
use crate::config::Config;
use crate::error::Result;

/// Commands over findings.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Import.
    Import,
}

/// Runs the command.
pub fn run(_config: &Config, _command: Command) -> Result<Exit> {
    Ok(Exit::Done)
}
