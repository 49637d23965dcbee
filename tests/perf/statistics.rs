//! Medians and quantiles.

use std::time::Duration;

/// The one in the middle.
pub fn median(times: &[Duration]) -> Duration {
    quantile(times, 0.5)
}

/// The smallest time that this share of all does not exceed.
pub fn quantile(times: &[Duration], share: f64) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let at = (sorted.len() as f64 * share).ceil() as usize;
    sorted[at.clamp(1, sorted.len()) - 1]
}

/// The largest.
pub fn longest(times: &[Duration]) -> Duration {
    quantile(times, 1.0)
}

/// How many a second.
pub fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

/// How often `other` contains `time`.
pub fn ratio(other: Duration, time: Duration) -> f64 {
    other.as_secs_f64() / time.as_secs_f64()
}
