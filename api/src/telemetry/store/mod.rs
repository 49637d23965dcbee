//! All SQL of product telemetry. It names no person and no tenant but where an event is written.

pub(super) mod buckets;
pub(super) mod events;
pub(super) mod summary;
