//! Outages of a database in the log: a line when one begins and a line when it is over, however many notice.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Least time between the lines of two outages: a database that comes and goes fills no log.
const QUIET: Duration = Duration::from_secs(20);

/// State of one database as the connections of a process see it.
#[derive(Debug, Default)]
pub(super) struct Outage {
    is_away: AtomicBool,
    /// Begin of the last outage that was told.
    told: Mutex<Option<Instant>>,
}

impl Outage {
    /// Notes that no connection could be made.
    pub fn begin(&self, cause: &dyn std::fmt::Display) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_away.load(Ordering::Relaxed) || told.is_some_and(|at| at.elapsed() < QUIET) {
            return;
        }
        *told = Some(Instant::now());
        self.is_away.store(true, Ordering::Relaxed);
        tracing::warn!(%cause, "the database is away");
    }

    /// Notes that a connection could be made.
    pub fn end(&self) {
        if !self.is_away.swap(false, Ordering::Relaxed) {
            return;
        }
        let since = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = since.map_or(0, |at| at.elapsed().as_secs());
        tracing::info!(seconds, "the database is back");
    }
}
