//! `tenantatlas demo seed`

use super::database::Database;
use super::exit::Exit;
use crate::config::Config;
use crate::error::Result;

/// Commands over demo data.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Load a believable data set.
    Seed,
}

/// Runs the command.
pub fn run(_config: &Config, _command: Command) -> Result<Exit> {
    Ok(Exit::Done)
}

/// Loads demo data into a database that has none; how to sign in, if the demo is there.
pub fn load_once(_config: &Config, _database: &Database) -> Result<Option<String>> {
    Ok(None)
}
