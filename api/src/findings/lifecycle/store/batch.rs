//! Changing findings: pin, batch, recount.

use crate::findings::lifecycle::rules::{self, FIRST_SEEN, LAST_SEEN, LIVE, STATUS, TIMES_SEEN, TRIAGED_AT};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bytea, Nullable};
use std::sync::LazyLock;

/// Scope of a target as it was when it began (RUN-16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct Pinned {
    /// Rows up to this id belong to the target.
    #[diesel(sql_type = BigInt)]
    pub max_id: i64,
    /// How many those are.
    #[diesel(sql_type = BigInt)]
    pub total: i64,
}

/// What one batch is to do.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    /// The tenant.
    pub tenant_id: i64,
    /// Last fingerprint that is done.
    pub after: Option<&'a [u8]>,
    /// Pinned scope.
    pub max_id: i64,
    /// Rows wanted; duplicate groups are never cut.
    pub rows: i64,
}

/// What one batch did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchDone {
    /// Last fingerprint that is done now; none when the scope is passed.
    pub next: Option<Vec<u8>>,
    /// Rows looked at.
    pub scanned: i64,
    /// Rows changed.
    pub updated: i64,
}

/// What is left after a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct Residue {
    /// Rows of the pinned scope that still need the repair.
    #[diesel(sql_type = BigInt)]
    pub left: i64,
    /// Rows that need it and arrived after the target began.
    #[diesel(sql_type = BigInt)]
    pub arrived: i64,
}

/// Pins the scope of a target. The caller holds the tenant's lock, so that no import is under way.
pub fn begin(conn: &mut PgConnection, tenant_id: i64) -> QueryResult<Pinned> {
    diesel::sql_query("SELECT coalesce(max(id), 0) AS max_id, count(*) AS total FROM findings WHERE tenant_id = $1")
        .bind::<BigInt, _>(tenant_id)
        .get_result(conn)
}

#[derive(QueryableByName)]
struct Upper {
    #[diesel(sql_type = Bytea)]
    fingerprint: Vec<u8>,
}

fn find_upper(conn: &mut PgConnection, batch: &Batch<'_>) -> QueryResult<Option<Vec<u8>>> {
    let upper: Option<Upper> = diesel::sql_query(
        "SELECT fingerprint FROM findings WHERE tenant_id = $1 AND fingerprint > $2 AND id <= $3 \
         ORDER BY fingerprint, id OFFSET $4 LIMIT 1",
    )
    .bind::<BigInt, _>(batch.tenant_id)
    .bind::<Bytea, _>(batch.after.unwrap_or_default())
    .bind::<BigInt, _>(batch.max_id)
    .bind::<BigInt, _>(batch.rows.saturating_sub(1))
    .get_result(conn)
    .optional()?;
    Ok(upper.map(|row| row.fingerprint))
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = BigInt)]
    scanned: i64,
    #[diesel(sql_type = Array<BigInt>)]
    singles: Vec<i64>,
    #[diesel(sql_type = Array<BigInt>)]
    grouped: Vec<i64>,
}

static LOCK: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH scope AS MATERIALIZED (
             SELECT f.id, f.fingerprint, {pending} AS pending,
                    {LIVE} AND count(*) FILTER (WHERE {LIVE}) OVER (PARTITION BY f.fingerprint) > 1 AS grouped
             FROM findings f
             WHERE f.tenant_id = $1 AND f.fingerprint > $2 AND ($3 IS NULL OR f.fingerprint <= $3) AND f.id <= $4),
         locked AS (
             SELECT f.id, s.grouped FROM findings f JOIN scope s ON s.id = f.id
             WHERE s.pending OR s.grouped ORDER BY s.fingerprint, s.id FOR NO KEY UPDATE OF f)
         SELECT (SELECT count(*) FROM scope) AS scanned,
                coalesce(array_agg(l.id) FILTER (WHERE NOT l.grouped), '{{}}') AS singles,
                coalesce(array_agg(l.id) FILTER (WHERE l.grouped), '{{}}') AS grouped
         FROM locked l",
        pending = rules::pending(),
    )
});

