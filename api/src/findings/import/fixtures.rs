//! What the tests of the readers share: a sink that keeps everything, and a clock.

use std::convert::Infallible;

use serde_json::json;
use time::OffsetDateTime;
use time::macros::datetime;

use super::{Format, Observation, ReadError, ReadOptions, Rejection, ScanSummary, Sink, Unreadable, Verdict, Warning, read};
use crate::findings::model::{FindingType, Severity};

/// The present, in tests.
pub(super) const NOW: OffsetDateTime = datetime!(2026-01-01 0:00 UTC);
/// A directory id that no real tenant has.
pub(super) const TENANT: &str = "0f0e0d0c-1111-4222-8333-444455556666";

/// Keeps what it is given.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) observations: Vec<Observation>,
    pub(super) rejections: Vec<Rejection>,
    pub(super) warnings: Vec<Warning>,
}

impl Sink for Kept {
    type Error = Infallible;

    fn observation(&mut self, observation: Observation) -> Result<(), Infallible> {
        self.observations.push(observation);
        Ok(())
    }

    fn rejected(&mut self, rejection: Rejection) -> Result<(), Infallible> {
        self.rejections.push(rejection);
        Ok(())
    }

    fn warning(&mut self, warning: Warning) -> Result<(), Infallible> {
        self.warnings.push(warning);
        Ok(())
    }
}

impl Kept {
    /// Line and code of each rejection.
    pub(super) fn rejected(&self) -> Vec<(u64, &'static str)> {
        self.rejections.iter().map(|rejection| (rejection.line, rejection.code.as_str())).collect()
    }

    /// Code of each warning.
    pub(super) fn warned(&self) -> Vec<&'static str> {
        self.warnings.iter().map(|warning| warning.code.as_str()).collect()
    }
}

/// Reads `file`, which must be readable.
pub(super) fn accepted(format: Format, file: impl AsRef<[u8]>) -> (ScanSummary, Kept) {
    let mut kept = Kept::default();
    let summary = read(format, file.as_ref(), &ReadOptions::at(NOW), &mut kept).unwrap();
    assert_eq!(summary.read, summary.observed + summary.said_nothing + summary.rejected);
    assert_eq!(summary.observed, kept.observations.iter().filter(|one| one.verdict.is_some()).count() as u64);
    (summary, kept)
}

/// Reads `file`, which must be refused.
pub(super) fn refused(format: Format, file: impl AsRef<[u8]>) -> Unreadable {
    match read(format, file.as_ref(), &ReadOptions::at(NOW), &mut Kept::default()) {
        Err(ReadError::Refused(unreadable)) => unreadable,
        other => panic!("not refused: {other:?}"),
    }
}

/// Some observation.
pub(super) fn observation() -> Observation {
    Observation {
        line: 1,
        kind: FindingType::Posture,
        source: "tool".to_owned(),
        account: None,
        check_id: "check".to_owned(),
        told_apart_by: None,
        resource: "tenant".to_owned(),
        severity: Severity::High,
        verdict: Some(Verdict::Open),
        title: "Something is wrong".to_owned(),
        evidence: json!({}),
        seen_at: None,
        tenant: None,
    }
}
