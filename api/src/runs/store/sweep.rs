//! What was left behind by workers that died, and rows that are over.

use super::targets::lease_over;
use crate::db::clock::lately;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Jsonb, Nullable, Text, Uuid as SqlUuid};
use serde_json::Value;
use uuid::Uuid;

/// A target whose lease ran out, locked.
#[derive(Debug, QueryableByName)]
pub(in crate::runs) struct Expired {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = BigInt)]
    pub run_id: i64,
    #[diesel(sql_type = BigInt)]
    pub tenant_id: i64,
    #[diesel(sql_type = Integer)]
    pub failures: i32,
    #[diesel(sql_type = Bool)]
    pub cancel_requested: bool,
}

pub(in crate::runs) fn lock_expired(conn: &mut PgConnection) -> QueryResult<Option<Expired>> {
    diesel::sql_query(format!(
        "SELECT x.id, x.run_id, x.tenant_id, x.failures, r.cancel_requested_at IS NOT NULL AS cancel_requested
         FROM run_targets x JOIN operation_runs r ON r.id = x.run_id
         WHERE x.state = 'running' AND {}
         ORDER BY x.id LIMIT 1 FOR UPDATE OF x SKIP LOCKED",
        lease_over()
    ))
    .get_result(conn)
    .optional()
}

/// A run that nobody works on although somebody should (RUN-14).
#[derive(Debug, QueryableByName)]
pub(in crate::runs) struct StaleRow {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
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
}

pub(in crate::runs) fn list_stale(conn: &mut PgConnection) -> QueryResult<Vec<StaleRow>> {
    let active = super::runs::select_from("operation_runs r");
    diesel::sql_query(format!(
        "SELECT a.id, a.kind, a.status, a.workspace_id, a.tenant_id, a.context FROM ({active} WHERE r.status <> 'completed') a
         WHERE a.stale ORDER BY a.id"
    ))
    .load(conn)
}

#[derive(QueryableByName)]
struct RunId {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Active runs without any open target, and cancelled ones with targets that nobody holds.
pub(in crate::runs) fn list_unfinished(conn: &mut PgConnection) -> QueryResult<Vec<i64>> {
    let rows: Vec<RunId> = diesel::sql_query(
        "SELECT r.id FROM operation_runs r WHERE r.status <> 'completed' AND CASE WHEN r.cancel_requested_at IS NULL
             THEN NOT EXISTS (SELECT 1 FROM run_targets x WHERE x.run_id = r.id AND x.state IN ('queued', 'waiting', 'running'))
             ELSE NOT EXISTS (SELECT 1 FROM run_targets x WHERE x.run_id = r.id AND x.state = 'running') END",
    )
    .load(conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

pub(in crate::runs) fn heartbeat(conn: &mut PgConnection, id: Uuid, name: &str) -> QueryResult<()> {
    diesel::sql_query("INSERT INTO worker_nodes (id, name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET seen_at = db_now()")
        .bind::<SqlUuid, _>(id)
        .bind::<Text, _>(name)
        .execute(conn)
        .map(|_| ())
}

pub(in crate::runs) fn delete_node(conn: &mut PgConnection, id: Uuid) -> QueryResult<usize> {
    diesel::sql_query("DELETE FROM worker_nodes WHERE id = $1").bind::<SqlUuid, _>(id).execute(conn)
}

pub(in crate::runs) fn delete_silent_nodes(conn: &mut PgConnection) -> QueryResult<usize> {
    diesel::sql_query("DELETE FROM worker_nodes WHERE seen_at < (SELECT db_now()) - interval '1 hour'").execute(conn)
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Workers seen within the last seconds.
pub(in crate::runs) fn count_live_workers(conn: &mut PgConnection) -> QueryResult<i64> {
    diesel::sql_query(format!("SELECT count(*) AS count FROM worker_nodes WHERE {} @> seen_at", lately(6)))
        .get_result::<Count>(conn)
        .map(|row| row.count)
}
