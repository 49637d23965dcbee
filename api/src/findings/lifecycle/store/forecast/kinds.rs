//! Rows and pairs of rows that the rules treat alike.
//!
//! The rules ask of most columns only whether they are empty or one of a few values, and of times only how they lie to each
//! other and to the present. What they ask is put into a number, the *kind*: rows or pairs of one kind count alike in every
//! figure, so they are counted by it, and the rules are asked about one example of each. A rule that asks for more needs more
//! here; that nothing is missing is tested over tables with many findings of a kind.

use crate::db::Moment;
use crate::findings::lifecycle::rules::{DECIDED, FIRST_SEEN, LAST_SEEN, LIVE, TIMES_SEEN};
use crate::findings::model::{Severity, Status};
use std::collections::BTreeSet;
use std::sync::LazyLock;
use time::{Duration, OffsetDateTime};

/// The one present of a forecast, and what the rules compare with it.
pub(super) struct Present {
    /// Bound as `$2`.
    pub now: Moment,
    /// Bound as `$3`: a finding first seen before one of these is overdue by the severity with so many days.
    pub limits: Vec<OffsetDateTime>,
}

impl Present {
    pub(super) fn at(now: Moment) -> Self {
        let limit = |days: i32| now.time().saturating_sub(Duration::days(days.into()));
        Self { now, limits: all_sla_days().into_iter().map(limit).collect() }
    }
}

/// Days to repair of any severity, the most first.
fn all_sla_days() -> Vec<i32> {
    let days: BTreeSet<i32> = Severity::ALL.iter().filter_map(|severity| severity.sla_days()).collect();
    days.into_iter().rev().collect()
}

/// A number made of digits, each of which says which of its conditions is the first to hold.
struct Code {
    sum: String,
    /// Greater than every such number.
    end: i64,
}

/// Puts digits together; the lowest counts `place`.
fn code(digits: &[Vec<String>], place: i64) -> Code {
    let mut end = place;
    let mut terms = Vec::new();
    for conditions in digits {
        let arms: Vec<String> =
            (1..).zip(conditions).map(|(digit, condition): (i64, _)| format!("WHEN {condition} THEN {}", digit * end)).collect();
        terms.push(format!("CASE {} ELSE 0 END", arms.join(" ")));
        end *= i64::try_from(conditions.len()).unwrap_or(i64::MAX).saturating_add(1);
    }
    Code { sum: terms.join(" + "), end }
}

/// What the rules ask of a row `f` alone.
static ROW: LazyLock<Code> = LazyLock::new(|| {
    let one = |condition: &str| vec![condition.to_owned()];
    let days = all_sla_days();
    let own_days = days.iter().map(|days| format!("f.sla_days = {days}"));
    let passed = (1..=days.len()).map(|limit| format!("{FIRST_SEEN} < $3[{limit}]"));
    let digits = [
        Status::ALL.iter().map(|status| format!("f.status = '{status}'")).collect(),
        Severity::ALL.iter().map(|severity| format!("f.severity = '{severity}'")).collect(),
        one("f.sla_days IS NULL").into_iter().chain(own_days).collect(),
        vec!["f.due_source IS NULL".to_owned(), "f.due_source = 'sla'".to_owned()],
        // The greatest number there is, because a sum with it says no more.
        vec!["f.times_seen IS NULL".to_owned(), "f.times_seen < 1".to_owned(), "f.times_seen = 2147483647".to_owned()],
        one("f.first_seen_at IS NULL"),
        one("f.last_seen_at IS NULL"),
        vec!["f.due_at IS NULL".to_owned(), "f.due_at < $2".to_owned()],
        // A due date is computed only where there is none.
        one("f.due_at IS NOT NULL").into_iter().chain(passed).collect(),
    ];
    code(&digits, 1)
});

/// The kind of a row `f`.
pub(super) fn of_row() -> &'static str {
    &ROW.sum
}

/// The kind of a pair of duplicates `a` and `b`, as [`member`] selects them; `a` has the lower id.
pub(super) fn of_pair() -> String {
    let digits = [
        vec!["b.first_seen < a.first_seen".to_owned()],
        vec!["b.last_seen < a.last_seen".to_owned(), "b.last_seen = a.last_seen".to_owned()],
        vec!["b.times < a.times".to_owned(), "b.times = a.times".to_owned()],
        // Due dates are compared only where a person set one.
        vec!["NOT (a.decided OR b.decided)".to_owned(), "b.due_at < a.due_at".to_owned(), "b.due_at = a.due_at".to_owned()],
    ];
    let end = ROW.end;
    format!("a.kind + b.kind * {end}::bigint + {}", code(&digits, end * end).sum)
}

/// What the kind of a pair is made of, as a query over rows.
pub(super) fn member() -> String {
    format!(
        "SELECT f.id, {LIVE} AS live, coalesce({DECIDED}, false) AS decided, {} AS kind, {FIRST_SEEN} AS first_seen, {LAST_SEEN} AS last_seen, {TIMES_SEEN} AS times, f.due_at
         FROM findings f",
        ROW.sum
    )
}
