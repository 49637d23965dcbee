//! Claiming, fencing, moving and finishing targets.

use crate::db::SessionLimits;
use crate::db::clock::ahead;
use crate::db::page::PageRequest;
use crate::runs::failure::Failure;
use crate::runs::state::TargetState;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Bytea, Double, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use time::OffsetDateTime;
use uuid::Uuid;

/// Seconds for which a claim holds without being renewed.
const LEASE: u32 = 30;
pub(in crate::runs) const LEASE_SECONDS: f64 = LEASE as f64;
/// Seconds for which a target waits at most before it may be claimed again.
pub(in crate::runs) const LONGEST_WAIT: u32 = 60;

/// Gives the condition that the lease of a target `x` has run out.
pub(in crate::runs) fn lease_over() -> String {
    format!("NOT {} @> x.lease_expires_at", ahead(LEASE))
}

/// Gives the condition that a target `x` waits for nothing but a worker.
pub(in crate::runs) fn due() -> String {
    format!("NOT {} @> x.available_at", ahead(LONGEST_WAIT))
}

/// A leased target, locked.
#[derive(Debug, Clone, QueryableByName)]
pub(in crate::runs) struct Leased {
    #[diesel(sql_type = Text)]
    pub phase: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub scope_max_id: Option<i64>,
    #[diesel(sql_type = Integer)]
    pub pass: i32,
    #[diesel(sql_type = Nullable<Bytea>)]
    pub cursor: Option<Vec<u8>>,
    #[diesel(sql_type = BigInt)]
    pub total: i64,
    #[diesel(sql_type = BigInt)]
    pub scanned: i64,
    #[diesel(sql_type = BigInt)]
    pub updated: i64,
    #[diesel(sql_type = BigInt)]
    pub arrived: i64,
    #[diesel(sql_type = Integer)]
    pub failures: i32,
    /// When it was claimed first.
    #[diesel(sql_type = Timestamptz)]
    pub started_at: OffsetDateTime,
}

/// The fence: locks the target if the token still holds. Nothing: somebody else has it, and nothing may be written.
pub(in crate::runs) fn lock_leased(conn: &mut PgConnection, id: i64, token: Uuid) -> QueryResult<Option<Leased>> {
    diesel::sql_query(
        "SELECT phase, scope_max_id, pass, cursor, total, scanned, updated, arrived, failures, coalesce(started_at, db_now()) AS started_at
         FROM run_targets WHERE id = $1 AND lease_token = $2 AND state = 'running' FOR UPDATE",
    )
    .bind::<BigInt, _>(id)
    .bind::<SqlUuid, _>(token)
    .get_result(conn)
    .optional()
}

/// Flags of the target's run.
#[derive(Debug, QueryableByName)]
pub(in crate::runs) struct RunState {
    #[diesel(sql_type = Bool)]
    pub paused: bool,
    #[diesel(sql_type = Bool)]
    pub cancel_requested: bool,
    #[diesel(sql_type = Bool)]
    pub held: bool,
    #[diesel(sql_type = Bool)]
    pub tenant_allowed: bool,
}

pub(in crate::runs) fn find_run_state(conn: &mut PgConnection, run_id: i64, tenant_id: i64) -> QueryResult<RunState> {
    diesel::sql_query(
        "SELECT paused_at IS NOT NULL AS paused, cancel_requested_at IS NOT NULL AS cancel_requested, held_reason IS NOT NULL AS held,
                EXISTS (SELECT 1 FROM allowed_tenants t WHERE t.id = $2) AS tenant_allowed
         FROM operation_runs WHERE id = $1",
    )
    .bind::<BigInt, _>(run_id)
    .bind::<BigInt, _>(tenant_id)
    .get_result(conn)
}

/// Writes where the target stands and renews the lease; that it got on forgives failed attempts. One that `has_progressed` is held
/// back no longer.
pub(in crate::runs) fn advance(conn: &mut PgConnection, id: i64, target: &Leased, has_progressed: bool) -> QueryResult<()> {
    diesel::sql_query(
        "UPDATE run_targets SET phase = $2, scope_max_id = $3, pass = $4, cursor = $5, total = $6, scanned = $7, updated = $8, arrived = $9,
                failures = 0, lease_expires_at = db_now() + make_interval(secs => $10), held = held AND NOT $11
         WHERE id = $1",
    )
    .bind::<BigInt, _>(id)
    .bind::<Text, _>(&target.phase)
    .bind::<Nullable<BigInt>, _>(target.scope_max_id)
    .bind::<Integer, _>(target.pass)
    .bind::<Nullable<Bytea>, _>(target.cursor.as_deref())
    .bind::<BigInt, _>(target.total)
    .bind::<BigInt, _>(target.scanned)
    .bind::<BigInt, _>(target.updated)
    .bind::<BigInt, _>(target.arrived)
    .bind::<Double, _>(LEASE_SECONDS)
    .bind::<Bool, _>(has_progressed)
    .execute(conn)
    .map(|_| ())
}

