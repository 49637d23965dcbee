//! One finding as a tool reported it.

use serde_json::Value;
use time::OffsetDateTime;

use crate::findings::model::{FindingType, Severity, closed_set};

/// The resource key of a finding that is about the tenant as a whole.
pub const WHOLE_TENANT: &str = "tenant";

closed_set! {
    /// What a check says about its resource. Ordered: the worse verdict is the greater one.
    Verdict as "verdict" {
        /// Nothing is wrong (any more).
        Resolved = "resolved",
        /// Something is wrong.
        Open = "open",
    }
}

/// One verdict of one check on one resource, as read from a file.
///
/// Text holds no NUL character and the evidence is always an object, so that PostgreSQL takes both as they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Where it stands: the line for formats of lines, else the 1-based ordinal of the finding in the file.
    pub line: u64,
    /// What kind of deviation it is about.
    pub kind: FindingType,
    /// The tool that looked, in lower case.
    pub source: String,
    /// Account or subscription that the finding names; `None` where the format has none.
    pub account: Option<String>,
    /// The check, without the version of its text.
    pub check_id: String,
    /// Text by which findings of one check and resource differ, where the tool gives several of them one id.
    pub told_apart_by: Option<String>,
    /// What was looked at; [`WHOLE_TENANT`] where the check is about the tenant itself.
    pub resource: String,
    /// How bad it is if open.
    pub severity: Severity,
    /// What the check says; `None` where it says nothing of the resource: manual, skipped, or muted by people in the tool.
    pub verdict: Option<Verdict>,
    /// One line for people. May hold HTML or Markdown and is never interpreted.
    pub title: String,
    /// What the tool had to say: a JSON object.
    pub evidence: Value,
    /// When the tool looked; `None` where the file says it once for all findings ([`super::ScanSummary::scanned_at`]).
    pub seen_at: Option<OffsetDateTime>,
    /// Directory id of the tenant; `None` where the file says it once for all findings
    /// ([`super::ScanSummary::tenant`]) or does not say it at all.
    pub tenant: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_verdict_is_worse_than_a_resolved_one() {
        assert!(Verdict::Open > Verdict::Resolved);
    }
}
