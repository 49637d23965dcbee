//! FND-03, FND-04 and FND-09 in plain code, written from the text of the requirements alone.

use std::collections::{BTreeMap, BTreeSet};

/// Every status.
pub const STATUSES: &[&str] =
    &["new", "triaged", "in_progress", "reopened", "acknowledged", "resolved", "closed", "risk_accepted"];

/// A finding; times in seconds, references by position.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns of findings")]
pub struct Row {
    pub tenant: usize,
    pub fingerprint: usize,
    pub severity: String,
    pub status: String,
    pub title: String,
    pub created_at: i64,
    pub detected_at: Option<i64>,
    pub acknowledged_at: Option<i64>,
    pub first_seen_at: Option<i64>,
    pub last_seen_at: Option<i64>,
    pub times_seen: Option<i64>,
    pub sla_days: Option<i64>,
    pub due_at: Option<i64>,
    pub due_source: Option<String>,
    pub triaged_at: Option<i64>,
    pub closed_reason: Option<String>,
    pub consolidated_into: Option<usize>,
}

impl Row {
    /// Somebody still has to do something about it.
    pub fn is_open(&self) -> bool {
        !["resolved", "closed", "risk_accepted"].contains(&self.status.as_str())
    }

    fn is_decided(&self) -> bool {
        self.due_source.as_deref() == Some("person")
    }

    fn first(&self) -> i64 {
        self.first_seen_at.unwrap()
    }

    fn last(&self) -> i64 {
        self.last_seen_at.unwrap()
    }
}

/// What becomes of a table, and which rows count as updated.
pub struct Outcome {
    /// The table afterwards.
    pub rows: Vec<Row>,
    /// Rows that a run counts as updated.
    pub updated: BTreeSet<usize>,
    /// Rows of duplicate groups: what is asked of their acknowledgement and triage is not written down.
    pub grouped: BTreeSet<usize>,
    /// Rows that others were folded into.
    pub survivors: BTreeSet<usize>,
}

/// What the backfill makes of a table.
pub fn repair(before: &[Row]) -> Outcome {
    let mut rows = before.to_vec();
    rows.iter_mut().for_each(fill);
    let mut groups: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (id, row) in rows.iter().enumerate().filter(|(_, row)| row.consolidated_into.is_none()) {
        groups.entry((row.tenant, row.fingerprint)).or_default().push(id);
    }
    groups.retain(|_, members| members.len() > 1);
    let survivors = groups.values().map(|members| consolidate(&mut rows, members)).collect();
    give_back_due_dates(before, &mut rows);
    rows.iter_mut().for_each(set_due_date);
    let grouped: BTreeSet<usize> = groups.into_values().flatten().collect();
    let changed = (0..rows.len()).filter(|id| rows[*id] != before[*id]);
    let updated = changed.chain(grouped.iter().copied()).collect();
    Outcome { rows, updated, grouped, survivors }
}

/// FND-03 but for due dates, which depend on the status after consolidation.
fn fill(row: &mut Row) {
    let first = row.first_seen_at.unwrap_or_else(|| row.detected_at.unwrap_or(row.created_at).min(row.created_at));
    row.first_seen_at = Some(first);
    let last = || first.max(row.created_at).max(row.detected_at.unwrap_or(first));
    row.last_seen_at = Some(row.last_seen_at.unwrap_or_else(last));
    row.times_seen = Some(row.times_seen.unwrap_or(1).max(1));
    if row.status == "acknowledged" {
        row.status = "triaged".to_owned();
        row.triaged_at = Some(row.triaged_at.or(row.acknowledged_at).unwrap_or(first));
    }
}

/// FND-04 for one group; returns its survivor.
fn consolidate(rows: &mut [Row], members: &[usize]) -> usize {
    let survivor = *members.iter().min_by_key(|id| (rows[**id].first(), **id)).unwrap();
    let seen_last = *members.iter().max_by_key(|id| (rows[**id].last(), **id)).unwrap();
    let has = |status: &str| members.iter().any(|id| rows[*id].status == status);
    let was_done = members.iter().any(|id| *id != seen_last && ["resolved", "closed"].contains(&rows[*id].status.as_str()));
    let status = if has("risk_accepted") {
        "risk_accepted"
    } else if !rows[seen_last].is_open() {
        &rows[seen_last].status
    } else if has("in_progress") {
        "in_progress"
    } else if has("triaged") {
        "triaged"
    } else if has("reopened") || was_done {
        "reopened"
    } else {
        "new"
    }
    .to_owned();
    let mut times: BTreeMap<i64, i64> = BTreeMap::new();
    for row in members.iter().map(|id| &rows[*id]) {
        let most = times.entry(row.last()).or_default();
        *most = (*most).max(row.times_seen.unwrap());
    }
    let first = members.iter().map(|id| rows[*id].first()).min();
    let last = rows[seen_last].clone();
    let due_by_person = due_by_person(members.iter().map(|id| &rows[*id]));
    for id in members.iter().filter(|id| **id != survivor) {
        rows[*id].status = "closed".to_owned();
        rows[*id].closed_reason = Some("consolidated_duplicate".to_owned());
        rows[*id].consolidated_into = Some(survivor);
    }
    let row = &mut rows[survivor];
    row.first_seen_at = first;
    row.last_seen_at = last.last_seen_at;
    row.severity = last.severity;
    row.title = last.title;
    row.times_seen = Some(times.values().sum::<i64>().min(i64::from(i32::MAX)));
    row.status = status;
    if let Some(due_at) = due_by_person {
        row.due_at = due_at;
        row.due_source = Some("person".to_owned());
    }
    survivor
}

/// FND-09: the earliest date that persons set, or that they set none; nothing where nobody decided.
fn due_by_person<'a>(rows: impl Iterator<Item = &'a Row>) -> Option<Option<i64>> {
    let decided: Vec<Option<i64>> = rows.filter(|row| row.is_decided()).map(|row| row.due_at).collect();
    (!decided.is_empty()).then(|| decided.into_iter().flatten().min())
}

/// FND-09 for what earlier versions folded: the row that is left gets what persons decided on the others, unless somebody has
/// decided on it.
fn give_back_due_dates(before: &[Row], rows: &mut [Row]) {
    let folded: Vec<&Row> = before.iter().filter(|row| row.consolidated_into.is_some()).collect();
    for row in rows.iter_mut().filter(|row| row.consolidated_into.is_none() && !row.is_decided()) {
        let same = |other: &&&Row| (other.tenant, other.fingerprint) == (row.tenant, row.fingerprint);
        if let Some(due_at) = due_by_person(folded.iter().filter(same).copied()) {
            row.due_at = due_at;
            row.due_source = Some("person".to_owned());
        }
    }
}

/// The rest of FND-03.
fn set_due_date(row: &mut Row) {
    if row.is_open() {
        row.sla_days = match row.severity.as_str() {
            "critical" => Some(3),
            "high" => Some(7),
            "medium" => Some(14),
            "low" => Some(30),
            _ => None,
        };
        if row.due_at.is_none()
            && row.due_source.is_none()
            && let Some(days) = row.sla_days
        {
            row.due_at = Some(row.first() + days * 86_400);
            row.due_source = Some("sla".to_owned());
        }
    } else if row.due_source.as_deref() == Some("sla") {
        row.due_at = None;
        row.due_source = None;
    }
}
