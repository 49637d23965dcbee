//! Requests that got no connection, told without a line for each: there are most of them when a node can spare the least.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long the log is quiet after a line.
const QUIET: Duration = Duration::from_secs(10);

static UNTOLD: Mutex<Untold> = Mutex::new(Untold { refused: 0, told_at: None });

struct Untold {
    refused: u64,
    told_at: Option<Instant>,
}

/// Counts a request that got no connection, and says how many have been since the log said so last.
pub(super) fn count() {
    metrics::counter!("db_pool_refusals_total").increment(1);
    let mut untold = UNTOLD.lock().unwrap_or_else(PoisonError::into_inner);
    untold.refused += 1;
    if untold.told_at.is_none_or(|told_at| told_at.elapsed() >= QUIET) {
        tracing::warn!(refused = untold.refused, "no database connection was free in time");
        *untold = Untold { refused: 0, told_at: Some(Instant::now()) };
    }
}
