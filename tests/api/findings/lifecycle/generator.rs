//! Random legacy tables from a seed.

use super::model::{Row, STATUSES};

/// Splitmix: small, seeded, good enough to reach every corner.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())]
    }

    fn maybe<T>(&mut self, percent: usize, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.chance(percent).then(|| value(self))
    }
}

/// Up to 60 rows over a few tenants and fingerprints; `now` in seconds. Times lie half an hour off the present hour, so
/// that nothing falls due while a test looks.
pub(super) fn legacy_table(seed: u64, now: i64, tenants: usize) -> Vec<Row> {
    let mut random = Random::new(seed);
    let base = now - now % 3_600 + if now % 3_600 < 1_800 { 3_000 } else { 600 };
    let count = 1 + random.below(60);
    let fingerprints = 1 + random.below(30);
    let mut rows: Vec<Row> = Vec::new();
    for number in 0..count {
        let mut row = random_row(&mut random, base, tenants, fingerprints, number);
        // Some were consolidated by an earlier run.
        let earlier = rows.iter().position(|other| {
            (other.tenant, other.fingerprint) == (row.tenant, row.fingerprint) && other.consolidated_into.is_none()
        });
        if let Some(earlier) = earlier.filter(|_| random.chance(15)) {
            row.status = "closed".to_owned();
            row.closed_reason = Some("consolidated_duplicate".to_owned());
            row.consolidated_into = Some(earlier);
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
        times_seen: random.maybe(50, |random| i64::try_from(random.below(5)).unwrap()),
        sla_days: random.maybe(50, |random| random.of(&[3, 7, 14, 30, 99])),
        due_at,
        due_source: due_source.map(ToOwned::to_owned),
        triaged_at: random.maybe(15, time),
        closed_reason: random.maybe(10, |_| "decided".to_owned()),
        consolidated_into: None,
    }
}
