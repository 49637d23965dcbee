//! Maester: `test-results*.json`.
//!
//! One object: tenant, time and totals beside `Tests`, the results. Findings rarely carry a severity of their own;
//! then the severities of a `maester-config.json` count, if one was given, else medium.

use std::collections::HashMap;
use std::io::Read;
use std::rc::Rc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::format::Format;
use super::header::Header;
use super::intake::{Flaw, Heard, Intake, Said, of_whole_tenant};
use super::observation::Verdict;
use super::report::{RejectionCode, Sink, WarningCode};
use super::source::Source;
use super::tally::Alias;
use super::tape::{Taken, Tape};
use super::text::{shortened, text_at};
use super::unreadable::ReadError;
use super::walk::{Guide, Halted, Step};
use crate::findings::model::Severity;

/// The source of every finding of this format.
pub(super) const SOURCE: &str = "maester";
/// Bytes a configuration file may have; the published one has 65 thousand.
const CONFIG_LIMIT: u64 = 16 * 1024 * 1024;

/// Severities by test id.
pub type Severities = HashMap<String, Severity>;

/// Where in the document the walk is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// The whole.
    Top,
    /// `Tests`.
    Tests,
}

/// Guides the walk through test results.
pub(super) struct Reader<'r, 'i, S: Sink> {
    /// Takes the results.
    pub(super) intake: &'r mut Intake<'i, S>,
    /// What the file says as a whole.
    pub(super) header: Header,
    fields: HashMap<String, Value>,
    counted: HashMap<&'static str, u64>,
    tests: bool,
}

impl<S: Sink> Guide for Reader<'_, '_, S> {
    type Place = Place;

    fn field(&mut self, place: Place, name: &str) -> Step<Place> {
        match (place, name) {
            (Place::Top, "Tests") => {
                self.tests = true;
                Step::Enter(Place::Tests)
            }
            (Place::Top, "TenantId" | "ExecutedAt" | "FailedCount" | "PassedCount" | "SkippedCount" | "TotalCount") => Step::Take,
            (Place::Top, _) => {
                self.header.note_key(name);
                Step::Skip
            }
            (Place::Tests, _) => Step::Misplaced,
        }
    }

    fn element(&mut self, place: Place) -> Step<Place> {
        match place {
            Place::Tests => Step::Take,
            Place::Top => Step::Misplaced,
        }
    }

    fn taken(&mut self, place: Place, name: &str, value: Taken) -> Result<(), Halted> {
        if let Place::Top = place {
            let value = value.held().map_err(|unreadable| self.intake.refuse(unreadable))?;
            self.fields.insert(name.to_owned(), value);
            return Ok(());
        }
        let Self { intake, counted, .. } = self;
        let severities = intake.options.severities.as_ref();
        *counted.entry("TotalCount").or_default() += 1;
        intake.finding(value, |test| {
            if let Some(total) = total_of(&test) {
                *counted.entry(total).or_default() += 1;
            }
            hear(&test, severities)
        })
    }
}

impl<'r, 'i, S: Sink> Reader<'r, 'i, S> {
    /// A guide that hands results to `intake`.
    pub(super) fn new(intake: &'r mut Intake<'i, S>) -> Self {
        let (header, fields, counted) = (Header::default(), HashMap::new(), HashMap::new());
        Self { intake, header, fields, counted, tests: false }
    }

    /// Makes sense of the header once the whole file was read.
    pub(super) fn finish(mut self) -> Result<Header, Halted> {
        if !self.tests {
            return Err(self.intake.refuse(self.header.wrong_format(Format::Maester)));
        }
        let now = self.intake.options.now;
        let read = self.header.fill(self.fields.get("TenantId"), self.fields.get("ExecutedAt"), now);
        read.map_err(|unreadable| self.intake.refuse(unreadable))?;
        let totals = ["FailedCount", "PassedCount", "SkippedCount", "TotalCount"];
        let odd: Vec<_> = totals.into_iter().filter_map(|name| self.disagreement(name)).collect();
        if !odd.is_empty() {
            self.intake.warn(WarningCode::HeaderCountsDisagree, odd.join("; "))?;
        }
        Ok(self.header)
    }

