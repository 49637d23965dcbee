//! Lines of the log that nobody will read: counted for the metrics, and told in the log itself, one line a minute at most.

use metrics::Counter;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, OnceLock};
use std::time::Instant;

/// Target of the lines that tell of losses. They are never left out themselves.
pub(super) const TARGET: &str = "tenantatlas::log_losses";

/// Milliseconds after which something may be told again.
pub(super) const MINUTE: u64 = 60_000;

/// Lines that the writer could not hand to the reader.
pub(super) static DROPPED: Loss = Loss::new();
/// Lines that the limit left out.
pub(super) static SUPPRESSED: Loss = Loss::new();

static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Milliseconds since logging began.
pub(super) fn now() -> u64 {
    u64::try_from(BEGUN.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Lines of a kind that nobody will read.
#[derive(Debug)]
pub(super) struct Loss {
    untold: AtomicU64,
    tell_at: AtomicU64,
    meter: OnceLock<Counter>,
}

impl Loss {
    pub(super) const fn new() -> Self {
        Self { untold: AtomicU64::new(0), tell_at: AtomicU64::new(0), meter: OnceLock::new() }
    }

    /// Counts a line, which is to be told at `tell_at` or later.
    pub(super) fn count(&self, tell_at: u64) {
        if self.untold.fetch_add(1, Ordering::Relaxed) == 0 {
            self.tell_at.fetch_max(tell_at, Ordering::Relaxed);
        }
        if let Some(meter) = self.meter.get() {
            meter.increment(1);
        }
    }

    fn meter(&self, meter: Counter) {
        meter.absolute(self.untold.load(Ordering::Relaxed));
        let _ = self.meter.set(meter);
    }

    /// Takes the number of lines that can be told at `now`.
    pub(super) fn take(&self, now: u64) -> Option<u64> {
        if self.untold.load(Ordering::Relaxed) == 0 || now < self.tell_at.load(Ordering::Relaxed) {
            return None;
        }
        self.tell_at.store(now.saturating_add(MINUTE), Ordering::Relaxed);
        Some(self.untold.swap(0, Ordering::Relaxed)).filter(|untold| *untold > 0)
    }
}

/// Counts in the metrics of the process from now on, and there what was lost before.
pub(super) fn meter() {
    DROPPED.meter(metrics::counter!("log_lines_dropped_total"));
    SUPPRESSED.meter(metrics::counter!("log_lines_suppressed_total"));
}

/// Tells of what was lost, as far as it is time. For the thread that writes: a line from within the logging of another is none.
pub(super) fn tell(now: u64) {
    if let Some(lines) = DROPPED.take(now) {
        tracing::warn!(target: TARGET, lines, "log lines were dropped because nobody read them");
    }
    if let Some(lines) = SUPPRESSED.take(now) {
        tracing::warn!(target: TARGET, lines, "log lines were left out because there were too many");
    }
}

#[cfg(test)]
mod tests {
    use super::{Loss, MINUTE};

    #[test]
    fn what_is_lost_is_told_once_and_a_minute_after_the_last_time_at_the_earliest() {
        let loss = Loss::new();
        assert_eq!(loss.take(0), None);
        loss.count(5);
        loss.count(7);
        assert_eq!(loss.take(4), None);
        assert_eq!(loss.take(5), Some(2));
        loss.count(6);
        assert_eq!(loss.take(4 + MINUTE), None);
        assert_eq!(loss.take(5 + MINUTE), Some(1));
        assert_eq!(loss.take(5 + 3 * MINUTE), None);
    }
}
