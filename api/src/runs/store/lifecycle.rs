//! Status, outcome and flags of a run. Only [`crate::runs::lifecycle`] calls this.

use super::runs::FAILURES;
use crate::db;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz};
use serde_json::Value;
use time::OffsetDateTime;

/// Queued to running; false when it was not queued.
pub(in crate::runs) fn begin(conn: &mut PgConnection, run_id: i64, at: Option<OffsetDateTime>) -> QueryResult<bool> {
    diesel::sql_query(
        "UPDATE operation_runs SET status = 'running', started_at = coalesce($2, db_now()) WHERE id = $1 AND status = 'queued'",
    )
    .bind::<BigInt, _>(run_id)
    .bind::<Nullable<Timestamptz>, _>(at)
    .execute(conn)
    .map(|rows| rows > 0)
}

/// A run about to be completed, locked; none when it is completed already. The lock leaves keys alone: foreign-key checks of
/// several finishing targets hold them shared, and a stronger lock would deadlock with those.
#[derive(Debug, QueryableByName)]
pub(in crate::runs) struct Closing {
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Text)]
    pub status: String,
    #[diesel(sql_type = BigInt)]
    pub workspace_id: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub tenant_id: Option<i64>,
    #[diesel(sql_type = Jsonb)]
    pub context: Value,
    #[diesel(sql_type = Nullable<Text>)]
    pub initiator_ip: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub initiator_user_agent: Option<String>,
}

pub(in crate::runs) fn lock(conn: &mut PgConnection, run_id: i64) -> QueryResult<Option<Closing>> {
    diesel::sql_query(
        "SELECT type AS kind, status, workspace_id, tenant_id, context, initiator_ip, initiator_user_agent \
         FROM operation_runs WHERE id = $1 AND status <> 'completed' FOR NO KEY UPDATE",
    )
    .bind::<BigInt, _>(run_id)
    .get_result(conn)
    .optional()
}

#[derive(QueryableByName)]
struct Open {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    open: bool,
}

pub(in crate::runs) fn has_open_targets(conn: &mut PgConnection, run_id: i64) -> QueryResult<bool> {
    diesel::sql_query(
        "SELECT EXISTS (SELECT 1 FROM run_targets WHERE run_id = $1 AND state IN ('queued', 'waiting', 'running')) AS open",
    )
    .bind::<BigInt, _>(run_id)
    .get_result::<Open>(conn)
    .map(|row| row.open)
}

/// Sums over the targets of a run.
#[derive(Debug, QueryableByName)]
pub(in crate::runs) struct Sums {
    #[diesel(sql_type = BigInt)]
    pub succeeded: i64,
    #[diesel(sql_type = BigInt)]
    pub failed: i64,
    #[diesel(sql_type = BigInt)]
    pub cancelled: i64,
    #[diesel(sql_type = BigInt)]
    pub targets: i64,
    #[diesel(sql_type = BigInt)]
    pub total: i64,
    #[diesel(sql_type = BigInt)]
    pub updated: i64,
    #[diesel(sql_type = BigInt)]
    pub skipped: i64,
}

pub(in crate::runs) fn sum_targets(conn: &mut PgConnection, run_id: i64) -> QueryResult<Sums> {
    diesel::sql_query(
        "SELECT count(*) FILTER (WHERE state = 'succeeded') AS succeeded, count(*) FILTER (WHERE state = 'failed') AS failed,
                count(*) FILTER (WHERE state = 'cancelled') AS cancelled, count(*) AS targets, coalesce(sum(total), 0)::bigint AS total,
                coalesce(sum(updated), 0)::bigint AS updated, coalesce(sum(skipped), 0)::bigint AS skipped
         FROM run_targets WHERE run_id = $1",
    )
    .bind::<BigInt, _>(run_id)
    .get_result(conn)
}

