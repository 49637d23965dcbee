//! `tenantatlas worker`

use super::database::{Absent, Database};
use super::exit::Exit;
use super::serve::{StopSignals, runtime};
use crate::config::Config;
use crate::db::migrate;
use crate::error::Result;
use crate::worker::{STOP, Worker};
use std::time::Instant;

/// Arguments of `worker`.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Works on runs until a signal stops it.
pub fn run(config: &Config, _args: &Args) -> Result<Exit> {
    let database = Database::open_to_stay(config, Absent::Refuse)?;
    database.connections().run(migrate::ensure_current)?;
    let runtime = runtime()?;
    let mut stop = StopSignals::listen(&runtime)?;
    let worker = Worker::start(&database.address, config)?;
    runtime.block_on(stop.received());
    worker.stop(Instant::now() + STOP);
    runtime.shutdown_background();
    Ok(Exit::Done)
}
