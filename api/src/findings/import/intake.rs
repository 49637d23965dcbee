//! Between the walk over a file and the sink: one finding in, an observation or a rejection out.

use std::collections::HashMap;

use serde::de::IgnoredAny;
use serde_json::Value;

use super::format::Format;
use super::observation::{Observation, Verdict, WHOLE_TENANT};
use super::read::ReadOptions;
use super::report::{Rejection, RejectionCode, Sink, Warning, WarningCode};
use super::tally::{Alias, Tally};
use super::tape::Taken;
use super::text;
use super::unreadable::{ReadError, Unreadable};
use super::walk::Halted;
use crate::findings::model::{FindingType, Severity};
use crate::json;

/// Characters of a check id, a resource key or a source. Longer ones are not cut: two would become one.
const KEY_LIMIT: usize = 2_048;

/// How findings are numbered in messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbering {
    /// By their place among the findings.
    Ordinal,
    /// By the line they begin on.
    Line,
}

/// Why a finding does not become an observation.
#[derive(Debug)]
pub(super) enum Flaw {
    /// The finding is skipped.
    Rejected(RejectionCode, String),
    /// The file is refused.
    Refused(Unreadable),
}

impl Flaw {
    /// The finding is skipped.
    pub(super) fn rejected(code: RejectionCode, message: impl Into<String>) -> Self {
        Self::Rejected(code, message.into())
    }
}

impl From<Unreadable> for Flaw {
    fn from(unreadable: Unreadable) -> Self {
        Self::Refused(unreadable)
    }
}

/// What a format makes of one finding: `None` if its verdict says nothing, and neither does the rest of it.
pub(super) type Heard = Result<Option<Said>, Flaw>;

/// A finding that can be told from others.
#[derive(Debug)]
pub(super) struct Said {
    /// What it says; the line is filled in later.
    pub(super) observation: Observation,
    /// True when people muted it in the tool.
    pub(super) is_muted: bool,
    /// The id it has in the file, where ids can be masked.
    pub(super) alias: Option<Alias>,
}

/// Hands findings to the sink, and counts.
pub(super) struct Intake<'i, S: Sink> {
    /// What the caller asked for.
    pub(super) options: &'i ReadOptions,
    /// The counts so far.
    pub(super) tally: Tally,
    /// Why the read was halted, if it was.
    pub(super) halt: Option<ReadError<S::Error>>,
    sink: &'i mut S,
    /// How findings are numbered in messages.
    pub(super) numbering: Numbering,
    recognized: bool,
    looks_like: Option<Format>,
}

impl<'i, S: Sink> Intake<'i, S> {
    /// An intake that has seen nothing yet.
    pub(super) fn new(options: &'i ReadOptions, sink: &'i mut S, numbering: Numbering) -> Self {
        Self { options, tally: Tally::default(), halt: None, sink, numbering, recognized: false, looks_like: None }
    }

    /// Takes the text of one finding and lets `interpret` make sense of it.
    pub(super) fn finding(&mut self, taken: Taken, interpret: impl FnOnce(Value) -> Heard) -> Result<(), Halted> {
        self.tally.read += 1;
        let line = match self.numbering {
            Numbering::Ordinal => self.tally.read,
            Numbering::Line => taken.line,
        };
        match parse(&taken).and_then(interpret).and_then(checked) {
            Ok(None) => self.tally.said_nothing += 1,
            Ok(Some(said)) => self.observe(line, said)?,
            Err(Flaw::Rejected(code, message)) => self.reject(line, code, message)?,
            Err(Flaw::Refused(unreadable)) => return Err(self.refuse(unreadable)),
        }
        Ok(())
    }

    /// Notes whether `value` has any of the `keys` that tell its format, until one has. One that was cut still counts.
    pub(super) fn recognize(&mut self, value: &Taken, keys: &[&str]) {
        if self.recognized {
            return;
        }
        let text = String::from_utf8_lossy(&value.text);
        let has = |key: &&&str| text.contains(&format!("\"{key}\""));
        self.recognized = match serde_json::from_str::<HashMap<String, IgnoredAny>>(&text) {
            Ok(members) => keys.iter().any(|key| members.contains_key(*key)),
            Err(_) => text.starts_with('{') && keys.iter().any(|key| has(&key)),
        };
        let hint = ["MetaData", "ExecutedAt", "finding_info", "check_id"].iter().find(has);
        self.looks_like = self.looks_like.or(hint.and_then(|key| Format::known_by_key(key)));
    }

