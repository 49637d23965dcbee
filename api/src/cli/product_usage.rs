//! `tenantatlas product-usage prune|rebuild`

use super::database::with_database;
use super::exit::Exit;
use super::output::OutputArgs;
use crate::config::Config;
use crate::context::Ctx;
use crate::error::Result;
use crate::telemetry::prune::{self, Pruned};
use crate::telemetry::rollup::{self, Rebuilt};
use crate::text::counted;

/// Commands over the events of product telemetry.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Remove events that are older than the retention; workers do it once a day.
    Prune {
        /// Days that are kept, instead of TENANTATLAS_PRODUCT_USAGE_EVENT_RETENTION_DAYS.
        #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(u16).range(1..=i64::from(prune::MOST_DAYS)))]
        days: Option<u16>,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Compute the buckets of summaries anew from the events, and say how many differed.
    Rebuild {
        #[command(flatten)]
        output: OutputArgs,
    },
}

/// Runs the command.
pub fn run(config: &Config, command: Command) -> Result<Exit> {
    match command {
        Command::Prune { days, output } => {
            let days = days.unwrap_or(config.product_usage_event_retention_days);
            let pruned = with_database(config, |db| db.run(|conn| prune::prune(&Ctx::cli(), conn, days)))?;
            output.print(&pruned, |Pruned { deleted, days }| {
                format!("Deleted {} older than {}.", counted(*deleted, "product usage event"), counted(i64::from(*days), "day"))
            })?;
        }
        Command::Rebuild { output } => {
            let rebuilt = with_database(config, |db| db.run(|conn| rollup::rebuild(&Ctx::cli(), conn)))?;
            output.print(&rebuilt, |Rebuilt { events, buckets, differed }| {
                let events = counted(*events, "event");
                format!("Compared {} with {events}: {differed} differed.", counted(*buckets, "bucket"))
            })?;
        }
    }
    Ok(Exit::Done)
}
