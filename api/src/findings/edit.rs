//! What an edit makes of a finding (FND-05): pure, decided over the locked row.

use super::model::{DueSource, Status};
use super::transitions;
use super::view::FindingRecord;
use crate::error::{Code, Error, Result};
use crate::text::is_plain;
use time::{Duration, OffsetDateTime};

/// How far ahead a due date may lie.
const FARTHEST: Duration = Duration::days(3_660);

/// What a person asks for; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct FindingEdit {
    /// Where it is to stand.
    pub status: Option<Status>,
    /// When it has to be repaired; without a date: never.
    pub due_at: Option<Option<OffsetDateTime>>,
    /// Why it is closed, or its risk accepted.
    pub closed_reason: Option<String>,
}

/// What becomes of the columns that people decide about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Where it stands.
    pub status: Status,
    /// When it was first taken as work.
    pub triaged_at: Option<OffsetDateTime>,
    /// When it was resolved.
    pub resolved_at: Option<OffsetDateTime>,
    /// When it was closed or its risk accepted.
    pub closed_at: Option<OffsetDateTime>,
    /// Why.
    pub closed_reason: Option<String>,
    /// The person's due date; none: the date follows the rules of the lifecycle.
    pub due_at: Option<Option<OffsetDateTime>>,
}

/// Decides what the edit makes of the finding at this time; none: nothing. Errors: 409 `illegal-transition`, 422 on a due date
/// that is not ahead, or a reason that is missing, of a wrong length or for a status that has none.
pub fn decide(finding: &FindingRecord, edit: &FindingEdit, now: OffsetDateTime) -> Result<Option<Decided>> {
    let status = edit.status.unwrap_or(finding.status);
    let moves = status != finding.status;
    if moves && !transitions::next(finding.status).contains(&status) {
        return Err(illegal(finding.status, status));
    }
    let due_at = new_due_at(finding, edit, now)?;
    let closed_reason = closed_reason(finding, edit, status)?;
    if !moves && due_at.is_none() && closed_reason == finding.closed_reason {
        return Ok(None);
    }
    Ok(Some(Decided {
        status,
        triaged_at: triaged_at(finding, status, now),
        resolved_at: match status {
            Status::Resolved if moves => Some(now),
            Status::Reopened if moves => None,
            _ => finding.resolved_at,
        },
        closed_at: match moves {
            true => transitions::needs_reason(status).then_some(now),
            false => finding.closed_at,
        },
        closed_reason,
        due_at,
    }))
}

fn illegal(from: Status, to: Status) -> Error {
    let known: Vec<&str> = transitions::next(from).iter().map(|status| status.as_str()).collect();
    let detail = format!("A finding that is {from} cannot become {to}; it can become {}.", known.join(", "));
    Error::new(Code::IllegalTransition, detail).with("transitions", known)
}

/// When it was first taken as work, which an old version called acknowledged.
fn triaged_at(finding: &FindingRecord, status: Status, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let moves = status != finding.status;
    let acknowledged_at = finding.acknowledged_at.filter(|_| moves && finding.status == Status::Acknowledged);
    let begun = moves && matches!(status, Status::Triaged | Status::InProgress);
    finding.triaged_at.or(acknowledged_at).or(begun.then_some(now))
}

/// The due date where the edit changes it.
fn new_due_at(finding: &FindingRecord, edit: &FindingEdit, now: OffsetDateTime) -> Result<Option<Option<OffsetDateTime>>> {
    // As precise as it is stored, so that what is there already is known.
    let asked = edit.due_at.map(|due_at| due_at.map(|time| time.truncate_to_microsecond()));
    let is_persons = finding.due_source == Some(DueSource::Person);
    match asked {
        Some(due_at) if is_persons && due_at == finding.due_at => Ok(None),
        Some(Some(time)) if time <= now || time > now.saturating_add(FARTHEST) => {
            let expected = "A time in the future is expected, at most ten years ahead, or null for no due date.";
            Err(Error::invalid_field("/due_at", "range", expected))
        }
        asked => Ok(asked),
    }
}

/// The reason that goes with the status. One that is there is kept as long as the status is.
fn closed_reason(finding: &FindingRecord, edit: &FindingEdit, status: Status) -> Result<Option<String>> {
    let moves = status != finding.status;
    let given = edit.closed_reason.as_deref().map(str::trim);
    let wrong = |code, message: &str| Err(Error::invalid_field("/closed_reason", code, message.to_owned()));
    match (transitions::needs_reason(status), given) {
        (true, Some(reason)) if !(5..=500).contains(&reason.chars().count()) || !is_plain(reason) => {
            wrong("length", "5 to 500 characters are expected, without outer white space and control characters.")
        }
        (true, Some(reason)) => Ok(Some(reason.to_owned())),
        (true, None) if moves => {
            wrong("required", "A finding is closed, or its risk accepted, for a reason: 5 to 500 characters.")
        }
        (false, Some(_)) => wrong("value", "Only a finding that is closed, or whose risk is accepted, has a closing reason."),
        (_, None) => Ok(finding.closed_reason.clone().filter(|_| !moves)),
    }
}

#[cfg(test)]
mod tests;
