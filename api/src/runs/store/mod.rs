//! All SQL of runs and targets, by what it is about.

pub(super) mod lifecycle;
pub(super) mod list;
pub(super) mod runs;
pub(super) mod start;
pub(super) mod sweep;
pub(super) mod targets;