    /// Halts the read if there were findings, but none of `expected`.
    pub(super) fn refuse_unrecognized(&mut self, expected: Format) -> Result<(), Halted> {
        if self.recognized || self.tally.read == 0 {
            return Ok(());
        }
        let looks_like = self.looks_like.filter(|format| *format != expected);
        Err(self.refuse(Unreadable::WrongFormat { expected, looks_like }))
    }

    /// Passes `warning` on.
    pub(super) fn warn(&mut self, code: WarningCode, message: String) -> Result<(), Halted> {
        let taken = self.sink.warning(Warning { code, message });
        self.pass(taken)
    }

    /// Passes on the warnings about the findings as a whole.
    pub(super) fn warn_of_findings(&mut self) -> Result<(), Halted> {
        self.tally.warnings().into_iter().try_for_each(|Warning { code, message }| self.warn(code, message))
    }

    /// Halts the read because the file is refused.
    pub(super) fn refuse(&mut self, unreadable: Unreadable) -> Halted {
        self.halt = Some(unreadable.into());
        Halted
    }

    fn observe(&mut self, line: u64, said: Said) -> Result<(), Halted> {
        let Said { mut observation, is_muted, alias } = said;
        self.tally.muted += u64::from(is_muted);
        observation.line = line;
        self.tally.cut += u64::from(text::tidy(&mut observation.evidence));
        self.tally.count(&observation, alias.as_ref());
        let taken = self.sink.observation(observation);
        self.pass(taken)
    }

    fn reject(&mut self, line: u64, code: RejectionCode, message: String) -> Result<(), Halted> {
        self.tally.rejected += 1;
        let taken = self.sink.rejected(Rejection { line, code, message });
        self.pass(taken)
    }

    fn pass(&mut self, taken: Result<(), S::Error>) -> Result<(), Halted> {
        taken.map_err(|error| {
            self.halt = Some(ReadError::Sink(error));
            Halted
        })
    }
}

/// An observation of posture on the tenant as a whole, by a tool whose header says which tenant and when.
pub(super) fn of_whole_tenant(source: &str, check_id: &str, verdict: Option<Verdict>, severity: Severity) -> Observation {
    Observation {
        line: 0,
        kind: FindingType::Posture,
        source: source.to_owned(),
        account: None,
        check_id: check_id.to_owned(),
        told_apart_by: None,
        resource: WHOLE_TENANT.to_owned(),
        severity,
        verdict,
        title: String::new(),
        evidence: Value::Null,
        seen_at: None,
        tenant: None,
    }
}

fn parse(taken: &Taken) -> Result<Value, Flaw> {
    if taken.cut {
        return Err(Flaw::rejected(RejectionCode::TooLarge, "the finding is larger than 1 MiB"));
    }
    match json::read(&taken.text) {
        Ok((value @ Value::Object(_), repeated)) => match repeated.first() {
            None => Ok(value),
            Some(error) => {
                let message = format!("the finding has the member {} more than once", error.pointer);
                Err(Flaw::rejected(RejectionCode::BadValue, message))
            }
        },
        Ok(_) => Err(Flaw::rejected(RejectionCode::NotAnObject, "the finding is not an object")),
        Err(error) => Err(Flaw::rejected(RejectionCode::BadValue, format!("the finding cannot be held: {error}"))),
    }
}

/// Cleans the texts that identify a finding, and gives one without a title the name of its check.
fn checked(said: Option<Said>) -> Heard {
    let Some(mut said) = said else { return Ok(None) };
    let Observation { source, account, check_id, told_apart_by, resource, title, .. } = &mut said.observation;
    let named = [
        ("source", Some(source)),
        ("account", account.as_mut()),
        ("check id", Some(&mut *check_id)),
        ("resource", Some(resource)),
    ];
    for (name, key) in named.into_iter().filter_map(|(name, key)| Some((name, key?))) {
        if key.chars().nth(KEY_LIMIT).is_some() {
            let message = format!("the {name} is longer than {KEY_LIMIT} characters");
            return Err(Flaw::rejected(RejectionCode::TooLarge, message));
        }
        *key = text::without_nul(key);
    }
    *told_apart_by = told_apart_by.take().map(|text| text::shortened(&text, text::TITLE_LIMIT));
    *title = text::shortened(if title.is_empty() { check_id } else { title }, text::TITLE_LIMIT);
    Ok(Some(said))
}
