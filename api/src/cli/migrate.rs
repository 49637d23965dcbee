//! `tenantatlas migrate`

use super::database::Database;
use super::exit::Exit;
use super::output::OutputArgs;
use crate::config::Config;
use crate::db::migrate;
use crate::error::Result;
use serde::Serialize;

/// Arguments of `migrate`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Serialize)]
struct Migrated {
    applied: Vec<String>,
}

/// Runs what is pending and makes sure that the workspace `default` and its platform tenant exist.
pub fn run(config: &Config, args: &Args) -> Result<Exit> {
    let database = Database::open(config)?;
    let applied = database.connections().run(migrate::migrate)?;
    args.output.print(&Migrated { applied }, |done| match done.applied.as_slice() {
        [] => "The database is at this version.".to_owned(),
        applied => format!("Applied: {}", applied.join(", ")),
    })?;
    Ok(Exit::Done)
}
