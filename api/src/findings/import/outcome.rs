//! What an import answers.

use serde::Serialize;
use utoipa::ToSchema;

use super::report::WarningCode;

/// Rejections that are listed; the rest is counted.
pub(super) const REJECTED_LISTED: usize = 1_000;

/// What an import did. Every finding read was rejected, created a row, changed one, or left everything unchanged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportReport {
    /// Findings in the file.
    pub read: u64,
    /// Findings created.
    pub created: u64,
    /// Findings changed.
    pub updated: u64,
    /// Findings of the file that changed nothing: in order and not known, without a verdict, or told twice.
    pub unchanged: u64,
    /// Findings of the file that were skipped.
    pub rejected_count: u64,
    /// The first 1,000 of them.
    pub rejected: Vec<RejectedFinding>,
    /// What is odd about the file as a whole.
    pub warnings: Vec<ImportWarning>,
    /// Open findings that the scan looked for and does not contain any more; resolved where the import was asked to.
    pub unobserved: u64,
    /// True when every scan in the file had been imported before.
    pub scan_already_imported: bool,
}

impl ImportReport {
    /// Adds a warning.
    pub(super) fn warn(&mut self, code: WarningCode, message: String) {
        self.warnings.push(ImportWarning { code: code.as_str(), message });
    }
}

/// A finding of the file that was skipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RejectedFinding {
    /// Where it stands: the line for formats of lines, else its number among the findings of the file.
    pub line: u64,
    /// Why, for programs.
    #[schema(value_type = String)]
    pub code: &'static str,
    /// Why, for people.
    pub message: String,
}

/// Something odd about a file that was imported all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportWarning {
    /// What, for programs.
    #[schema(value_type = String)]
    pub code: &'static str,
    /// What, for people.
    pub message: String,
}
