//! Maester: `test-results*.json`.
//!
//! One object: tenant, time and totals beside `Tests`, the results. Findings rarely carry a severity of their own;
//! then the severities of a `maester-config.json` count, if one was given, else medium.
//!
//! A merged report holds such objects of several tenants in a list, `Tenants`. Their tests are handed on as they come, so there
//! tenant and time have to stand before them, as the tool writes them.

use std::collections::HashMap;
use std::io::Read;
use std::rc::Rc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::format::Format;
use super::header::{Field, Header};
use super::intake::{Flaw, Heard, Intake, Said, of_whole_tenant};
use super::observation::{Observation, Verdict};
use super::report::{RejectionCode, Sink, WarningCode};
use super::source::Source;
use super::tally::Alias;
use super::tape::{Taken, Tape};
use super::text::{shortened, text_at};
use super::unreadable::{ReadError, Unreadable};
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
    /// `Tenants`, of a merged report.
    Tenants,
    /// The results of one tenant in it.
    Tenant,
    /// Their `Tests`.
    TenantTests,
}

/// Keys of which a test of this format has at least one.
const TELLING: [&str; 1] = ["Result"];

/// Guides the walk through test results.
pub(super) struct Reader<'r, 'i, S: Sink> {
    /// Takes the results.
    pub(super) intake: &'r mut Intake<'i, S>,
    /// What the file says as a whole.
    pub(super) header: Header,
    fields: HashMap<String, Value>,
    counted: HashMap<&'static str, u64>,
    tests: bool,
    merged: u64,
    of_tenant: Header,
}

impl<S: Sink> Guide for Reader<'_, '_, S> {
    type Place = Place;

    fn field(&mut self, place: Place, name: &str) -> Step<Place> {
        match (place, name) {
            (Place::Top, "Tests") => {
                self.tests = true;
                Step::Enter(Place::Tests)
            }
            (Place::Top, "Tenants") => Step::Enter(Place::Tenants),
            (Place::Top, "TenantId" | "ExecutedAt" | "FailedCount" | "PassedCount" | "SkippedCount" | "TotalCount") => Step::Take,
            (Place::Top, _) => {
                self.header.note_key(name);
                Step::Skip
            }
            (Place::Tenant, "Tests") => Step::Enter(Place::TenantTests),
            (Place::Tenant, "TenantId" | "ExecutedAt") => Step::Take,
            (Place::Tenant, _) => Step::Skip,
            (Place::Tests | Place::Tenants | Place::TenantTests, _) => Step::Misplaced("a list"),
        }
    }

    fn element(&mut self, place: Place) -> Step<Place> {
        match place {
            Place::Tests | Place::TenantTests => Step::Take,
            Place::Tenants => {
                self.merged += 1;
                self.fields.clear();
                self.of_tenant = Header::default();
                Step::Enter(Place::Tenant)
            }
            Place::Top | Place::Tenant => Step::Misplaced("an object"),
        }
    }

    fn taken(&mut self, place: Place, name: &str, value: Taken) -> Result<(), Halted> {
        match place {
            Place::Top | Place::Tenant => {
                let value = value.held().map_err(|unreadable| self.intake.refuse(unreadable))?;
                self.fields.insert(name.to_owned(), value);
                return Ok(());
            }
            Place::TenantTests => self.read_tenant().map_err(|unreadable| self.intake.refuse(unreadable))?,
            Place::Tests | Place::Tenants => {}
        }
        let Self { intake, counted, of_tenant, .. } = self;
        intake.recognize(&value, &TELLING);
        let severities = intake.options.severities.as_ref();
        *counted.entry("TotalCount").or_default() += 1;
        intake.finding(value, |test| {
            if let Some(total) = total_of(&test) {
                *counted.entry(total).or_default() += 1;
            }
            let said = hear(&test, severities)?;
            Ok(said.map(|mut said| {
                said.observation.tenant.clone_from(&of_tenant.tenant);
                said.observation.seen_at = of_tenant.scanned_at;
                said
            }))
        })
    }
}

