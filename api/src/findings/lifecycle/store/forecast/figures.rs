//! The break-down by tenant and by change.

use super::kinds::{self, Present};
use super::{TenantFigures, in_scope};
use crate::db::Moment;
use crate::findings::lifecycle::Tenants;
use crate::findings::lifecycle::rules::{self, FIRST_SEEN, LAST_SEEN, STATUS, TIMES_SEEN};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Timestamptz};
use std::collections::HashMap;
use std::sync::LazyLock;

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

/// Columns of [`TenantFigures`] with the condition under which a row counts.
fn conditions(after: &After<'_>) -> [(&'static str, String); 13] {
    let After { affected, first_seen, last_seen, times, status, sla, due, survivor, duplicate } = after;
    [
        ("total", "true".to_owned()),
        ("affected", (*affected).to_owned()),
        ("overdue_after", format!("({} AND ({due}) < $2)", rules::is_open(status))),
        ("first_seen_at", format!("{first_seen} IS DISTINCT FROM f.first_seen_at")),
        ("last_seen_at", format!("{last_seen} IS DISTINCT FROM f.last_seen_at")),
        ("times_seen", format!("{times} IS DISTINCT FROM f.times_seen")),
        ("status", format!("{status} IS DISTINCT FROM f.status AND NOT {duplicate}")),
        ("sla_days", format!("({sla}) IS DISTINCT FROM f.sla_days")),
        ("due_at_set", format!("f.due_at IS NULL AND ({due}) IS NOT NULL")),
        ("due_at_moved", format!("f.due_at <> ({due})")),
        ("due_at_cleared", format!("f.due_at IS NOT NULL AND ({due}) IS NULL")),
        ("duplicates_merged", (*survivor).to_owned()),
        ("duplicates_closed", (*duplicate).to_owned()),
    ]
}

