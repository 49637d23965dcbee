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

/// Rows of duplicate groups of the tenants in question.
fn grouped_rows() -> String {
    format!(
        "src AS MATERIALIZED (
             SELECT unnest(array_agg(f.id)) AS id FROM findings f
             WHERE f.tenant_id IN ({SCOPE}) AND {LIVE} GROUP BY f.tenant_id, f.fingerprint HAVING count(*) > 1)"
    )
}

/// What becomes of a row `f`, as expressions.
struct After<'a> {
    affected: &'a str,
    first_seen: &'a str,
    last_seen: &'a str,
    times: &'a str,
    status: &'a str,
    sla: &'a str,
    due: &'a str,
    survivor: &'a str,
    duplicate: &'a str,
}

/// The columns of [`TenantFigures`] with what each counts.
fn counts(after: &After<'_>) -> [(&'static str, String); 12] {
    let After { affected, first_seen, last_seen, times, status, sla, due, survivor, duplicate } = after;
    let count = |condition: String| format!("count(*) FILTER (WHERE {condition})");
    [
        ("total", "count(*)".to_owned()),
        ("affected", count((*affected).to_owned())),
        ("overdue_after", count(format!("{} AND ({due}) < clock.now", rules::is_open(status)))),
        ("first_seen_at", count(format!("{first_seen} IS DISTINCT FROM f.first_seen_at"))),
        ("last_seen_at", count(format!("{last_seen} IS DISTINCT FROM f.last_seen_at"))),
        ("times_seen", count(format!("{times} IS DISTINCT FROM f.times_seen"))),
        ("status", count(format!("{status} IS DISTINCT FROM f.status AND NOT {duplicate}"))),
        ("sla_days", count(format!("({sla}) IS DISTINCT FROM f.sla_days"))),
        ("due_at_set", count(format!("f.due_at IS NULL AND ({due}) IS NOT NULL"))),
        ("due_at_cleared", count(format!("f.due_at IS NOT NULL AND ({due}) IS NULL"))),
        ("duplicates_merged", count((*survivor).to_owned())),
        ("duplicates_closed", count((*duplicate).to_owned())),
    ]
}

/// Every row as if it stood alone.
static ALONE: LazyLock<[(&'static str, String); 12]> = LazyLock::new(|| {
    let status = format!("({STATUS})");
    counts(&After {
        affected: &rules::pending(),
        first_seen: FIRST_SEEN,
        last_seen: LAST_SEEN,
        times: TIMES_SEEN,
        status: &status,
        sla: &rules::sla_after(&status, "f.severity"),
        due: &rules::due_after(&status, "f.severity", FIRST_SEEN),
        survivor: "false",
        duplicate: "false",
    })
});

/// Rows of duplicate groups as what they are.
static GROUPED: LazyLock<[(&'static str, String); 12]> = LazyLock::new(|| {
    counts(&After {
        affected: "true",
        first_seen: "p.first_seen",
        last_seen: "p.last_seen",
        times: "p.times",
        status: "p.status",
        sla: "p.sla_days",
        due: "p.due_at",
        survivor: "p.is_survivor",
        duplicate: "p.is_duplicate",
    })
});

fn per_tenant(columns: &[String], rows: &str) -> String {
    format!(
        "SELECT c.*, t.name FROM (
             SELECT f.tenant_id, {columns} FROM {rows} CROSS JOIN (SELECT db_now() AS now) clock GROUP BY f.tenant_id) c
         JOIN tenants t ON t.id = c.tenant_id",
        columns = columns.join(", "),
    )
}

/// One pass over all rows, without any join of rows.
static INSPECT_ALONE: LazyLock<String> = LazyLock::new(|| {
    let columns: Vec<String> = ALONE.iter().map(|(name, count)| format!("{count} AS {name}")).collect();
    per_tenant(&columns, &format!("(SELECT * FROM findings f WHERE f.tenant_id IN ({SCOPE})) f"))
});

/// By how much the rows of duplicate groups differ from what they would be alone.
static INSPECT_GROUPED: LazyLock<String> = LazyLock::new(|| {
    let difference = |((name, grouped), (_, alone)): (&(&str, String), &(&str, String))| format!("{grouped} - {alone} AS {name}");
    let columns: Vec<String> = GROUPED.iter().zip(ALONE.iter()).map(difference).collect();
    let rows = "plan p JOIN findings f ON f.id = p.id";
    format!("WITH {src}, {plan} {counts}", src = grouped_rows(), plan = rules::plan(), counts = per_tenant(&columns, rows))
});

/// Forecast per tenant, the most affected first; tenants without findings are left out.
pub fn inspect(conn: &mut PgConnection, tenants: &Tenants) -> QueryResult<Vec<TenantFigures>> {
    let mut load = |statement: &str| -> QueryResult<Vec<TenantFigures>> {
        diesel::sql_query(statement).bind::<Nullable<Array<BigInt>>, _>(tenants.ids()).load(conn)
    };
    let mut figures = load(&INSPECT_ALONE)?;
    for difference in load(&INSPECT_GROUPED)? {
        if let Some(tenant) = figures.iter_mut().find(|tenant| tenant.tenant_id == difference.tenant_id) {
            tenant.affected += difference.affected;
            tenant.overdue_after += difference.overdue_after;
            tenant.changes.add(&difference.changes);
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
