//! ScubaGear: `ScubaResults*.json`.
//!
//! One object: `MetaData` (tenant and time), `Summary` (totals by product), `Results` (by product, groups of
//! controls) and `Raw`, which is most of the file and passed over. A control's id ends in the version of its text
//! (`MS.AAD.1.1v1`), which is not part of the check's identity.

use std::collections::HashMap;

use serde_json::Value;

use super::format::Format;
use super::header::{Field, Header};
use super::intake::{Flaw, Heard, Intake, Said, of_whole_tenant};
use super::markup::plain;
use super::observation::Verdict;
use super::report::{RejectionCode, Sink, WarningCode};
use super::tally::Alias;
use super::tape::Taken;
use super::text::{shortened, text_at};
use super::walk::{Guide, Halted, Step};
use crate::findings::model::Severity;

/// The source of every finding of this format.
pub(super) const SOURCE: &str = "scubagear";
/// Products whose totals are compared; Microsoft 365 has fewer than ten.
const PRODUCT_LIMIT: usize = 100;

/// Where in the document the walk is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// The whole.
    Top,
    /// `Results`: products by name.
    Products,
    /// The groups of one product.
    Groups,
    /// One group.
    Group,
    /// The controls of one group.
    Controls,
}

/// Guides the walk through a report.
pub(super) struct Reader<'r, 'i, S: Sink> {
    /// Takes the controls.
    pub(super) intake: &'r mut Intake<'i, S>,
    /// What the report says as a whole.
    pub(super) header: Header,
    metadata: Option<Value>,
    summary: Value,
    product: String,
    counted: HashMap<String, Totals>,
    results: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Totals {
    fail: u64,
    warning: u64,
    pass: u64,
}

impl<S: Sink> Guide for Reader<'_, '_, S> {
    type Place = Place;

    fn field(&mut self, place: Place, name: &str) -> Step<Place> {
        match (place, name) {
            (Place::Top, "MetaData" | "Summary") => Step::Take,
            (Place::Top, "Results") => {
                self.results = true;
                Step::Enter(Place::Products)
            }
            (Place::Top, _) => {
                self.header.note_key(name);
                Step::Skip
            }
            (Place::Products, _) => {
                name.clone_into(&mut self.product);
                Step::Enter(Place::Groups)
            }
            (Place::Group, "Controls") => Step::Enter(Place::Controls),
            (Place::Group, _) => Step::Skip,
            (Place::Groups | Place::Controls, _) => Step::Misplaced("a list"),
        }
    }

    fn element(&mut self, place: Place) -> Step<Place> {
        match place {
            Place::Groups => Step::Enter(Place::Group),
            Place::Controls => Step::Take,
            Place::Top | Place::Products | Place::Group => Step::Misplaced("an object"),
        }
    }

    fn taken(&mut self, place: Place, name: &str, value: Taken) -> Result<(), Halted> {
        match (place, name) {
            (Place::Top, "MetaData") => {
                self.metadata = Some(value.held().map_err(|unreadable| self.intake.refuse(unreadable))?);
            }
            (Place::Top, _) => self.summary = value.held().unwrap_or_default(),
            _ => {
                let Self { intake, product, counted, .. } = self;
                intake.finding(value, |control| {
                    count(counted, product, &control);
                    hear(control)
                })?;
            }
        }
        Ok(())
    }
}

impl<'r, 'i, S: Sink> Reader<'r, 'i, S> {
    /// A guide that hands controls to `intake`.
    pub(super) fn new(intake: &'r mut Intake<'i, S>) -> Self {
        Self {
            intake,
            header: Header::default(),
            metadata: None,
            summary: Value::Null,
            product: String::new(),
            counted: HashMap::new(),
            results: false,
        }
    }

