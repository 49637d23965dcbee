//! Counting while a file goes by, for the summary and the warnings. Bounded, whatever the file's size.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use time::OffsetDateTime;

use super::observation::{Observation, Verdict};
use super::report::{Warning, WarningCode};
use super::text::shortened;

/// Tenants counted apart; the rest of a file that names more is counted together.
const TENANT_LIMIT: usize = 1_000;
/// Ids remembered, to notice when one stands for different checks.
const ID_LIMIT: usize = 100_000;
/// Checks below which no share of failures is suspicious.
const MASS: u64 = 20;

/// An id in the file, and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Alias {
    /// The id.
    pub(super) id: String,
    /// What should be the same wherever the id is.
    pub(super) stands_for: String,
}

/// The counts.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Findings seen.
    pub(super) read: u64,
    /// Findings with a verdict.
    pub(super) observed: u64,
    /// Findings that say nothing.
    pub(super) said_nothing: u64,
    /// Findings skipped.
    pub(super) rejected: u64,
    /// Findings that people muted in the tool; they are among those that say nothing.
    pub(super) muted: u64,
    /// Findings of which evidence was cut.
    pub(super) cut: u64,
    /// Time of the newest finding.
    pub(super) newest: Option<OffsetDateTime>,
    verdicts: HashMap<Option<String>, Verdicts>,
    ids: HashMap<u64, u64>,
    masked: u64,
}

#[derive(Debug, Default)]
struct Verdicts {
    open: u64,
    all: u64,
}

impl Tally {
    /// Counts `observation`, which names itself by `alias` in the file.
    pub(super) fn count(&mut self, observation: &Observation, alias: Option<&Alias>) {
        let Some(verdict) = observation.verdict else {
            self.said_nothing += 1;
            return;
        };
        self.observed += 1;
        self.newest = self.newest.max(observation.seen_at);
        let tenant = observation.tenant.clone();
        let known = self.verdicts.len() < TENANT_LIMIT || self.verdicts.contains_key(&tenant);
        let verdicts = self.verdicts.entry(tenant.filter(|_| known)).or_default();
        verdicts.all += 1;
        verdicts.open += u64::from(verdict == Verdict::Open);
        if let Some(alias) = alias {
            self.masked += u64::from(self.is_masked(alias));
        }
    }

    fn is_masked(&mut self, alias: &Alias) -> bool {
        let (id, stands_for) = (hash(&alias.id), hash(&alias.stands_for));
        match self.ids.get(&id) {
            Some(before) => *before != stands_for,
            None if self.ids.len() >= ID_LIMIT => false,
            None => self.ids.insert(id, stands_for).is_some(),
        }
    }

    /// What is odd about the findings as a whole.
    pub(super) fn warnings(&self) -> Vec<Warning> {
        let mut warnings: Vec<_> = self.verdicts.iter().filter_map(mass_failure).collect();
        warnings.sort_by(|a, b| a.message.cmp(&b.message));
        if self.masked > 0 {
            let count = self.masked;
            let message = format!("{count} findings carry an id that another check carries too; they may be masked");
            warnings.push(Warning { code: WarningCode::MaskedIds, message });
        }
        if self.cut > 0 {
            let message = format!("evidence of {} findings was cut to 64 KiB a text", self.cut);
            warnings.push(Warning { code: WarningCode::EvidenceTruncated, message });
        }
        warnings
    }
}

/// Nine in ten of at least [`MASS`] checks failing is more likely a broken tool.
fn mass_failure((tenant, verdicts): (&Option<String>, &Verdicts)) -> Option<Warning> {
    let Verdicts { open, all } = *verdicts;
    let suspicious = all >= MASS && open.saturating_mul(10) >= all.saturating_mul(9);
    suspicious.then(|| {
        let of = tenant.as_ref().map_or_else(String::new, |tenant| format!(" of tenant {}", shortened(tenant, 80)));
        let message = format!("{open} of {all} checks{of} failed; the tool itself may have failed");
        Warning { code: WarningCode::MassFailure, message }
    })
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::import::fixtures;

    fn codes(tally: &Tally) -> Vec<&'static str> {
        tally.warnings().iter().map(|warning| warning.code.as_str()).collect()
    }

    fn tally(open: u64, resolved: u64) -> Tally {
        let mut tally = Tally { read: open + resolved, ..Tally::default() };
        for number in 0..open + resolved {
            let verdict = if number < open { Verdict::Open } else { Verdict::Resolved };
            tally.count(&Observation { verdict: Some(verdict), ..fixtures::observation() }, None);
        }
        tally
    }

    #[test]
    fn a_mass_failure_is_nine_in_ten_of_at_least_twenty() {
        assert_eq!(codes(&tally(170, 10)), ["mass-failure"]);
        assert_eq!(codes(&tally(18, 2)), ["mass-failure"]);
        assert_eq!(codes(&tally(17, 3)), [""; 0]);
        assert_eq!(codes(&tally(19, 0)), [""; 0]);
    }

    #[test]
    fn one_broken_tenant_among_sound_ones_is_named() {
        let mut tally = tally(1, 99);
        for _ in 0..20 {
            tally.count(&Observation { tenant: Some("b".to_owned()), ..fixtures::observation() }, None);
        }
        assert_eq!(tally.warnings()[0].message, "20 of 20 checks of tenant b failed; the tool itself may have failed");
    }

    #[test]
    fn an_id_on_different_checks_is_noticed() {
        let mut tally = tally(1, 1);
        for check in ["a", "a", "b"] {
            let alias = Alias { id: "<finding_uid>".to_owned(), stands_for: check.to_owned() };
            tally.count(&fixtures::observation(), Some(&alias));
        }
        assert_eq!(codes(&tally), ["masked-ids"]);
    }
}
