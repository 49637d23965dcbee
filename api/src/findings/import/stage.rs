//! Reading into the staging table.

use diesel::PgConnection;
use std::io::Read;

use super::outcome::{ImportReport, REJECTED_LISTED, RejectedFinding};
use super::read::{ReadOptions, read};
use super::report::{Rejection, ScanSummary, Sink, Warning};
use super::store::{self, Batch};
use super::unreadable::{ReadError, Unreadable};
use super::{Format, Observation};
use crate::error::{Code, Error, Result};

/// Reads `input` to its end into the staging table; what it says as a whole, and the report so far.
pub(super) fn stage(
    conn: &mut PgConnection,
    format: Format,
    input: impl Read,
    options: &ReadOptions,
) -> Result<(ScanSummary, ImportReport)> {
    let mut stager = Stager { conn, batch: Batch::default(), report: ImportReport::default() };
    let summary = read(format, input, options, &mut stager).map_err(refusal)?;
    stager.flush()?;
    let mut report = stager.report;
    (report.read, report.rejected_count) = (summary.read, summary.rejected);
    ensure_usable(&summary, &report)?;
    Ok((summary, report))
}

/// Refuses a file of which nothing can be imported (FND-07): it would look like a scan that found nothing, and a later version that
/// understands it would pass it over as imported before.
fn ensure_usable(summary: &ScanSummary, report: &ImportReport) -> Result<()> {
    let ScanSummary { read, observed, said_nothing, muted, rejected, .. } = *summary;
    if observed > 0 || muted > 0 {
        return Ok(());
    }
    let first =
        report.rejected.first().map_or_else(String::new, |first| format!("; the first, {}: {}", first.line, first.message));
    let what = match read {
        0 => "it holds no findings".to_owned(),
        _ => format!("of its {read} findings {said_nothing} say nothing and {rejected} were rejected{first}"),
    };
    Err(Unreadable::NothingUsable(what).into())
}

/// Stages observations in batches and keeps the first rejections.
struct Stager<'c> {
    conn: &'c mut PgConnection,
    batch: Batch,
    report: ImportReport,
}

impl Stager<'_> {
    fn flush(&mut self) -> Result<()> {
        store::insert_batch(self.conn, &std::mem::take(&mut self.batch)).map_err(Into::into)
    }
}

impl Sink for Stager<'_> {
    type Error = Error;

    fn observation(&mut self, observation: Observation) -> Result<()> {
        self.batch.push(observation);
        if self.batch.is_full() { self.flush() } else { Ok(()) }
    }

    fn rejected(&mut self, rejection: Rejection) -> Result<()> {
        if self.report.rejected.len() < REJECTED_LISTED {
            let Rejection { line, code, message } = rejection;
            self.report.rejected.push(RejectedFinding { line, code: code.as_str(), message });
        }
        Ok(())
    }

    fn warning(&mut self, warning: Warning) -> Result<()> {
        self.report.warn(warning.code, warning.message);
        Ok(())
    }
}

/// Why the read ended, for the caller. What the file says where a tenant or a time is expected may be somebody's name, so
/// it is not repeated.
fn refusal(error: ReadError<Error>) -> Error {
    match error {
        ReadError::Sink(error) => error,
        // Whoever feeds the input may have an answer of its own, as "too large".
        ReadError::Input(error) => error.downcast::<Error>().unwrap_or_else(|error| {
            Error::new(Code::UnreadableFile, "The file could not be read to its end.")
                .with("reason", "cut-short")
                .with_source(error)
        }),
        ReadError::Refused(unreadable) => unreadable.into(),
    }
}

impl From<Unreadable> for Error {
    fn from(unreadable: Unreadable) -> Self {
        let detail = sentence(&unreadable.to_string());
        Self::new(Code::UnreadableFile, detail).with("reason", unreadable.code())
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_a_sentence_with_a_stable_reason() {
        let error = Error::from(Unreadable::NotUtf8 { offset: 7 });
        assert_eq!((error.code(), error.detail()), (Code::UnreadableFile, "The file is not UTF-8 (byte 7)."));
        assert_eq!(error.extra()["reason"], "not-utf8");
    }

    #[test]
    fn a_refusal_names_the_field_and_does_not_repeat_what_may_be_somebodys_name() {
        let error = Error::from(Unreadable::UnusableTenant { field: "MetaData.TenantId".to_owned() });
        let expected =
            "MetaData.TenantId is no directory id: a GUID is expected. Choose the tenant (on the command line: --tenant).";
        assert_eq!(error.detail(), expected);
        assert_eq!(error.extra()["reason"], "unusable-tenant");
    }

    #[test]
    fn an_answer_of_whoever_feeds_the_input_reaches_the_caller() {
        let too_large = Error::new(Code::PayloadTooLarge, "At most 1 GiB.");
        assert_eq!(refusal(ReadError::Input(std::io::Error::other(too_large))).code(), Code::PayloadTooLarge);
        let broken = std::io::Error::other("reset");
        assert_eq!(refusal(ReadError::Input(broken)).extra()["reason"], "cut-short");
    }
}
