//! What the rules would change: counts, break-down, samples. Only reads.

use crate::findings::lifecycle::Tenants;
use crate::findings::lifecycle::rules::{self, FIRST_SEEN, LAST_SEEN, LIVE, STATUS, TIMES_SEEN};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, Text};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::LazyLock;
use utoipa::ToSchema;

/// How many rows change in which way. A row can count in several.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, QueryableByName)]
pub struct ChangeCounts {
    /// First seen is filled or moved.
    #[diesel(sql_type = BigInt)]
    pub first_seen_at: i64,
    /// Last seen is filled or moved.
    #[diesel(sql_type = BigInt)]
    pub last_seen_at: i64,
    /// Times seen is filled or summed.
    #[diesel(sql_type = BigInt)]
    pub times_seen: i64,
    /// The status changes, closing of duplicates left out.
    #[diesel(sql_type = BigInt)]
    pub status: i64,
    /// Days to repair are set or corrected.
    #[diesel(sql_type = BigInt)]
    pub sla_days: i64,
    /// A due date is set.
    #[diesel(sql_type = BigInt)]
    pub due_at_set: i64,
    /// A computed due date is taken from a terminal finding.
    #[diesel(sql_type = BigInt)]
    pub due_at_cleared: i64,
    /// Findings that absorb their duplicates.
    #[diesel(sql_type = BigInt)]
    pub duplicates_merged: i64,
    /// Duplicates that are closed.
    #[diesel(sql_type = BigInt)]
    pub duplicates_closed: i64,
}

impl ChangeCounts {
    /// Adds other counts, or with a `sign` of -1 takes them away.
    pub fn add(&mut self, other: &Self, sign: i64) {
        self.first_seen_at += sign * other.first_seen_at;
        self.last_seen_at += sign * other.last_seen_at;
        self.times_seen += sign * other.times_seen;
        self.status += sign * other.status;
        self.sla_days += sign * other.sla_days;
        self.due_at_set += sign * other.due_at_set;
        self.due_at_cleared += sign * other.due_at_cleared;
        self.duplicates_merged += sign * other.duplicates_merged;
        self.duplicates_closed += sign * other.duplicates_closed;
    }
}

/// Forecast for one tenant.
#[derive(Debug, Clone, QueryableByName)]
pub struct TenantFigures {
    /// The tenant.
    #[diesel(sql_type = BigInt)]
    pub tenant_id: i64,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Findings it has.
    #[diesel(sql_type = BigInt)]
    pub total: i64,
    /// Findings that would change.
    #[diesel(sql_type = BigInt)]
    pub affected: i64,
    /// Open findings past their due date afterwards.
    #[diesel(sql_type = BigInt)]
    pub overdue_after: i64,
    /// In which way they change.
    #[diesel(embed)]
    pub changes: ChangeCounts,
}

/// One finding before and after; only what changes is named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, QueryableByName)]
pub struct Sample {
    /// The tenant.
    #[diesel(sql_type = BigInt)]
    pub tenant_id: i64,
    /// The finding.
    #[diesel(sql_type = BigInt)]
    pub finding_id: i64,
    /// Values now.
    #[diesel(sql_type = Jsonb)]
    #[schema(value_type = Object)]
    pub before: Value,
    /// Values afterwards.
    #[diesel(sql_type = Jsonb)]
    #[schema(value_type = Object)]
    pub after: Value,
}

/// The tenants in question, bound as `$1`.
const SCOPE: &str = "SELECT t.id FROM allowed_tenants t WHERE $1 IS NULL OR t.id = ANY($1)";

/// Rows of duplicate groups of the tenants in question.
fn grouped_rows() -> String {
    format!(
        "src AS MATERIALIZED (
             SELECT unnest(array_agg(f.id)) AS id FROM findings f
             WHERE f.tenant_id IN ({SCOPE}) AND {LIVE} GROUP BY f.tenant_id, f.fingerprint HAVING count(*) > 1)"
    )
}

