//! Product telemetry (TEL-01 to TEL-08).

mod exact;
mod prune;
mod record;
mod rollup;
mod starts;
mod stored;
mod summarize_telemetry;
