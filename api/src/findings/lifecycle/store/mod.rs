//! All SQL of the lifecycle. The statements are put together once from [`super::rules`].

mod batch;
mod forecast;

pub use batch::{Pinned, Repaired, Residue, Slice, next_slice, pin, repair, residue};
pub use forecast::{ChangeCounts, Extent, Sample, TenantFigures, count, extent, inspect, samples};