/// Counts of the differences between a row `f` and what becomes of it.
fn change_counts(after: &Changed<'_>) -> String {
    format!(
        "count(*) FILTER (WHERE {first} IS DISTINCT FROM f.first_seen_at) AS first_seen_at,
         count(*) FILTER (WHERE {last} IS DISTINCT FROM f.last_seen_at) AS last_seen_at,
         count(*) FILTER (WHERE {times} IS DISTINCT FROM f.times_seen) AS times_seen,
         count(*) FILTER (WHERE {status} IS DISTINCT FROM f.status AND NOT {duplicate}) AS status,
         count(*) FILTER (WHERE ({sla}) IS DISTINCT FROM f.sla_days) AS sla_days,
         count(*) FILTER (WHERE f.due_at IS NULL AND ({due}) IS NOT NULL) AS due_at_set,
         count(*) FILTER (WHERE f.due_at IS NOT NULL AND ({due}) IS NULL) AS due_at_cleared,
         count(*) FILTER (WHERE {survivor}) AS duplicates_merged,
         count(*) FILTER (WHERE {duplicate}) AS duplicates_closed",
        first = after.first_seen,
        last = after.last_seen,
        times = after.times,
        status = after.status,
        sla = after.sla,
        due = after.due,
        survivor = after.survivor,
        duplicate = after.duplicate,
    )
}

struct Changed<'a> {
    first_seen: &'a str,
    last_seen: &'a str,
    times: &'a str,
    status: &'a str,
    sla: &'a str,
    due: &'a str,
    survivor: &'a str,
    duplicate: &'a str,
}

/// What a statement counts per tenant; `due` and `status` are those afterwards.
fn tenant_counts(affected: &str, after: &Changed<'_>) -> String {
    format!(
        "count(*) AS total, count(*) FILTER (WHERE {affected}) AS affected,
         count(*) FILTER (WHERE {open} AND ({due}) < clock.now) AS overdue_after, {changes}",
        open = rules::is_open(after.status),
        due = after.due,
        changes = change_counts(after),
    )
}

/// Every row as if it stood alone: one pass without any join of rows.
fn inspect_alone(rows: &str) -> String {
    let status = format!("({STATUS})");
    let sla = rules::sla_after(&status, "f.severity");
    let due = rules::due_after(&status, "f.severity", FIRST_SEEN);
    let after = Changed {
        first_seen: FIRST_SEEN,
        last_seen: LAST_SEEN,
        times: TIMES_SEEN,
        status: &status,
        sla: &sla,
        due: &due,
        survivor: "false",
        duplicate: "false",
    };
    format!(
        "SELECT c.*, t.name FROM (
             SELECT f.tenant_id, {counts} FROM {rows} CROSS JOIN (SELECT db_now() AS now) clock GROUP BY f.tenant_id) c
         JOIN tenants t ON t.id = c.tenant_id",
        counts = tenant_counts(&rules::pending(), &after),
    )
}

static INSPECT_ALL_ALONE: LazyLock<String> =
    LazyLock::new(|| inspect_alone(&format!("(SELECT * FROM findings f WHERE f.tenant_id IN ({SCOPE})) f")));

static INSPECT_GROUPED_ALONE: LazyLock<String> =
    LazyLock::new(|| format!("WITH {} {}", grouped_rows(), inspect_alone("src JOIN findings f ON f.id = src.id")));

/// Rows of duplicate groups as what they are.
static INSPECT_GROUPED: LazyLock<String> = LazyLock::new(|| {
    let after = Changed {
        first_seen: "p.first_seen",
        last_seen: "p.last_seen",
        times: "p.times",
        status: "p.status",
        sla: "p.sla_days",
        due: "p.due_at",
        survivor: "p.is_survivor",
        duplicate: "p.is_duplicate",
    };
    format!(
        "WITH {src}, {plan}
         SELECT c.*, t.name FROM (
             SELECT f.tenant_id, {counts} FROM plan p JOIN findings f ON f.id = p.id CROSS JOIN (SELECT db_now() AS now) clock
             GROUP BY f.tenant_id) c
         JOIN tenants t ON t.id = c.tenant_id",
        src = grouped_rows(),
        plan = rules::plan(),
        counts = tenant_counts("true", &after),
    )
});