impl<'r, 'i, S: Sink> Reader<'r, 'i, S> {
    /// A guide that hands results to `intake`.
    pub(super) fn new(intake: &'r mut Intake<'i, S>) -> Self {
        let (fields, counted) = (HashMap::new(), HashMap::new());
        Self { intake, header: Header::default(), fields, counted, tests: false, merged: 0, of_tenant: Header::default() }
    }

    /// Makes sense of what stands before the tests of one tenant in a merged report.
    fn read_tenant(&mut self) -> Result<(), Unreadable> {
        if self.of_tenant.scanned_at.is_some() {
            return Ok(());
        }
        let options = self.intake.options;
        if options.ignore_tenants && self.merged > 1 {
            let detail = "the file is a merged report of several tenants, which cannot all be the one that was chosen; import it without a choice";
            return Err(Unreadable::SeveralTenants(detail.to_owned()));
        }
        let at = format!("Tenants[{}]", self.merged.saturating_sub(1));
        if ["TenantId", "ExecutedAt"].iter().any(|name| !self.fields.contains_key(*name)) {
            return Err(Unreadable::SeveralTenants(format!("in {at} TenantId and ExecutedAt have to stand before Tests")));
        }
        let (tenant, time) = (format!("{at}.TenantId"), format!("{at}.ExecutedAt"));
        let field = |name, key| Field { name, value: self.fields.get(key) };
        self.of_tenant.fill(field(&tenant, "TenantId"), field(&time, "ExecutedAt"), options)
    }

    /// Makes sense of the header once the whole file was read.
    pub(super) fn finish(mut self) -> Result<Header, Halted> {
        if self.merged > 0 {
            self.intake.refuse_unrecognized(Format::Maester)?;
            return Ok(Header::default());
        }
        if !self.tests {
            return Err(self.intake.refuse(self.header.wrong_format(Format::Maester)));
        }
        self.intake.refuse_unrecognized(Format::Maester)?;
        let field = |name| Field { name, value: self.fields.get(name) };
        let read = self.header.fill(field("TenantId"), field("ExecutedAt"), self.intake.options);
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
        "failed" => Some(Verdict::Open),
        "passed" => Some(Verdict::Resolved),
        _ => None,
    };
    match observation(test, verdict, severities) {
        Ok(observation) => {
            let alias = Alias { id: observation.check_id.clone(), stands_for: observation.title.clone() };
            Ok(Some(Said { observation, is_muted: false, alias: Some(alias) }))
        }
        // What says nothing cannot be wrong about it either.
        Err(Flaw::Rejected(..)) if verdict.is_none() => Ok(None),
        Err(flaw) => Err(flaw),
    }
}

fn observation(test: &Value, verdict: Option<Verdict>, severities: Option<&Severities>) -> Result<Observation, Flaw> {
    // Older versions wrote the name alone, and newer ones make the id of what stands before its first colon.
    let name = text_at(test, "/Name").unwrap_or_default();
    let (named_id, named_title) = name.split_once(':').map_or(("", name), |(id, title)| (id.trim(), title.trim()));
    let title = text_at(test, "/Title").unwrap_or(named_title);
    let id = match text_at(test, "/Id").unwrap_or(named_id) {
        "" => text_at(test, "/Block").filter(|_| !title.is_empty()).map(|block| format!("{block}: {title}")),
        id => Some(id.to_owned()),
    };
    let missing = "the test has neither Id nor Name, and not Block and Title either";
    let id = id.ok_or_else(|| Flaw::rejected(RejectionCode::MissingCheckId, missing))?;
    let mut observation = of_whole_tenant(SOURCE, &id, verdict, severity(test, &id, severities)?);
    title.clone_into(&mut observation.title);
    observation.told_apart_by = Some(title.to_owned());
    observation.evidence = evidence(test);
    Ok(observation)
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
