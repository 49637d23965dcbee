//! The catalog (CTL-01): every action that can be paused. It stands in code; rows only say what is paused.

use super::ScopeType;
use crate::error::{Code, Error, Result};

/// A control.
#[derive(Debug, PartialEq, Eq)]
pub struct Definition {
    /// Stable key.
    pub key: &'static str,
    /// Short name of the action.
    pub label: &'static str,
    /// Whether a feature of this version asks it.
    pub available: bool,
    /// Scopes in which it can be paused.
    pub supported_scopes: &'static [ScopeType],
    /// Types of the runs that it can stop from starting.
    pub operation_types: &'static [&'static str],
    /// Places where its state is shown.
    pub affected_surfaces: &'static [&'static str],
}

/// Every control, in the order in which they are shown.
pub const CATALOG: &[Definition] = &[
    Definition {
        key: "findings.lifecycle.backfill",
        label: "Findings lifecycle backfill",
        available: true,
        supported_scopes: &[ScopeType::Global, ScopeType::Workspace],
        operation_types: &["findings.lifecycle.backfill"],
        affected_surfaces: &["system.ops.runbooks", "tenant.findings.list"],
    },
    Definition {
        key: "restore.execute",
        label: "Restore execution",
        available: false,
        supported_scopes: &[ScopeType::Global, ScopeType::Workspace],
        operation_types: &["restore.execute"],
        affected_surfaces: &["tenant.restore_runs.create"],
    },
];

/// Places where the state of controls is shown, in words.
const SURFACES: [(&str, &str); 3] = [
    ("system.ops.runbooks", "Ops / Runbooks"),
    ("tenant.findings.list", "the findings of tenants"),
    ("tenant.restore_runs.create", "making a restore run in a tenant"),
];

impl Definition {
    /// The affected surfaces in words, in their order.
    pub fn surface_labels(&self) -> Vec<&'static str> {
        let label = |key: &&'static str| SURFACES.iter().find(|(known, _)| known == key).map_or(*key, |(_, label)| label);
        self.affected_surfaces.iter().map(label).collect()
    }
}

/// The control with this key. Errors: 404.
pub fn find(key: &str) -> Result<&'static Definition> {
    let found = CATALOG.iter().find(|control| control.key == key);
    found.ok_or_else(|| Error::new(Code::NotFound, "There is no control with this key."))
}
