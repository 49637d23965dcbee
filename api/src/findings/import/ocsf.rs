//! OCSF Detection Findings, as one array or one finding after another.
//!
//! Every finding names its own tenant and time, so that one file may hold several scans. `status` is always `New` and
//! no verdict: `status_code` is.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::intake::{Flaw, Heard, Intake, Said};
use super::moment::{self, Zone};
use super::observation::{Observation, Verdict, WHOLE_TENANT};
use super::report::{RejectionCode, Sink};
use super::tally::Alias;
use super::tape::Taken;
use super::tenant::{account_id, is_placeholder};
use super::text::text_at;
use super::walk::{Guide, Halted, Step};
use crate::findings::model::{FindingType, Severity};

/// Keys of which a finding of this format has at least one.
const TELLING: [&str; 3] = ["finding_info", "status_code", "event_code"];
/// `class_uid` of a Detection Finding.
const DETECTION_FINDING: u64 = 2004;

/// Guides the walk through an array of findings.
pub(super) struct Reader<'r, 'i, S: Sink>(pub(super) &'r mut Intake<'i, S>);

impl<S: Sink> Reader<'_, '_, S> {
    /// Takes one finding.
    pub(super) fn finding(&mut self, value: Taken) -> Result<(), Halted> {
        self.0.recognize(&value, &TELLING);
        let now = self.0.options.now;
        self.0.finding(value, |finding| hear(&finding, now))
    }
}

impl<S: Sink> Guide for Reader<'_, '_, S> {
    type Place = ();

    fn field(&mut self, (): (), _: &str) -> Step<()> {
        Step::Misplaced
    }

    fn element(&mut self, (): ()) -> Step<()> {
        Step::Take
    }

    fn taken(&mut self, (): (), _: &str, value: Taken) -> Result<(), Halted> {
        self.finding(value)
    }
}

fn hear(finding: &Value, now: OffsetDateTime) -> Heard {
    // First of all, so that a reserved or unusable tenant is refused whatever its finding says.
    let tenant = tenant(finding)?;
    if finding.get("class_uid").and_then(Value::as_u64).is_some_and(|class| class != DETECTION_FINDING) {
        return Err(Flaw::rejected(RejectionCode::WrongClass, "the event is no Detection Finding (class 2004)"));
    }
    let Some(verdict) = verdict(finding)? else { return Ok(None) };
    let missing = |code, what: &str| Flaw::rejected(code, format!("the finding has no {what}"));
    let check_id =
        text_at(finding, "/metadata/event_code").ok_or_else(|| missing(RejectionCode::MissingCheckId, "metadata.event_code"))?;
    let product = text_at(finding, "/metadata/product/name")
        .ok_or_else(|| missing(RejectionCode::MissingSource, "metadata.product.name"))?;
    let observation = Observation {
        line: 0,
        kind: FindingType::Posture,
        source: product.to_lowercase(),
        check_id: check_id.to_owned(),
        resource: resource(finding)?,
        severity: severity(finding)?,
        verdict,
        title: text_at(finding, "/finding_info/title").unwrap_or_default().to_owned(),
        evidence: evidence(finding),
        seen_at: Some(seen_at(finding, now)?),
        tenant,
    };
    let alias = alias(finding, &observation);
    Ok(Some(Said { observation, alias }))
}

fn tenant(finding: &Value) -> Result<Option<String>, Flaw> {
    for pointer in ["/cloud/org/uid", "/metadata/tenant_uid", "/cloud/account/uid"] {
        if let Some(id) = account_id(finding.pointer(pointer))? {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

fn verdict(finding: &Value) -> Result<Option<Verdict>, Flaw> {
    let missing = || Flaw::rejected(RejectionCode::MissingVerdict, "the finding has no status_code");
    let word = text_at(finding, "/status_code").ok_or_else(missing)?.to_ascii_uppercase();
    Ok(match word.as_str() {
        "FAIL" => Some(Verdict::Open),
        "PASS" => Some(Verdict::Resolved),
        _ => None,
    })
}

/// Uid and region of the first resource; the same uid in two regions is two resources.
fn resource(finding: &Value) -> Result<String, Flaw> {
    let Some(first) = finding.pointer("/resources/0") else { return Ok(WHOLE_TENANT.to_owned()) };
    let uid = text_at(first, "/uid").or_else(|| text_at(first, "/name"));
    let uid = uid.ok_or_else(|| Flaw::rejected(RejectionCode::MissingResource, "the resource has neither uid nor name"))?;
    Ok(text_at(first, "/region").map_or_else(|| uid.to_owned(), |region| format!("{uid}@{region}")))
}

fn severity(finding: &Value) -> Result<Severity, Flaw> {
    let odd = |what: &Value| Flaw::rejected(RejectionCode::BadSeverity, format!("the severity_id {what} is unknown"));
    match finding.get("severity_id") {
        None | Some(Value::Null) => Ok(severity_by_name(finding)),
        Some(id) => match id.as_u64().ok_or_else(|| odd(id))? {
            1 => Ok(Severity::Informational),
            2 => Ok(Severity::Low),
            3 => Ok(Severity::Medium),
            4 => Ok(Severity::High),
            5 | 6 => Ok(Severity::Critical),
            // "Unknown" and "Other": the name may say more.
            0 | 99 => Ok(severity_by_name(finding)),
            _ => Err(odd(id)),
        },
    }
}

fn severity_by_name(finding: &Value) -> Severity {
    text_at(finding, "/severity").and_then(Severity::from_tool_word).unwrap_or(Severity::Medium)
}

fn seen_at(finding: &Value, now: OffsetDateTime) -> Result<OffsetDateTime, Flaw> {
    let read = match finding.get("time") {
        Some(time) if !time.is_null() => moment::from_epoch(time, now),
        _ => moment::from_text(text_at(finding, "/time_dt").unwrap_or_default(), Zone::OrUtc, now),
    };
    read.map_err(|reason| Flaw::rejected(RejectionCode::BadTime, reason))
}

fn evidence(finding: &Value) -> Value {
    let part = |name: &str| finding.get(name).cloned().unwrap_or_default();
    json!({"status_detail": part("status_detail"), "unmapped": part("unmapped")})
}

/// What should differ from check to check: the finding's id, or a resource key that is only a placeholder.
fn alias(finding: &Value, observation: &Observation) -> Option<Alias> {
    let placeholder = text_at(finding, "/resources/0/uid").filter(|uid| is_placeholder(uid));
    let id = text_at(finding, "/finding_info/uid").or(placeholder)?;
    Some(Alias { id: id.to_owned(), stands_for: observation.check_id.clone() })
}

#[cfg(test)]
mod tests;
