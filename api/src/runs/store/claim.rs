//! Taking targets off the queue, which is `run_targets` itself.

use super::targets::{LEASE_SECONDS, due};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Double, Text, Timestamptz, Uuid as SqlUuid};
use time::OffsetDateTime;
use uuid::Uuid;

/// A run with targets to be had.
#[derive(Debug, QueryableByName)]
pub(in crate::runs) struct RunnableRun {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Text)]
    pub kind: String,
}

/// Runs with targets that may go now, those that fewest workers are at first, so that a small run does not wait for a large one.
///
/// Only of the operation types that this binary knows: a newer version's runs are left to its workers.
pub(in crate::runs) fn list_runnable(conn: &mut PgConnection, kinds: &[&str]) -> QueryResult<Vec<RunnableRun>> {
    diesel::sql_query(format!(
        "SELECT r.id, r.type AS kind FROM operation_runs r
         WHERE r.status <> 'completed' AND r.paused_at IS NULL AND r.cancel_requested_at IS NULL AND r.type = ANY($1)
           AND EXISTS (SELECT 1 FROM run_targets x WHERE x.run_id = r.id AND x.state IN ('queued', 'waiting')
                         AND {due})
         ORDER BY (SELECT count(*) FROM run_targets x WHERE x.run_id = r.id AND x.state = 'running'), r.id",
        due = due()
    ))
    .bind::<Array<Text>, _>(kinds)
    .load(conn)
}

/// A target that could be taken, locked.
#[derive(Debug, QueryableByName)]
pub(in crate::runs) struct Candidate {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = BigInt)]
    pub tenant_id: i64,
    #[diesel(sql_type = Bool)]
    pub tenant_busy: bool,
}

/// Whether another target of the tenant of `x` is being worked on.
const TENANT_BUSY: &str = "EXISTS (SELECT 1 FROM run_targets o WHERE o.tenant_id = x.tenant_id AND o.state = 'running')";

/// The next target of a run in this state that may go; what others hold is passed over, not waited for.
pub(in crate::runs) fn lock_claimable(conn: &mut PgConnection, run_id: i64, state: &str) -> QueryResult<Option<Candidate>> {
    diesel::sql_query(format!(
        "SELECT x.id, x.tenant_id, {TENANT_BUSY} AS tenant_busy FROM run_targets x
         WHERE x.run_id = $1 AND x.state = $2 AND {due}
         ORDER BY x.id LIMIT 1 FOR UPDATE OF x SKIP LOCKED",
        due = due()
    ))
    .bind::<BigInt, _>(run_id)
    .bind::<Text, _>(state)
    .get_result(conn)
    .optional()
}

/// A target that nobody has begun, locked.
#[derive(Debug, QueryableByName)]
pub(in crate::runs) struct Unbegun {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = BigInt)]
    pub tenant_id: i64,
    /// When it was locked.
    #[diesel(sql_type = Timestamptz)]
    pub now: OffsetDateTime,
}

/// Up to `limit` targets of a run that nobody has had yet, of tenants that may be worked on.
pub(in crate::runs) fn lock_unbegun(conn: &mut PgConnection, run_id: i64, limit: usize) -> QueryResult<Vec<Unbegun>> {
    diesel::sql_query(format!(
        "SELECT x.id, x.tenant_id, (SELECT db_now()) AS now FROM run_targets x
         WHERE x.run_id = $1 AND x.state = 'queued' AND {due} AND x.attempt = 0
           AND NOT {TENANT_BUSY} AND EXISTS (SELECT 1 FROM allowed_tenants t WHERE t.id = x.tenant_id)
         ORDER BY x.id LIMIT $2 FOR UPDATE OF x SKIP LOCKED",
        due = due()
    ))
    .bind::<BigInt, _>(run_id)
    .bind::<BigInt, _>(i64::try_from(limit).unwrap_or(i64::MAX))
    .load(conn)
}

/// Another run works on the tenant: look again in a second, or when that one is done.
pub(in crate::runs) fn set_waiting(conn: &mut PgConnection, id: i64) -> QueryResult<()> {
    diesel::sql_query("UPDATE run_targets SET state = 'waiting', available_at = db_now() + interval '1 second' WHERE id = $1")
        .bind::<BigInt, _>(id)
        .execute(conn)
        .map(|_| ())
}

/// Takes the lease. Fails on `run_targets_tenant_running_key` when another target of the tenant got there first.
pub(in crate::runs) fn claim(conn: &mut PgConnection, id: i64, token: Uuid, worker_id: Uuid) -> QueryResult<()> {
    diesel::sql_query(
        "UPDATE run_targets SET state = 'running', attempt = attempt + 1, lease_token = $2, worker_id = $3,
                lease_expires_at = db_now() + make_interval(secs => $4), started_at = coalesce(started_at, db_now())
         WHERE id = $1",
    )
    .bind::<BigInt, _>(id)
    .bind::<SqlUuid, _>(token)
    .bind::<SqlUuid, _>(worker_id)
    .bind::<Double, _>(LEASE_SECONDS)
    .execute(conn)
    .map(|_| ())
}
