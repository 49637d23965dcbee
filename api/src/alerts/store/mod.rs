//! All SQL of alerts.

pub(super) mod deliveries;
pub(super) mod destinations;
pub(super) mod limit;
pub(super) mod rules;
pub(super) mod sealing_keys;
pub(super) mod work;
