//! `tenantatlas runs`

use super::exit::Exit;
use crate::config::Config;
use crate::error::Result;

/// Commands over runs.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List.
    List,
}

/// Runs the command.
pub fn run(_config: &Config, _command: Command) -> Result<Exit> {
    Ok(Exit::Done)
}