static REPAIR_SINGLES: LazyLock<String> = LazyLock::new(|| {
    let status = format!("({STATUS})");
    format!(
        "UPDATE findings f SET first_seen_at = {FIRST_SEEN}, last_seen_at = {LAST_SEEN}, times_seen = {TIMES_SEEN}, status = {STATUS},
                triaged_at = {TRIAGED_AT}, sla_days = {sla}, due_at = {due}, due_source = {due_source}, updated_at = (SELECT db_now())
         WHERE f.id = ANY($1) AND {pending}",
        sla = rules::sla_after(&status, "f.severity"),
        due = rules::due_after(&status, "f.severity", FIRST_SEEN),
        due_source = rules::due_source_after(&status, "f.severity"),
        pending = rules::pending(),
    )
});

static REPAIR_GROUPED: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH src AS (SELECT unnest($1::bigint[]) AS id), {plan}
         UPDATE findings f SET first_seen_at = p.first_seen, last_seen_at = p.last_seen, times_seen = p.times, status = p.status,
                triaged_at = p.triaged, acknowledged_at = p.acknowledged, sla_days = p.sla_days, due_at = p.due_at, due_source = p.due_source,
                resolved_at = p.resolved_at, closed_at = p.closed_at, closed_reason = p.closed_reason,
                consolidated_into_id = p.consolidated_into_id,
                severity = CASE WHEN p.is_survivor THEN l.severity ELSE f.severity END,
                title = CASE WHEN p.is_survivor THEN l.title ELSE f.title END,
                resource = CASE WHEN p.is_survivor THEN l.resource ELSE f.resource END,
                evidence = CASE WHEN p.is_survivor THEN l.evidence ELSE f.evidence END,
                updated_at = (SELECT db_now())
         FROM plan p JOIN findings l ON l.id = p.last_id
         WHERE f.id = p.id",
        plan = rules::plan(),
    )
});

/// Repairs the next rows in the order of their fingerprints, inside the caller's transaction. Three statements, so that
/// values are computed only after the rows are locked: bounds, lock, change.
pub fn repair_batch(conn: &mut PgConnection, batch: &Batch<'_>) -> QueryResult<BatchDone> {
    let next = find_upper(conn, batch)?;
    let locked: Locked = diesel::sql_query(LOCK.as_str())
        .bind::<BigInt, _>(batch.tenant_id)
        .bind::<Bytea, _>(batch.after.unwrap_or_default())
        .bind::<Nullable<Bytea>, _>(next.as_deref())
        .bind::<BigInt, _>(batch.max_id)
        .get_result(conn)?;
    let mut updated = 0_usize;
    for (statement, ids) in [(&REPAIR_SINGLES, &locked.singles), (&REPAIR_GROUPED, &locked.grouped)] {
        if !ids.is_empty() {
            updated += diesel::sql_query(statement.as_str()).bind::<Array<BigInt>, _>(ids).execute(conn)?;
        }
    }
    Ok(BatchDone { next, scanned: locked.scanned, updated: i64::try_from(updated).unwrap_or(i64::MAX) })
}

static RESIDUE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT count(*) FILTER (WHERE x.id <= $2) AS left, count(*) FILTER (WHERE x.id > $2) AS arrived
         FROM (SELECT f.id, {pending} AS pending,
                      {LIVE} AND CASE WHEN f.id <= $2 THEN count(*) FILTER (WHERE {LIVE} AND f.id <= $2) OVER (PARTITION BY f.fingerprint)
                                      ELSE count(*) FILTER (WHERE {LIVE}) OVER (PARTITION BY f.fingerprint) END > 1 AS grouped
               FROM findings f WHERE f.tenant_id = $1) x
         WHERE x.pending OR x.grouped",
        pending = rules::pending(),
    )
});

/// Counts what is left of the pinned scope, and what arrived beside it.
pub fn residue(conn: &mut PgConnection, tenant_id: i64, max_id: i64) -> QueryResult<Residue> {
    diesel::sql_query(RESIDUE.as_str()).bind::<BigInt, _>(tenant_id).bind::<BigInt, _>(max_id).get_result(conn)
}
