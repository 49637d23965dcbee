//! All SQL of runs and targets, by what it is about.

pub(super) mod claim;
pub(super) mod lifecycle;
pub(super) mod list;
pub(super) mod operations;
pub(super) mod overview;
pub(super) mod reach;
pub(super) mod runs;
pub(super) mod samples;
pub(super) mod start;
pub(super) mod sweep;
pub(super) mod targets;