/// Forecast per tenant, the most affected first; tenants without findings are left out. Rows of duplicate groups are taken
/// out of the count of rows that stand alone and put back as what they are.
pub fn inspect(conn: &mut PgConnection, tenants: &Tenants) -> QueryResult<Vec<TenantFigures>> {
    let mut load = |statement: &str| -> QueryResult<Vec<TenantFigures>> {
        diesel::sql_query(statement).bind::<Nullable<Array<BigInt>>, _>(tenants.ids()).load(conn)
    };
    let mut figures = load(&INSPECT_ALL_ALONE)?;
    for (statement, sign) in [(&INSPECT_GROUPED_ALONE, -1), (&INSPECT_GROUPED, 1)] {
        for part in load(statement)? {
            if let Some(tenant) = figures.iter_mut().find(|tenant| tenant.tenant_id == part.tenant_id) {
                tenant.total += sign * part.total;
                tenant.affected += sign * part.affected;
                tenant.overdue_after += sign * part.overdue_after;
                tenant.changes.add(&part.changes, sign);
            }
        }
    }
    figures.sort_by(|a, b| b.affected.cmp(&a.affected).then(a.tenant_id.cmp(&b.tenant_id)));
    Ok(figures)
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

static COUNT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT (SELECT count(*) FROM findings f WHERE f.tenant_id IN ({SCOPE}) AND {pending})
              + (SELECT coalesce(sum(g.settled), 0)::bigint FROM (
                     SELECT count(*) FILTER (WHERE NOT {pending}) AS settled FROM findings f
                     WHERE f.tenant_id IN ({SCOPE}) AND {LIVE} GROUP BY f.tenant_id, f.fingerprint HAVING count(*) > 1) g) AS count",
        pending = rules::pending(),
    )
});

/// How many findings would change, by the same predicate as [`inspect`].
pub fn count(conn: &mut PgConnection, tenants: &Tenants) -> QueryResult<i64> {
    diesel::sql_query(COUNT.as_str())
        .bind::<Nullable<Array<BigInt>>, _>(tenants.ids())
        .get_result::<Count>(conn)
        .map(|row| row.count)
}

static SAMPLES: LazyLock<String> = LazyLock::new(|| {
    let fields = |row: &str, names: [&str; 8]| {
        let keys = [
            "first_seen_at",
            "last_seen_at",
            "times_seen",
            "status",
            "sla_days",
            "due_at",
            "closed_reason",
            "consolidated_into_id",
        ];
        let pairs: Vec<String> = keys.iter().zip(names).map(|(key, name)| format!("'{key}', {row}.{name}")).collect();
        format!("jsonb_build_object({})", pairs.join(", "))
    };
    let before =
        ["first_seen_at", "last_seen_at", "times_seen", "status", "sla_days", "due_at", "closed_reason", "consolidated_into_id"];
    let after = ["first_seen", "last_seen", "times", "status", "sla_days", "due_at", "closed_reason", "consolidated_into_id"];
    format!(
        "WITH picked AS (
             (SELECT f.tenant_id, f.fingerprint FROM findings f WHERE f.tenant_id IN ({SCOPE}) AND {LIVE}
              GROUP BY f.tenant_id, f.fingerprint HAVING count(*) > 1 LIMIT 5)
             UNION
             (SELECT f.tenant_id, f.fingerprint FROM findings f WHERE f.tenant_id IN ({SCOPE}) AND {pending} LIMIT 20)),
         src AS MATERIALIZED (
             SELECT f.id FROM findings f JOIN picked k ON k.tenant_id = f.tenant_id AND k.fingerprint = f.fingerprint),
         {plan},
         pairs AS (
             SELECT f.tenant_id, f.id, p.survivor_id IS NOT NULL AS grouped, {before} AS before, {after} AS after
             FROM plan p JOIN findings f ON f.id = p.id
             WHERE {pending} OR p.survivor_id IS NOT NULL)
         SELECT x.tenant_id, x.id AS finding_id,
                (SELECT coalesce(jsonb_object_agg(b.key, b.value), '{{}}') FROM jsonb_each(x.before) b WHERE x.after -> b.key <> b.value) AS before,
                (SELECT coalesce(jsonb_object_agg(a.key, a.value), '{{}}') FROM jsonb_each(x.after) a WHERE x.before -> a.key <> a.value) AS after
         FROM pairs x ORDER BY x.grouped DESC, x.tenant_id, x.id LIMIT 20",
        pending = rules::pending(),
        plan = rules::plan(),
        before = fields("f", before),
        after = fields("p", after),
    )
});

/// Up to 20 findings before and after, duplicate groups among them where there are some.
pub fn samples(conn: &mut PgConnection, tenants: &Tenants) -> QueryResult<Vec<Sample>> {
    diesel::sql_query(SAMPLES.as_str()).bind::<Nullable<Array<BigInt>>, _>(tenants.ids()).load(conn)
}