/// A row as if it stood alone.
fn alone() -> [(&'static str, String); 13] {
    let status = format!("({STATUS})");
    conditions(&After {
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
}

/// A row of a duplicate group, in the relation that [`rules::plan`] makes.
fn grouped() -> [(&'static str, String); 13] {
    conditions(&After {
        affected: "true",
        first_seen: "f.first_seen_after",
        last_seen: "f.last_seen_after",
        times: "f.times_after",
        status: "f.status_after",
        sla: "f.sla_after",
        due: "f.due_after",
        survivor: "f.is_survivor",
        duplicate: "f.is_duplicate",
    })
}

/// What relations `kinds (kind, example, tenant_ids, counts)` and `examples (example, …)`, the figures of one example, sum up
/// to in every tenant. Each kind has one example. They are put together by a full join because that is never a nested loop: an
/// inner join is one where the planner expects few kinds, and would then compute all examples again for each kind.
fn weighed() -> String {
    let sums: Vec<String> = grouped().iter().map(|(name, _)| format!("sum(x.{name} * n.count)::bigint AS {name}")).collect();
    format!(
        "SELECT c.*, (SELECT t.name FROM tenants t WHERE t.id = c.tenant_id) AS name FROM (
             SELECT n.tenant_id, {sums} FROM kinds k FULL JOIN examples x USING (example)
             CROSS JOIN LATERAL unnest(k.tenant_ids, k.counts) n(tenant_id, count) GROUP BY n.tenant_id) c",
        sums = sums.join(", "),
    )
}

/// Every row as if it stood alone, in one pass over the rows. `LIMIT ALL` keeps the planner, which would take every
/// combination of the columns for a kind, from looking at them; unlike an offset it lets workers take part.
static INSPECT_ALONE: LazyLock<String> = LazyLock::new(|| {
    let columns: Vec<String> =
        alone().iter().map(|(name, condition)| format!("count(*) FILTER (WHERE {condition}) AS {name}")).collect();
    format!(
        "WITH kinds AS MATERIALIZED (
             SELECT k.kind, min(k.example) AS example, array_agg(k.tenant_id) AS tenant_ids, array_agg(k.members) AS counts
             FROM (SELECT f.tenant_id, f.kind, min(f.id) AS example, count(*) AS members
                   FROM (SELECT f.tenant_id, f.id, {kind} AS kind FROM findings f
                         WHERE $1 IS NULL OR f.tenant_id = ANY($1) LIMIT ALL) f
                   GROUP BY f.tenant_id, f.kind) k
             WHERE {in_scope} GROUP BY k.kind),
         examples AS (
             SELECT k.example, x.* FROM kinds k CROSS JOIN LATERAL (SELECT {columns} FROM findings f WHERE f.id = k.example) x)
         {weighed}",
        kind = kinds::of_row(),
        columns = columns.join(", "),
        weighed = weighed(),
        in_scope = in_scope("k.tenant_id"),
    )
});

/// Duplicate groups by tenant and kind, of the fingerprints under a condition. Pairs are counted by kind; a larger group is a
/// kind of its own, and so is a pair of which one was folded into the other without what was decided on it. That a fingerprint is shared, and by which two rows, the index alone tells.
fn groups(fingerprints: &str) -> String {
    format!(
        "SELECT k.tenant_id, CASE WHEN k.members > 2 OR NOT (a.live AND b.live) THEN -k.lowest ELSE {pair} END AS kind, min(k.lowest) AS example,
                count(*) AS groups
         FROM (SELECT f.tenant_id, count(*) AS members, min(f.id) AS lowest, max(f.id) AS highest FROM findings f
               WHERE ($1 IS NULL OR f.tenant_id = ANY($1)) AND {fingerprints}
               GROUP BY f.tenant_id, f.fingerprint HAVING count(*) > 1) k
         LEFT JOIN ({member}) a ON a.id = k.lowest AND k.members = 2
         LEFT JOIN ({member}) b ON b.id = k.highest AND k.members = 2
         WHERE k.members > 2 OR (a.live AND b.live) OR (a.live <> b.live AND a.decided <> b.decided AND a.live = b.decided)
         GROUP BY 1, 2",
        pair = kinds::of_pair(),
        member = kinds::member(),
    )
}

/// By how much the rows of duplicate groups differ from what they would be alone. The two halves of all fingerprints are
/// there for two workers.
static INSPECT_GROUPED: LazyLock<String> = LazyLock::new(|| {
    let difference = |((name, grouped), (_, alone)): (&(&str, String), &(&str, String))| {
        format!("count(*) FILTER (WHERE f.by_others AND {grouped}) - count(*) FILTER (WHERE f.by_others AND {alone}) AS {name}")
    };
    let columns: Vec<String> = grouped().iter().zip(alone().iter()).map(difference).collect();
    format!(
        "WITH kinds AS MATERIALIZED (
             SELECT k.kind, min(k.example) AS example, array_agg(k.tenant_id) AS tenant_ids, array_agg(k.groups) AS counts
             FROM ({lower} UNION ALL {upper}) k WHERE {in_scope} GROUP BY k.kind),
         src AS MATERIALIZED (
             SELECT m.id FROM kinds k
             CROSS JOIN LATERAL (SELECT f.tenant_id, f.fingerprint FROM findings f WHERE f.id = k.example OFFSET 0) e
             CROSS JOIN LATERAL (
                 SELECT f.id FROM findings f WHERE f.tenant_id = e.tenant_id AND f.fingerprint = e.fingerprint OFFSET 0) m),
         {plan},
         examples AS (SELECT min(f.id) AS example, {columns} FROM plan f GROUP BY f.tenant_id, f.fingerprint)
         {weighed}",
        lower = groups("f.fingerprint < '\\x80'"),
        upper = groups("f.fingerprint >= '\\x80'"),
        plan = rules::plan(),
        columns = columns.join(", "),
        weighed = weighed(),
        in_scope = in_scope("k.tenant_id"),
    )
});

fn load(conn: &mut PgConnection, statement: &str, tenants: &Tenants, present: &Present) -> QueryResult<Vec<TenantFigures>> {
    diesel::sql_query(statement)
        .bind::<Nullable<Array<BigInt>>, _>(tenants.ids())
        .bind::<Timestamptz, _>(present.now)
        .bind::<Array<Timestamptz>, _>(&present.limits)
        .load(conn)
}

/// Forecast per tenant at a moment, the most affected first; tenants without findings are left out.
pub fn inspect(conn: &mut PgConnection, tenants: &Tenants, now: Moment) -> QueryResult<Vec<TenantFigures>> {
    let present = Present::at(now);
    let alone = load(conn, &INSPECT_ALONE, tenants, &present)?;
    let mut differences: HashMap<i64, TenantFigures> =
        load(conn, &INSPECT_GROUPED, tenants, &present)?.into_iter().map(|row| (row.tenant_id, row)).collect();
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