/// Notes that the target was held back.
pub(in crate::runs) fn set_held(conn: &mut PgConnection, id: i64) -> QueryResult<()> {
    diesel::sql_query("UPDATE run_targets SET held = true WHERE id = $1").bind::<BigInt, _>(id).execute(conn).map(|_| ())
}

/// Renews the lease of a target that the caller has locked.
pub(in crate::runs) fn renew(conn: &mut PgConnection, id: i64) -> QueryResult<()> {
    diesel::sql_query("UPDATE run_targets SET lease_expires_at = db_now() + make_interval(secs => $2) WHERE id = $1")
        .bind::<BigInt, _>(id)
        .bind::<Double, _>(LEASE_SECONDS)
        .execute(conn)
        .map(|_| ())
}

/// Statements over all findings of a tenant do not shrink with the batch, so they may take most of the lease.
pub(in crate::runs) fn allow_whole_tenant(conn: &mut PgConnection) -> QueryResult<()> {
    conn.batch_execute("SET LOCAL statement_timeout = '25s'")
}

/// From here on statements follow the size of the batch again.
pub(in crate::runs) fn allow_batch(conn: &mut PgConnection) -> QueryResult<()> {
    conn.batch_execute(&format!("SET LOCAL statement_timeout = {}", SessionLimits::WORKER.statement_ms))
}

/// Ends a target, with the figures of its last step if there were any. A success counts the rows that needed nothing as
/// skipped, a failure or cancel leaves them out (RUN-06).
pub(in crate::runs) fn finish(
    conn: &mut PgConnection,
    id: i64,
    state: TargetState,
    failure: Option<Failure>,
    figures: Option<&Leased>,
) -> QueryResult<()> {
    diesel::sql_query(
        "UPDATE run_targets x SET state = $2, failure_code = $3, failure_message = $4, lease_token = NULL, lease_expires_at = NULL,
                completed_at = db_now(), total = f.total, scanned = f.scanned, updated = f.updated, arrived = f.arrived,
                skipped = CASE WHEN $2 = 'succeeded' THEN f.total - f.updated ELSE 0 END
         FROM (SELECT id, coalesce($5, total) AS total, coalesce($6, scanned) AS scanned,
                      least(coalesce($7, updated), coalesce($5, total)) AS updated, coalesce($8, arrived) AS arrived
               FROM run_targets WHERE id = $1) f
         WHERE x.id = f.id",
    )
    .bind::<BigInt, _>(id)
    .bind::<Text, _>(state.as_str())
    .bind::<Nullable<Text>, _>(failure.map(|failure| failure.code))
    .bind::<Nullable<Text>, _>(failure.map(|failure| failure.message))
    .bind::<Nullable<BigInt>, _>(figures.map(|figures| figures.total))
    .bind::<Nullable<BigInt>, _>(figures.map(|figures| figures.scanned))
    .bind::<Nullable<BigInt>, _>(figures.map(|figures| figures.updated))
    .bind::<Nullable<BigInt>, _>(figures.map(|figures| figures.arrived))
    .execute(conn)
    .map(|_| ())
}

/// Gives the target back after `delay_seconds`, with its cursor.
pub(in crate::runs) fn release(conn: &mut PgConnection, id: i64, failures: i32, delay_seconds: f64) -> QueryResult<()> {
    diesel::sql_query(
        "UPDATE run_targets SET state = 'queued', lease_token = NULL, lease_expires_at = NULL, failures = $2,
                available_at = db_now() + make_interval(secs => $3)
         WHERE id = $1",
    )
    .bind::<BigInt, _>(id)
    .bind::<Integer, _>(failures)
    .bind::<Double, _>(delay_seconds)
    .execute(conn)
    .map(|_| ())
}

/// Targets of other runs that waited for the tenants may go now.
pub(in crate::runs) fn wake_waiting(conn: &mut PgConnection, tenant_ids: &[i64]) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE run_targets SET available_at = db_now() WHERE id IN \
         (SELECT id FROM run_targets WHERE tenant_id = ANY($1) AND state = 'waiting' ORDER BY id FOR UPDATE SKIP LOCKED)",
    )
    .bind::<Array<BigInt>, _>(tenant_ids)
    .execute(conn)
}

/// A target that succeeded in the transaction that took it.
#[derive(Debug, Clone, Copy)]
pub(in crate::runs) struct SmallTarget {
    pub id: i64,
    pub max_id: i64,
    pub total: i64,
    pub updated: i64,
    pub arrived: i64,
}

