//! Random legacy tables from a seed.

use super::model::{Row, STATUSES};
use crate::random::Random;
use std::collections::BTreeMap;

/// How large a table is.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// At most so many rows.
    pub rows: usize,
    /// Tenants that they are spread over.
    pub tenants: usize,
    /// At most so many different fingerprints; few make large groups of duplicates.
    pub fingerprints: usize,
}

impl Shape {
    /// Small enough to try many.
    pub const SMALL: Self = Self { rows: 60, tenants: 3, fingerprints: 30 };
}

/// A table with at least one row; `now` in seconds. Times lie half an hour off the present hour, so that nothing falls due
/// while a test looks.
pub fn legacy_table(seed: u64, now: i64, shape: Shape) -> Vec<Row> {
    let mut random = Random::new(seed);
    let base = now - now % 3_600 + if now % 3_600 < 1_800 { 3_000 } else { 600 };
    let count = 1 + random.below(shape.rows);
    let fingerprints = 1 + random.below(shape.fingerprints);
    let mut survivors: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let mut rows: Vec<Row> = Vec::new();
    for number in 0..count {
        let mut row = random_row(&mut random, base, shape.tenants, fingerprints, number);
        // Some were consolidated by an earlier run.
        let earlier = survivors.get(&(row.tenant, row.fingerprint)).copied();
        if let Some(earlier) = earlier.filter(|_| random.chance(15)) {
            row.status = "closed".to_owned();
            row.closed_reason = Some("consolidated_duplicate".to_owned());
            row.consolidated_into = Some(earlier);
        } else if earlier.is_none() {
            survivors.insert((row.tenant, row.fingerprint), number);
        }
        rows.push(row);
    }
    rows
}

fn random_row(random: &mut Random, base: i64, tenants: usize, fingerprints: usize, number: usize) -> Row {
    // Few distinct times, so that rows tie.
    let time = |random: &mut Random| base - 3_600 * 24 * i64::try_from(random.below(12) * 4).unwrap();
    let due_source = random.of(&[None, None, None, Some("sla"), Some("person")]);
    let due_at = due_source.and_then(|_| random.maybe(80, |random| time(random) + 3_600 * 24 * 20));
    Row {
        tenant: random.below(tenants),
        fingerprint: random.below(fingerprints),
        severity: random.of(&["critical", "high", "medium", "low", "informational"]).to_owned(),
        status: random.of(STATUSES).to_owned(),
        title: format!("Row {number}"),
        created_at: time(random),
        detected_at: random.maybe(70, time),
        acknowledged_at: random.maybe(30, time),
        first_seen_at: random.maybe(40, time),
        last_seen_at: random.maybe(40, time),
        times_seen: random.maybe(50, times_seen),
        sla_days: random.maybe(50, |random| random.of(&[3, 7, 14, 30, 99])),
        due_at,
        due_source: due_source.map(ToOwned::to_owned),
        triaged_at: random.maybe(15, time),
        closed_reason: random.maybe(10, |_| "decided".to_owned()),
        consolidated_into: None,
    }
}

/// Few, or as many as there can be.
fn times_seen(random: &mut Random) -> i64 {
    if random.chance(5) { i64::from(i32::MAX) } else { i64::try_from(random.below(5)).unwrap() }
}

/// The same table so many times over, in one tenant after the other and under other fingerprints. Some rows then differ from
/// what they are copied from in one column.
pub fn many_of_a_kind(seed: u64, now: i64, shape: Shape, copies: usize) -> Vec<Row> {
    let pattern = legacy_table(seed, now, shape);
    let others = legacy_table(seed + 1, now, shape);
    let mut random = Random::new(seed);
    let mut rows = Vec::new();
    for copy in 0..copies {
        for row in &pattern {
            let mut row = row.clone();
            row.tenant = (row.tenant + copy) % shape.tenants;
            row.fingerprint += copy * shape.fingerprints;
            row.title = format!("Row {}", rows.len());
            row.consolidated_into = row.consolidated_into.map(|survivor| survivor + copy * pattern.len());
            if random.chance(20) {
                let other = &others[random.below(others.len())];
                change_one_column(&mut random, &mut row, other);
            }
            rows.push(row);
        }
    }
    rows
}

fn change_one_column(random: &mut Random, row: &mut Row, other: &Row) {
    match random.below(9) {
        0 => row.severity.clone_from(&other.severity),
        1 if row.consolidated_into.is_none() => row.status.clone_from(&other.status),
        2 => row.created_at = other.created_at,
        3 => row.detected_at = other.detected_at,
        4 => row.first_seen_at = other.first_seen_at,
        5 => row.last_seen_at = other.last_seen_at,
        6 => row.times_seen = other.times_seen,
        7 => row.sla_days = other.sla_days,
        _ => (row.due_at, row.due_source) = (other.due_at, other.due_source.clone()),
    }
}
