//! One finding as a tool reported it, and its identity across scans.

use serde_json::Value;
use sha2::{Digest, Sha256};
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
    /// The check, without the version of its text.
    pub check_id: String,
    /// What was looked at; [`WHOLE_TENANT`] where the check is about the tenant itself.
    pub resource: String,
    /// How bad it is if open.
    pub severity: Severity,
    /// What the check says.
    pub verdict: Verdict,
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

impl Observation {
    /// Identity of this finding in `tenant_external_id`; see [`fingerprint`].
    pub fn fingerprint(&self, tenant_external_id: &str) -> [u8; 32] {
        fingerprint(tenant_external_id, &self.source, &self.check_id, &self.resource)
    }
}

/// Stable identity of a finding across scans: SHA-256 over the JSON array of its four keys, without white space.
///
/// Title, severity, evidence, tool version, scan and time are left out on purpose: they change while the finding
/// stays the same.
pub fn fingerprint(tenant_external_id: &str, source: &str, check_id: &str, resource: &str) -> [u8; 32] {
    let identity = Value::from(vec![tenant_external_id, source, check_id, resource]);
    Sha256::digest(identity.to_string()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_the_digest_of_the_json_array_of_its_keys() {
        let expected: [u8; 32] = Sha256::digest(r#"["t","scubagear","MS.AAD.1.1","tenant"]"#).into();
        assert_eq!(fingerprint("t", "scubagear", "MS.AAD.1.1", "tenant"), expected);
    }

    #[test]
    fn keys_that_only_join_to_the_same_text_have_different_fingerprints() {
        assert_ne!(fingerprint("t", "a", "b\",\"c", "d"), fingerprint("t", "a", "b", "c\",\"d"));
        assert_ne!(fingerprint("t", "ab", "c", "d"), fingerprint("t", "a", "bc", "d"));
    }

    #[test]
    fn an_open_verdict_is_worse_than_a_resolved_one() {
        assert!(Verdict::Open > Verdict::Resolved);
    }
}