    /// Makes sense of the header once the whole report was read.
    pub(super) fn finish(mut self) -> Result<Header, Halted> {
        let Some(metadata) = self.metadata.take().filter(|_| self.results) else {
            return Err(self.intake.refuse(self.header.wrong_format(Format::ScubaGear)));
        };
        let tenant = Field { name: "MetaData.TenantId", value: metadata.get("TenantId") };
        let time = Field { name: "MetaData.TimestampZulu", value: metadata.get("TimestampZulu") };
        let read = self.header.fill(tenant, time, self.intake.options);
        read.map_err(|unreadable| self.intake.refuse(unreadable))?;
        let odd = self.disagreements();
        if !odd.is_empty() {
            self.intake.warn(WarningCode::HeaderCountsDisagree, shortened(&odd.join("; "), 1_000))?;
        }
        Ok(self.header)
    }

    /// Product by product, so that one too many here does not hide one too few there.
    fn disagreements(&self) -> Vec<String> {
        let summary = self.summary.as_object().into_iter().flatten().take(PRODUCT_LIMIT);
        let rows = |product| self.counted.get(product).copied().unwrap_or_default();
        summary.filter_map(|(product, said)| disagreement(product, said, rows(product))).collect()
    }
}

fn count(counted: &mut HashMap<String, Totals>, product: &str, control: &Value) {
    if counted.len() >= PRODUCT_LIMIT && !counted.contains_key(product) {
        return;
    }
    let totals = counted.entry(product.to_owned()).or_default();
    match result(control).as_deref() {
        Some("fail") => totals.fail += 1,
        Some("warning") => totals.warning += 1,
        Some("pass") => totals.pass += 1,
        _ => {}
    }
}

/// How the summary of `product` differs from its rows; totals it does not give are not compared.
fn disagreement(product: &str, summary: &Value, rows: Totals) -> Option<String> {
    let given = |name: &str, otherwise| summary.get(name).and_then(Value::as_u64).unwrap_or(otherwise);
    let said =
        Totals { fail: given("Failures", rows.fail), warning: given("Warnings", rows.warning), pass: given("Passes", rows.pass) };
    (said != rows).then(|| {
        let words = |t: Totals| format!("{} failures, {} warnings, {} passes", t.fail, t.warning, t.pass);
        format!("{product}: the summary says {}, the controls are {}", words(said), words(rows))
    })
}

fn result(control: &Value) -> Option<String> {
    text_at(control, "/Result").map(str::to_ascii_lowercase)
}

fn hear(control: Value) -> Heard {
    let missing = || Flaw::rejected(RejectionCode::MissingVerdict, "the control has no Result");
    let (verdict, severity) = match result(&control).ok_or_else(missing)?.as_str() {
        "fail" => (Some(Verdict::Open), Severity::High),
        "warning" => (Some(Verdict::Open), Severity::Medium),
        "pass" => (Some(Verdict::Resolved), Severity::Medium),
        _ => (None, Severity::Medium),
    };
    let Some(id) = text_at(&control, "/Control ID") else {
        // What says nothing cannot be wrong about it either.
        let missing = || Flaw::rejected(RejectionCode::MissingCheckId, "the control has no Control ID");
        return verdict.map_or(Ok(None), |_| Err(missing()));
    };
    let mut observation = of_whole_tenant(SOURCE, without_version(id), verdict, severity);
    observation.title = plain(text_at(&control, "/Requirement").unwrap_or_default());
    let alias = Alias { id: observation.check_id.clone(), stands_for: observation.title.clone() };
    observation.evidence = control;
    Ok(Some(Said { observation, is_muted: false, alias: Some(alias) }))
}

/// `MS.AAD.1.1v1` without its `v1`.
fn without_version(id: &str) -> &str {
    let bare = id.trim_end_matches(|c: char| c.is_ascii_digit());
    match bare.strip_suffix(['v', 'V']) {
        Some(check) if bare.len() < id.len() && !check.is_empty() => check,
        _ => id,
    }
}

#[cfg(test)]
mod tests;
