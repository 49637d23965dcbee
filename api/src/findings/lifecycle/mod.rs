//! The lifecycle rules (FND-03, FND-04): which findings need them, and what they make of a finding.
//!
//! Invariants:
//! * One predicate. What [`store`] counts for a preflight, changes in a batch and counts again afterwards is one text.
//! * Every value written derives from the row or its duplicate group, never from the clock; only `updated_at` does.
//! * What is written is computed from the row as it is when it is locked; what a person changed meanwhile is seen and kept
//!   (FND-05).
//! * A duplicate group changes in one transaction.

pub(in crate::findings) mod rules;
mod store;

pub use store::{
    ChangeCounts, Extent, Pinned, Repaired, Residue, Sample, Slice, TenantFigures, count, extent, inspect, next_slice, pin,
    repair, residue, samples,
};

use serde::Serialize;

/// Which tenants are looked at; always within the allowed tenant universe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Tenants {
    /// Every allowed tenant.
    All,
    /// Those of the list that are allowed.
    Of(Vec<i64>),
}

impl Tenants {
    /// As bound to the statements: null means every allowed tenant.
    pub fn ids(&self) -> Option<&[i64]> {
        match self {
            Self::All => None,
            Self::Of(ids) => Some(ids),
        }
    }
}
