//! The catalog (RB-01). A new runbook is one new file here and one line in [`CATALOG`].

mod findings_lifecycle_backfill;

use super::Runbook;
use crate::error::{Error, Result};

/// "Rebuild findings lifecycle", for the ways in that start it by name.
pub const LIFECYCLE_BACKFILL: &dyn Runbook = &findings_lifecycle_backfill::FindingsLifecycleBackfill;

/// Every runbook, in the order in which they are shown.
pub const CATALOG: &[&dyn Runbook] = &[LIFECYCLE_BACKFILL];

/// The runbook with this key. Errors: 404.
pub fn find(key: &str) -> Result<&'static dyn Runbook> {
    CATALOG.iter().find(|runbook| runbook.info().key == key).copied().ok_or_else(Error::not_found)
}