pub(in crate::runs) fn complete(
    conn: &mut PgConnection,
    run_id: i64,
    outcome: &str,
    counts: &Value,
    cancelled_targets: i64,
) -> QueryResult<()> {
    db::wait_for_disk(conn)?;
    diesel::sql_query(format!(
        "UPDATE operation_runs r SET status = 'completed', outcome = $2, summary_counts = $3, failure_summary = ({FAILURES}),
                completed_at = db_now(), paused_at = NULL, held_reason = NULL, held_since = NULL, cancelled_targets = $4
         WHERE r.id = $1"
    ))
    .bind::<BigInt, _>(run_id)
    .bind::<Text, _>(outcome)
    .bind::<Jsonb, _>(counts)
    .bind::<BigInt, _>(cancelled_targets)
    .execute(conn)
    .map(|_| ())
}

pub(in crate::runs) fn set_paused(conn: &mut PgConnection, run_id: i64, paused: bool) -> QueryResult<()> {
    diesel::sql_query("UPDATE operation_runs SET paused_at = CASE WHEN $2 THEN db_now() END WHERE id = $1")
        .bind::<BigInt, _>(run_id)
        .bind::<diesel::sql_types::Bool, _>(paused)
        .execute(conn)
        .map(|_| ())
}

pub(in crate::runs) fn request_cancel(conn: &mut PgConnection, run_id: i64) -> QueryResult<()> {
    diesel::sql_query("UPDATE operation_runs SET cancel_requested_at = db_now(), paused_at = NULL WHERE id = $1")
        .bind::<BigInt, _>(run_id)
        .execute(conn)
        .map(|_| ())
}

pub(in crate::runs) fn set_acknowledged(
    conn: &mut PgConnection,
    run_id: i64,
    (operator_id, operator_name): (i64, &str),
    note: &str,
) -> QueryResult<()> {
    diesel::sql_query(
        "UPDATE operation_runs SET acknowledged_at = db_now(), acknowledged_by = $2, acknowledged_by_name = $3,
                acknowledgement_note = $4 WHERE id = $1",
    )
    .bind::<BigInt, _>(run_id)
    .bind::<BigInt, _>(operator_id)
    .bind::<Text, _>(operator_name)
    .bind::<Text, _>(note)
    .execute(conn)
    .map(|_| ())
}

/// Shows that the run is held back; the first reason stays until it is released.
pub(in crate::runs) fn set_held(conn: &mut PgConnection, run_id: i64, reason: &str) -> QueryResult<()> {
    diesel::sql_query(
        "UPDATE operation_runs SET held_reason = $2, held_since = db_now() WHERE id = $1 AND status <> 'completed' AND held_reason IS NULL",
    )
    .bind::<BigInt, _>(run_id)
    .bind::<Text, _>(reason)
    .execute(conn)
    .map(|_| ())
}

/// Shows that the run goes on, unless some target of it was held back and has not got on since.
pub(in crate::runs) fn release_held(conn: &mut PgConnection, run_id: i64) -> QueryResult<()> {
    diesel::sql_query(
        "UPDATE operation_runs SET held_reason = NULL, held_since = NULL WHERE id = $1 AND held_reason IS NOT NULL AND NOT EXISTS
             (SELECT 1 FROM run_targets x WHERE x.run_id = $1 AND x.state IN ('queued', 'waiting', 'running') AND x.held)",
    )
    .bind::<BigInt, _>(run_id)
    .execute(conn)
    .map(|_| ())
}

#[derive(QueryableByName)]
struct FirstFailure {
    #[diesel(sql_type = Nullable<Text>)]
    code: Option<String>,
}

/// Code of the most frequent kind of failure of a run that has ended.
pub(in crate::runs) fn find_first_failure(conn: &mut PgConnection, run_id: i64) -> QueryResult<Option<String>> {
    diesel::sql_query("SELECT failure_summary -> 0 ->> 'code' AS code FROM operation_runs WHERE id = $1")
        .bind::<BigInt, _>(run_id)
        .get_result::<FirstFailure>(conn)
        .map(|row| row.code)
}

/// Tells watchers and workers about a run. Once per start, resume and end, never per batch.
pub(in crate::runs) fn notify(conn: &mut PgConnection, run_id: i64) -> QueryResult<()> {
    diesel::sql_query("SELECT pg_notify($1, $2)")
        .bind::<Text, _>(crate::runs::CHANNEL)
        .bind::<Text, _>(run_id.to_string())
        .execute(conn)
        .map(|_| ())
}
