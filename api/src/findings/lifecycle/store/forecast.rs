//! What the rules would change: counts, break-down, samples. Only reads.

use crate::findings::lifecycle::Tenants;
use crate::findings::lifecycle::rules::{self, FIRST_SEEN, LAST_SEEN, LIVE, STATUS, TIMES_SEEN};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, Text};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
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
    /// Adds other counts.
    pub fn add(&mut self, other: &Self) {
        self.first_seen_at += other.first_seen_at;
        self.last_seen_at += other.last_seen_at;
        self.times_seen += other.times_seen;
        self.status += other.status;
        self.sla_days += other.sla_days;
        self.due_at_set += other.due_at_set;
        self.due_at_cleared += other.due_at_cleared;
        self.duplicates_merged += other.duplicates_merged;
        self.duplicates_closed += other.duplicates_closed;
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

/// Common table expressions `keys`, the fingerprints that several findings of a tenant in question share, and `src`, the ids
/// of those findings. One scan of the index for each tenant; the ids of a pair come from it too.
fn shared_rows() -> String {
    format!(
        "keys AS MATERIALIZED (
             SELECT t.id AS tenant_id, k.* FROM ({SCOPE}) t CROSS JOIN LATERAL (
                 SELECT f.fingerprint, count(*) AS members, min(f.id) AS lowest, max(f.id) AS highest
                 FROM findings f WHERE f.tenant_id = t.id GROUP BY f.fingerprint HAVING count(*) > 1 OFFSET 0) k),
         src AS MATERIALIZED (
             SELECT unnest(ARRAY[k.lowest, k.highest]) AS id FROM keys k WHERE k.members = 2
             UNION ALL
             SELECT m.id FROM keys k CROSS JOIN LATERAL (
                 SELECT f.id FROM findings f WHERE f.tenant_id = k.tenant_id AND f.fingerprint = k.fingerprint OFFSET 0) m
             WHERE k.members > 2)"
    )
}

/// What becomes of a row `f`, as expressions.
struct After<'a> {
    affected: &'a str,
    overdue: &'a str,
    first_seen: &'a str,
    last_seen: &'a str,
    times: &'a str,
    status: &'a str,
    sla: &'a str,
    due: &'a str,
    survivor: &'a str,
    duplicate: &'a str,
}

/// Columns of [`TenantFigures`] with the condition under which a row counts.
fn conditions(after: &After<'_>) -> [(&'static str, String); 12] {
    let After { affected, overdue, first_seen, last_seen, times, status, sla, due, survivor, duplicate } = after;
    [
        ("total", "true".to_owned()),
        ("affected", (*affected).to_owned()),
        ("overdue_after", (*overdue).to_owned()),
        ("first_seen_at", format!("{first_seen} IS DISTINCT FROM f.first_seen_at")),
        ("last_seen_at", format!("{last_seen} IS DISTINCT FROM f.last_seen_at")),
        ("times_seen", format!("{times} IS DISTINCT FROM f.times_seen")),
        ("status", format!("{status} IS DISTINCT FROM f.status AND NOT {duplicate}")),
        ("sla_days", format!("({sla}) IS DISTINCT FROM f.sla_days")),
        ("due_at_set", format!("f.due_at IS NULL AND ({due}) IS NOT NULL")),
        ("due_at_cleared", format!("f.due_at IS NOT NULL AND ({due}) IS NULL")),
        ("duplicates_merged", (*survivor).to_owned()),
        ("duplicates_closed", (*duplicate).to_owned()),
    ]
}

/// Whether a row is open and past its due date afterwards.
fn overdue(status: &str, due: &str) -> String {
    format!("({} AND ({due}) < (SELECT db_now()))", rules::is_open(status))
}