/// Ends targets that the caller has locked while they were queued, at `since`.
pub(in crate::runs) fn succeed_all(
    conn: &mut PgConnection,
    targets: &[SmallTarget],
    worker_id: Uuid,
    since: Option<OffsetDateTime>,
) -> QueryResult<()> {
    let column = |value: fn(&SmallTarget) -> i64| targets.iter().map(value).collect::<Vec<i64>>();
    diesel::sql_query(
        "UPDATE run_targets x SET state = 'succeeded', attempt = x.attempt + 1, worker_id = $7, phase = 'verify', pass = 1, scope_max_id = d.max_id,
                total = d.total, scanned = d.total, updated = d.updated, skipped = d.total - d.updated, arrived = d.arrived,
                started_at = coalesce(x.started_at, $6, db_now()), completed_at = db_now()
         FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) d(id, max_id, total, updated, arrived)
         WHERE x.id = d.id",
    )
    .bind::<Array<BigInt>, _>(column(|target| target.id))
    .bind::<Array<BigInt>, _>(column(|target| target.max_id))
    .bind::<Array<BigInt>, _>(column(|target| target.total))
    .bind::<Array<BigInt>, _>(column(|target| target.updated))
    .bind::<Array<BigInt>, _>(column(|target| target.arrived))
    .bind::<Nullable<Timestamptz>, _>(since)
    .bind::<SqlUuid, _>(worker_id)
    .execute(conn)
    .map(|_| ())
}

/// Counts the wait of a run's targets from now on, so that a run that was paused for long is not stale (RUN-14). What backs
/// off goes on to.
pub(in crate::runs) fn queue_anew(conn: &mut PgConnection, run_id: i64) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE run_targets SET available_at = db_now() WHERE id IN
         (SELECT id FROM run_targets WHERE run_id = $1 AND state IN ('queued', 'waiting') AND available_at < (SELECT db_now())
          ORDER BY id FOR UPDATE SKIP LOCKED)",
    )
    .bind::<BigInt, _>(run_id)
    .execute(conn)
}

/// Marks all targets that nobody works on as left undone. One that is being claimed or given back in this instant is passed
/// over, not waited for: its worker sees the cancel, or the sweep does.
pub(in crate::runs) fn cancel_idle(conn: &mut PgConnection, run_id: i64) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE run_targets SET state = 'cancelled', completed_at = db_now() WHERE id IN
         (SELECT id FROM run_targets WHERE run_id = $1 AND state IN ('queued', 'waiting') ORDER BY id FOR UPDATE SKIP LOCKED)",
    )
    .bind::<BigInt, _>(run_id)
    .execute(conn)
}

/// A target in a list.
#[derive(Debug, QueryableByName, serde::Deserialize)]
pub(in crate::runs) struct TargetRow {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = BigInt)]
    pub tenant_id: i64,
    #[diesel(sql_type = Text)]
    pub tenant_name: String,
    #[diesel(sql_type = Text)]
    pub state: String,
    #[diesel(sql_type = Integer)]
    pub attempt: i32,
    #[diesel(sql_type = BigInt)]
    pub total: i64,
    #[diesel(sql_type = BigInt)]
    pub scanned: i64,
    #[diesel(sql_type = BigInt)]
    pub updated: i64,
    #[diesel(sql_type = BigInt)]
    pub skipped: i64,
    #[diesel(sql_type = BigInt)]
    pub arrived: i64,
    #[diesel(sql_type = Nullable<Text>)]
    pub failure_code: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub failure_message: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    #[serde(with = "time::serde::rfc3339::option")]
    pub started_at: Option<OffsetDateTime>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    #[serde(with = "time::serde::rfc3339::option")]
    pub completed_at: Option<OffsetDateTime>,
}

pub(super) const TARGET_SELECT: &str =
    "SELECT x.id, x.tenant_id, t.name AS tenant_name, x.state, x.attempt, x.total, x.scanned, x.updated, x.skipped, x.arrived,
        x.failure_code, x.failure_message, x.started_at, x.completed_at
 FROM run_targets x JOIN tenants t ON t.id = x.tenant_id ";

pub(in crate::runs) fn list(
    conn: &mut PgConnection,
    run_id: i64,
    state: Option<TargetState>,
    page: PageRequest,
) -> QueryResult<Vec<TargetRow>> {
    diesel::sql_query(format!(
        "{TARGET_SELECT} WHERE x.run_id = $1 AND x.id > $2 AND ($3 IS NULL OR x.state = $3) ORDER BY x.id LIMIT $4"
    ))
    .bind::<BigInt, _>(run_id)
    .bind::<BigInt, _>(page.after.unwrap_or(0))
    .bind::<Nullable<Text>, _>(state.map(TargetState::as_str))
    .bind::<BigInt, _>(page.limit.saturating_add(1))
    .load(conn)
}