    fn disagreement(&self, name: &'static str) -> Option<String> {
        let said = self.fields.get(name).and_then(Value::as_u64)?;
        let rows = self.counted.get(name).copied().unwrap_or_default();
        (said != rows).then(|| format!("{name} says {said}, the tests are {rows}"))
    }
}

fn result(test: &Value) -> Option<String> {
    text_at(test, "/Result").map(str::to_ascii_lowercase)
}

/// The total in the header that counts `test`.
fn total_of(test: &Value) -> Option<&'static str> {
    match result(test)?.as_str() {
        "failed" => Some("FailedCount"),
        "passed" => Some("PassedCount"),
        "skipped" => Some("SkippedCount"),
        _ => None,
    }
}

fn hear(test: &Value, severities: Option<&Severities>) -> Heard {
    let missing = || Flaw::rejected(RejectionCode::MissingVerdict, "the test has no Result");
    let verdict = match result(test).ok_or_else(missing)?.as_str() {
        "failed" => Verdict::Open,
        "passed" => Verdict::Resolved,
        _ => return Ok(None),
    };
    let title = text_at(test, "/Title").unwrap_or_default();
    let id = check_id(test, title)
        .ok_or_else(|| Flaw::rejected(RejectionCode::MissingCheckId, "the test has neither Id nor Block and Title"))?;
    let mut observation = of_whole_tenant(SOURCE, &id, verdict, severity(test, &id, severities)?);
    title.clone_into(&mut observation.title);
    observation.evidence = evidence(test);
    let alias = Alias { id, stands_for: title.to_owned() };
    Ok(Some(Said { observation, alias: Some(alias) }))
}

fn check_id(test: &Value, title: &str) -> Option<String> {
    let named = text_at(test, "/Id").map(str::to_owned);
    named.or_else(|| text_at(test, "/Block").filter(|_| !title.is_empty()).map(|block| format!("{block}: {title}")))
}

fn severity(test: &Value, id: &str, severities: Option<&Severities>) -> Result<Severity, Flaw> {
    for pointer in ["/Severity", "/ResultDetail/Severity"] {
        if let Some(severity) = severity_at(test, pointer)? {
            return Ok(severity);
        }
    }
    Ok(severities.and_then(|known| known.get(id)).copied().unwrap_or(Severity::Medium))
}

fn severity_at(test: &Value, pointer: &str) -> Result<Option<Severity>, Flaw> {
    let odd = |word: &str| Flaw::rejected(RejectionCode::BadSeverity, format!("the severity {} is unknown", shortened(word, 60)));
    match test.pointer(pointer) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(word)) if word.trim().is_empty() => Ok(None),
        Some(Value::String(word)) => Severity::from_tool_word(word).map(Some).ok_or_else(|| odd(word)),
        Some(other) => Err(odd(&other.to_string())),
    }
}

fn evidence(test: &Value) -> Value {
    let part = |name: &str| test.get(name).cloned().unwrap_or_default();
    json!({"ResultDetail": part("ResultDetail"), "ErrorRecord": part("ErrorRecord")})
}

#[derive(Deserialize)]
struct Config {
    #[serde(rename = "TestSettings")]
    tests: Vec<Setting>,
}

#[derive(Deserialize)]
struct Setting {
    #[serde(rename = "Id", default)]
    id: Value,
    #[serde(rename = "Severity", default)]
    severity: Value,
}

/// Reads the severities of a `maester-config.json`; tests without a known severity are left out.
pub fn severities_from(input: impl Read) -> Result<Severities, ReadError<std::convert::Infallible>> {
    let tape = Rc::new(Tape::new());
    tape.skip();
    let source = Source::new(input.take(CONFIG_LIMIT), Rc::clone(&tape));
    let config: Config = serde_json::from_reader(source).map_err(|error| super::read::reason(&error, &tape, Format::Maester))?;
    let known =
        |setting: &Setting| Some((setting.id.as_str()?.to_owned(), Severity::from_tool_word(setting.severity.as_str()?)?));
    Ok(config.tests.iter().filter_map(known).collect())
}

#[cfg(test)]
mod tests;