/// Every row as if it stood alone; `overdue` as it is said.
fn alone(overdue: &str) -> [(&'static str, String); 12] {
    let status = format!("({STATUS})");
    conditions(&After {
        affected: &rules::pending(),
        overdue,
        first_seen: FIRST_SEEN,
        last_seen: LAST_SEEN,
        times: TIMES_SEEN,
        status: &status,
        sla: &rules::sla_after(&status, "f.severity"),
        due: &rules::due_after(&status, "f.severity", FIRST_SEEN),
        survivor: "false",
        duplicate: "false",
    })
}

fn overdue_alone() -> String {
    let status = format!("({STATUS})");
    overdue(&status, &rules::due_after(&status, "f.severity", FIRST_SEEN))
}

/// Every row as if it stood alone.
///
/// The rules ask of most columns only whether they are empty, so rows that agree in that are first counted, in one pass, and
/// the rules are then asked about one row for each kind. Times stand for themselves only in `overdue`, which is asked of
/// every row.
static INSPECT_ALONE: LazyLock<String> = LazyLock::new(|| {
    let columns: Vec<String> = alone("f.overdue")
        .iter()
        .map(|(name, condition)| format!("coalesce(sum(f.members) FILTER (WHERE {condition}), 0)::bigint AS {name}"))
        .collect();
    format!(
        "SELECT c.*, t.name FROM (
             SELECT f.tenant_id, {columns} FROM (
                 SELECT k.tenant_id, k.status, k.severity, k.sla_days, k.due_source, k.times_seen, k.overdue, k.members,
                        CASE WHEN k.has_first_seen THEN 'epoch'::timestamptz END AS first_seen_at,
                        CASE WHEN k.has_last_seen THEN 'epoch'::timestamptz END AS last_seen_at,
                        CASE WHEN k.has_due THEN 'epoch'::timestamptz END AS due_at,
                        'epoch'::timestamptz AS detected_at, 'epoch'::timestamptz AS created_at
                 FROM (SELECT f.tenant_id, f.status, f.severity, f.sla_days, f.due_source, CASE WHEN f.times_seen > 1 THEN 1 ELSE f.times_seen END AS times_seen,
                              f.first_seen_at IS NOT NULL AS has_first_seen, f.last_seen_at IS NOT NULL AS has_last_seen,
                              f.due_at IS NOT NULL AS has_due, {overdue} AS overdue, count(*) AS members
                       FROM findings f WHERE $1 IS NULL OR f.tenant_id = ANY($1)
                       GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) k) f
             WHERE f.tenant_id IN ({SCOPE}) GROUP BY f.tenant_id) c
         JOIN tenants t ON t.id = c.tenant_id",
        columns = columns.join(", "),
        overdue = overdue_alone(),
    )
});

/// By how much the rows of duplicate groups differ from what they would be alone.
static INSPECT_GROUPED: LazyLock<String> = LazyLock::new(|| {
    let grouped = conditions(&After {
        affected: "true",
        overdue: &overdue("f.status_after", "f.due_after"),
        first_seen: "f.first_seen_after",
        last_seen: "f.last_seen_after",
        times: "f.times_after",
        status: "f.status_after",
        sla: "f.sla_after",
        due: "f.due_after",
        survivor: "f.is_survivor",
        duplicate: "f.is_duplicate",
    });
    let difference = |((name, grouped), (_, alone)): (&(&str, String), &(&str, String))| {
        format!("count(*) FILTER (WHERE {grouped}) - count(*) FILTER (WHERE {alone}) AS {name}")
    };
    let columns: Vec<String> = grouped.iter().zip(alone(&overdue_alone()).iter()).map(difference).collect();
    format!(
        "WITH {src}, {plan}
         SELECT c.*, t.name FROM (SELECT f.tenant_id, {columns} FROM plan f WHERE f.survivor_id IS NOT NULL GROUP BY f.tenant_id) c
         JOIN tenants t ON t.id = c.tenant_id",
        src = shared_rows(),
        plan = rules::plan(),
        columns = columns.join(", "),
    )
});

/// Forecast per tenant, the most affected first; tenants without findings are left out.
pub fn inspect(conn: &mut PgConnection, tenants: &Tenants) -> QueryResult<Vec<TenantFigures>> {
    let mut load = |statement: &str| -> QueryResult<Vec<TenantFigures>> {
        diesel::sql_query(statement).bind::<Nullable<Array<BigInt>>, _>(tenants.ids()).load(conn)
    };
    let alone = load(&INSPECT_ALONE)?;
    let mut differences: HashMap<i64, TenantFigures> =
        load(&INSPECT_GROUPED)?.into_iter().map(|row| (row.tenant_id, row)).collect();
    let add = |mut tenant: TenantFigures| {
        if let Some(difference) = differences.remove(&tenant.tenant_id) {
            tenant.affected += difference.affected;
            tenant.overdue_after += difference.overdue_after;
            tenant.changes.add(&difference.changes);
        }
        tenant
    };
    let mut figures: Vec<TenantFigures> = alone.into_iter().map(add).collect();
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
        "WITH {src}
         SELECT (SELECT count(*) FROM findings f WHERE ($1 IS NULL OR f.tenant_id = ANY($1)) AND f.tenant_id IN ({SCOPE}) AND {pending})
              + (SELECT coalesce(sum(g.settled), 0)::bigint FROM (
                     SELECT count(*) FILTER (WHERE NOT {pending}) AS settled FROM src JOIN findings f ON f.id = src.id
                     WHERE {LIVE} GROUP BY f.tenant_id, f.fingerprint HAVING count(*) > 1) g) AS count",
        src = shared_rows(),
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

/// How many findings would change, held against a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// None.
    Nothing,
    /// Some, and no more than the limit.
    Within,
    /// More.
    Beyond,
}

