//! All SQL of the lifecycle. The statements are put together once from [`super::rules`].

mod batch;
mod forecast;

pub use batch::{Batch, BatchDone, Pinned, Residue, begin, repair_batch, residue};
pub use forecast::{ChangeCounts, Sample, TenantFigures, count, inspect, samples};
