//! OCSF Detection Findings, as one array or one finding after another.
//!
//! Every finding names its own tenant and time, so that one file may hold several scans. The verdict is `status_code`; the word
//! `Suppressed` in `status` says that people muted the finding in the tool.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::intake::{Flaw, Heard, Intake, Said};
use super::moment::{self, Zone};
use super::observation::{Observation, Verdict, WHOLE_TENANT};
use super::read::ReadOptions;
use super::report::{RejectionCode, Sink};
use super::tally::Alias;
use super::tape::Taken;
use super::tenant::{account_id, is_placeholder};
use super::text::text_at;
use super::unreadable::Unreadable;
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
        let options = self.0.options;
        self.0.finding(value, |finding| hear(&finding, options))
    }
}

impl<S: Sink> Guide for Reader<'_, '_, S> {
    type Place = ();

    fn field(&mut self, (): (), _: &str) -> Step<()> {
        Step::Misplaced("a list")
    }

    fn element(&mut self, (): ()) -> Step<()> {
        Step::Take
    }

    fn taken(&mut self, (): (), _: &str, value: Taken) -> Result<(), Halted> {
        self.finding(value)
    }
}

fn hear(finding: &Value, options: &ReadOptions) -> Heard {
    // First of all, so that a reserved or unusable tenant is refused whatever its finding says.
    let owner = owner(finding, options)?;
    if finding.get("class_uid").and_then(Value::as_u64).is_some_and(|class| class != DETECTION_FINDING) {
        return Err(Flaw::rejected(RejectionCode::WrongClass, "the event is no Detection Finding (class 2004)"));
    }
    let is_muted = text_at(finding, "/status").is_some_and(|status| status.eq_ignore_ascii_case("suppressed"));
    let verdict = verdict(finding)?.filter(|verdict| !(is_muted && *verdict == Verdict::Open));
    match observation(finding, owner, verdict, options.now) {
        Ok(observation) => {
            let alias = alias(finding, &observation);
            Ok(Some(Said { observation, is_muted, alias }))
        }
        // What says nothing cannot be wrong about it either.
        Err(Flaw::Rejected(..)) if verdict.is_none() => Ok(None),
        Err(flaw) => Err(flaw),
    }
}

fn observation(finding: &Value, owner: Owner, verdict: Option<Verdict>, now: OffsetDateTime) -> Result<Observation, Flaw> {
    let missing = |code, what: &str| Flaw::rejected(code, format!("the finding has no {what}"));
    let check_id =
        text_at(finding, "/metadata/event_code").ok_or_else(|| missing(RejectionCode::MissingCheckId, "metadata.event_code"))?;
    let product = text_at(finding, "/metadata/product/name")
        .ok_or_else(|| missing(RejectionCode::MissingSource, "metadata.product.name"))?;
    Ok(Observation {
        line: 0,
        kind: FindingType::Posture,
        source: product.to_lowercase(),
        account: owner.account,
        check_id: check_id.to_owned(),
        told_apart_by: None,
        resource: resource(finding)?,
        severity: severity(finding)?,
        verdict,
        title: text_at(finding, "/finding_info/title").unwrap_or_default().to_owned(),
        evidence: evidence(finding),
        seen_at: Some(seen_at(finding, now)?),
        tenant: owner.tenant,
    })
}

/// Whose a finding is.
struct Owner {
    /// The organisation, or the account where none is named.
    tenant: Option<String>,
    /// The account or subscription.
    account: Option<String>,
}

fn owner(finding: &Value, options: &ReadOptions) -> Result<Owner, Unreadable> {
    let read = |field: &str| match account_id(field, finding.pointer(&format!("/{}", field.replace('.', "/")))) {
        Err(Unreadable::UnusableTenant { .. }) if options.ignore_tenants => Ok(None),
        read => read,
    };
    let account = read("cloud.account.uid")?;
    for field in ["cloud.org.uid", "metadata.tenant_uid"] {
        if let Some(tenant) = read(field)? {
            return Ok(Owner { tenant: Some(tenant), account });
        }
    }
    Ok(Owner { tenant: account.clone(), account })
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
    let bad = |field: &str, reason: &str| Flaw::rejected(RejectionCode::BadTime, format!("{field} {reason}"));
    let at = |field| finding.get(field).filter(|time: &&Value| !time.is_null());
    if let Some(time) = at("time") {
        return moment::from_epoch(time, now).map_err(|reason| bad("time", reason));
    }
    // Prowler 4.0 to 4.4 wrote `event_time`.
    for field in ["time_dt", "event_time"] {
        if let Some(time) = at(field) {
            return match time {
                Value::String(text) => moment::from_text(text, Zone::OrUtc, now),
                other => moment::from_epoch(other, now),
            }
            .map_err(|reason| bad(field, reason));
        }
    }
    let detail = "the finding has no time: expected is time (seconds or milliseconds since 1970), else time_dt or event_time";
    Err(Flaw::rejected(RejectionCode::BadTime, detail))
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