#[derive(QueryableByName)]
struct Rows {
    #[diesel(sql_type = BigInt)]
    pending: i64,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

static ROWS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT count(*) FILTER (WHERE {pending}) AS pending, count(*) AS total FROM findings f
         WHERE ($1 IS NULL OR f.tenant_id = ANY($1)) AND f.tenant_id IN ({SCOPE})",
        pending = rules::pending(),
    )
});

/// The same question as [`count`] where only its relation to `limit` matters. Most often one pass over the rows answers it,
/// without looking for duplicates: there is a row that needs the repair, and there are no more rows at all than the limit.
pub fn extent(conn: &mut PgConnection, tenants: &Tenants, limit: i64) -> QueryResult<Extent> {
    let rows: Rows = diesel::sql_query(ROWS.as_str()).bind::<Nullable<Array<BigInt>>, _>(tenants.ids()).get_result(conn)?;
    let affected = match rows.pending > limit || (rows.pending > 0 && rows.total <= limit) {
        true => rows.pending,
        false => count(conn, tenants)?,
    };
    Ok(match affected {
        0 => Extent::Nothing,
        _ if affected <= limit => Extent::Within,
        _ => Extent::Beyond,
    })
}

/// Columns that a sample shows, with what they become.
const SHOWN: [(&str, &str); 8] = [
    ("first_seen_at", "first_seen_after"),
    ("last_seen_at", "last_seen_after"),
    ("times_seen", "times_after"),
    ("status", "status_after"),
    ("sla_days", "sla_after"),
    ("due_at", "due_after"),
    ("closed_reason", "closed_reason_after"),
    ("consolidated_into_id", "consolidated_into_after"),
];

static SAMPLES: LazyLock<String> = LazyLock::new(|| {
    let object = |pick: fn(&(&'static str, &'static str)) -> &'static str| {
        let pairs: Vec<String> = SHOWN.iter().map(|shown| format!("'{}', p.{}", shown.0, pick(shown))).collect();
        format!("jsonb_build_object({})", pairs.join(", "))
    };
    format!(
        "WITH picked AS (
             (SELECT t.id AS tenant_id, k.fingerprint FROM ({SCOPE}) t CROSS JOIN LATERAL (
                  SELECT f.fingerprint FROM findings f WHERE f.tenant_id = t.id AND {LIVE}
                  GROUP BY f.fingerprint HAVING count(*) > 1 ORDER BY f.fingerprint LIMIT 5) k LIMIT 5)
             UNION
             (SELECT t.id, k.fingerprint FROM ({SCOPE}) t CROSS JOIN LATERAL (
                  SELECT f.fingerprint FROM findings f WHERE f.tenant_id = t.id AND {pending} LIMIT 20) k LIMIT 20)),
         src AS MATERIALIZED (
             SELECT f.id FROM picked k CROSS JOIN LATERAL (
                 SELECT f.id FROM findings f WHERE f.tenant_id = k.tenant_id AND f.fingerprint = k.fingerprint OFFSET 0) f),
         {plan},
         pairs AS (
             SELECT p.tenant_id, p.id, p.survivor_id IS NOT NULL AS grouped, {before} AS before, {after} AS after
             FROM plan p JOIN findings f ON f.id = p.id
             WHERE {pending} OR p.survivor_id IS NOT NULL)
         SELECT x.tenant_id, x.id AS finding_id,
                (SELECT coalesce(jsonb_object_agg(b.key, b.value), '{{}}') FROM jsonb_each(x.before) b WHERE x.after -> b.key <> b.value) AS before,
                (SELECT coalesce(jsonb_object_agg(a.key, a.value), '{{}}') FROM jsonb_each(x.after) a WHERE x.before -> a.key <> a.value) AS after
         FROM pairs x ORDER BY x.grouped DESC, x.tenant_id, x.id LIMIT 20",
        pending = rules::pending(),
        plan = rules::plan(),
        before = object(|shown| shown.0),
        after = object(|shown| shown.1),
    )
});

/// Up to 20 findings before and after, duplicate groups among them where there are some.
pub fn samples(conn: &mut PgConnection, tenants: &Tenants) -> QueryResult<Vec<Sample>> {
    diesel::sql_query(SAMPLES.as_str()).bind::<Nullable<Array<BigInt>>, _>(tenants.ids()).load(conn)
}
