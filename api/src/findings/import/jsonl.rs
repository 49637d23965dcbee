//! JSON Lines: this product's own format, one finding per line.
//!
//! | field | | meaning |
//! | --- | --- | --- |
//! | `tenant` | optional | directory id; blank or a placeholder in angle brackets counts as absent |
//! | `account` | optional | account or subscription within the tenant, part of the finding's identity |
//! | `source` | required | the tool, kept in lower case |
//! | `type` | required | `posture`, `permission_posture`, `entra_admin_roles` or `drift` |
//! | `check_id` | required | the check |
//! | `resource` | optional | what was looked at; `tenant` if absent |
//! | `severity` | optional | `critical` to `informational`, or `info`, in any case; medium if absent or blank |
//! | `verdict` | required | `open` or `resolved` |
//! | `title` | optional | the check id if absent |
//! | `seen_at` | required | RFC 3339, with a zone |
//! | `evidence` | optional | an object |
//!
//! Any other field rejects the line. Lines may be blank.

use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;

use super::intake::{Flaw, Heard, Intake, Said};
use super::moment::{self, Zone};
use super::observation::{Observation, Verdict, WHOLE_TENANT};
use super::report::{RejectionCode, Sink};
use super::tape::Taken;
use super::tenant::account_id;
use super::text::shortened;
use super::walk::Halted;
use crate::findings::model::{FindingType, Severity};

/// Keys of which a line of this format has at least one.
const TELLING: [&str; 2] = ["check_id", "verdict"];

/// One line. Every field is read on its own, so that each has its own rejection.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    tenant: Option<Value>,
    account: Option<Value>,
    source: Option<Value>,
    r#type: Option<Value>,
    check_id: Option<Value>,
    resource: Option<Value>,
    severity: Option<Value>,
    verdict: Option<Value>,
    title: Option<Value>,
    seen_at: Option<Value>,
    evidence: Option<Value>,
}

/// Takes one line.
pub(super) fn finding<S: Sink>(intake: &mut Intake<'_, S>, line: Taken) -> Result<(), Halted> {
    intake.recognize(&line, &TELLING);
    let now = intake.options.now;
    intake.finding(line, |value| hear(value, now))
}

fn hear(value: Value, now: OffsetDateTime) -> Heard {
    let line: Line = serde_json::from_value(value)
        .map_err(|error| Flaw::rejected(RejectionCode::BadField, shortened(&error.to_string(), 300)))?;
    // Before any other field, so that a reserved or unusable tenant is refused whatever its line says.
    let tenant = account_id("tenant", line.tenant.as_ref())?;
    let account = account_id("account", line.account.as_ref())?;
    let observation = Observation {
        line: 0,
        kind: kind(line.r#type)?,
        source: required(line.source, "source", RejectionCode::MissingSource)?.to_lowercase(),
        account,
        told_apart_by: None,
        check_id: required(line.check_id, "check_id", RejectionCode::MissingCheckId)?,
        resource: text(line.resource, "resource")?.unwrap_or_else(|| WHOLE_TENANT.to_owned()),
        severity: severity(line.severity)?,
        verdict: Some(verdict(line.verdict)?),
        title: text(line.title, "title")?.unwrap_or_default(),
        evidence: evidence(line.evidence)?,
        seen_at: Some(seen_at(line.seen_at, now)?),
        tenant,
    };
    Ok(Some(Said { observation, is_muted: false, alias: None }))
}

/// The trimmed text of a field; `None` if it is blank.
fn text(field: Option<Value>, name: &str) -> Result<Option<String>, Flaw> {
    match field {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Some(_) => Err(Flaw::rejected(RejectionCode::BadField, format!("{name} is not a text"))),
    }
}

fn required(field: Option<Value>, name: &str, missing: RejectionCode) -> Result<String, Flaw> {
    text(field, name)?.ok_or_else(|| Flaw::rejected(missing, format!("{name} is missing")))
}

fn kind(field: Option<Value>) -> Result<FindingType, Flaw> {
    required(field, "type", RejectionCode::UnknownType)?
        .parse()
        .map_err(|unknown| Flaw::rejected(RejectionCode::UnknownType, format!("{unknown}")))
}

fn severity(field: Option<Value>) -> Result<Severity, Flaw> {
    let unknown =
        |word: &str| Flaw::rejected(RejectionCode::BadSeverity, format!("the severity {} is unknown", shortened(word, 60)));
    match field {
        None => Ok(Severity::Medium),
        Some(Value::String(word)) if word.trim().is_empty() => Ok(Severity::Medium),
        Some(Value::String(word)) => Severity::from_tool_word(&word).ok_or_else(|| unknown(&word)),
        Some(other) => Err(unknown(&other.to_string())),
    }
}

fn verdict(field: Option<Value>) -> Result<Verdict, Flaw> {
    required(field, "verdict", RejectionCode::MissingVerdict)?
        .parse()
        .map_err(|unknown| Flaw::rejected(RejectionCode::UnknownVerdict, format!("{unknown}")))
}

fn seen_at(field: Option<Value>, now: OffsetDateTime) -> Result<OffsetDateTime, Flaw> {
    let text = required(field, "seen_at", RejectionCode::BadTime)?;
    moment::from_text(&text, Zone::Required, now)
        .map_err(|reason| Flaw::rejected(RejectionCode::BadTime, format!("seen_at {reason}; expected is RFC 3339 with a zone")))
}

fn evidence(field: Option<Value>) -> Result<Value, Flaw> {
    match field {
        None => Ok(Value::Object(serde_json::Map::new())),
        Some(object @ Value::Object(_)) => Ok(object),
        Some(_) => Err(Flaw::rejected(RejectionCode::BadField, "evidence is not an object")),
    }
}

#[cfg(test)]
mod tests;
