//! What a reader says about a file besides its observations.

use time::OffsetDateTime;

use super::format::Format;
use super::observation::Observation;
use crate::findings::model::closed_set;

closed_set! {
    /// Why one finding was skipped.
    RejectionCode as "rejection code" {
        /// Not a JSON object.
        NotAnObject = "not-an-object",
        /// Valid JSON that cannot be held: a number out of range, half a surrogate pair, nested too deeply.
        BadValue = "bad-value",
        /// Larger than one finding may be, or an identifying text longer than it may be.
        TooLarge = "too-large",
        /// A field of the wrong type, or one that the format does not have.
        BadField = "bad-field",
        /// No check is named.
        MissingCheckId = "missing-check-id",
        /// No tool is named.
        MissingSource = "missing-source",
        /// A resource is listed, but nothing identifies it.
        MissingResource = "missing-resource",
        /// Nothing says whether the check failed.
        MissingVerdict = "missing-verdict",
        /// The verdict is not a word of the format.
        UnknownVerdict = "unknown-verdict",
        /// The severity is no word or number of the format.
        BadSeverity = "bad-severity",
        /// The finding type is missing or unknown.
        UnknownType = "unknown-type",
        /// The time is missing, unreadable or implausible.
        BadTime = "bad-time",
        /// An OCSF event of another class than Detection Finding.
        WrongClass = "wrong-class",
    }
}

closed_set! {
    /// Something odd about a file that is imported all the same.
    WarningCode as "warning code" {
        /// Nearly every check of a tenant failed: more likely the tool than the tenant.
        MassFailure = "mass-failure",
        /// The totals in the file are not those of its findings.
        HeaderCountsDisagree = "header-counts-disagree",
        /// Different checks carry one id, or ids are placeholders.
        MaskedIds = "masked-ids",
        /// Evidence was longer than is kept.
        EvidenceTruncated = "evidence-truncated",
        /// Failures of one scan are one finding, by check and resource.
        RepeatedFindings = "repeated-findings",
        /// Findings of the file were rejected, so it does not tell what is missing in it.
        PartlyRead = "partly-read",
        /// Severities were given for a scan that was imported before.
        SeveritiesUnchanged = "severities-unchanged",
    }
}

/// One finding that was skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Where it stands, counted as in [`Observation::line`].
    pub line: u64,
    /// Why, for programs.
    pub code: RejectionCode,
    /// Why, for people.
    pub message: String,
}

/// Something odd about the file as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What, for programs.
    pub code: WarningCode,
    /// What, for people.
    pub message: String,
}

/// Takes what a reader finds, as it finds it.
///
/// Whatever it has taken counts for nothing if the read ends in an error: a file is refused whole.
pub trait Sink {
    /// Why the sink could not take something; ends the read and reaches the caller unchanged.
    type Error;

    /// Takes one observation.
    fn observation(&mut self, observation: Observation) -> Result<(), Self::Error>;

    /// Takes one finding that was skipped; there may be as many as the file has findings.
    fn rejected(&mut self, rejection: Rejection) -> Result<(), Self::Error>;

    /// Takes a warning; there are few.
    fn warning(&mut self, warning: Warning) -> Result<(), Self::Error>;
}

/// What a file that was read to its end says as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanSummary {
    /// The format it was read as.
    pub format: Format,
    /// Digest of the file's bytes, byte-order mark included.
    pub sha256: [u8; 32],
    /// Directory id of the tenant, where the file says it once for all findings.
    pub tenant: Option<String>,
    /// The tool, where the format has only one.
    pub source: Option<&'static str>,
    /// When the scan ran, where the file says it once; else the time of its newest finding.
    pub scanned_at: Option<OffsetDateTime>,
    /// Findings in the file: those with a verdict, those that say nothing, and those skipped.
    pub read: u64,
    /// Findings with a verdict.
    pub observed: u64,
    /// Findings whose verdict says nothing: manual, skipped, not run, muted.
    pub said_nothing: u64,
    /// Of these, findings that people muted in the tool.
    pub muted: u64,
    /// Findings skipped.
    pub rejected: u64,
}
