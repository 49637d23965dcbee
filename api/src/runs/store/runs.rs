//! Reading runs.

use super::samples::DONE_ROWS;
use super::targets::lease_over;
use crate::db::clock::lately;
use crate::db::prepared;
use crate::db::schema::operation_runs;
use crate::error::{Error, Result};
use crate::runs::actions::RunFlags;
use crate::runs::state::{Outcome, Status};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Double, Jsonb, Nullable, Text, Timestamptz};
use serde_json::Value;
use std::sync::LazyLock;
use time::OffsetDateTime;

/// A run with the sum over its targets while it is active.
#[derive(Debug, QueryableByName)]
pub(in crate::runs) struct RunRow {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Text)]
    pub status: String,
    #[diesel(sql_type = Text)]
    pub outcome: String,
    #[diesel(sql_type = BigInt)]
    pub workspace_id: i64,
    #[diesel(sql_type = Text)]
    pub workspace_name: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub tenant_id: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    pub tenant_name: Option<String>,
    #[diesel(sql_type = Text)]
    pub initiator_type: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub initiator_id: Option<i64>,
    #[diesel(sql_type = Text)]
    pub initiator_name: String,
    #[diesel(sql_type = Jsonb)]
    pub summary_counts: Value,
    #[diesel(sql_type = Jsonb)]
    pub failure_summary: Value,
    #[diesel(sql_type = Jsonb)]
    pub context: Value,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub paused_at: Option<OffsetDateTime>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub cancel_requested_at: Option<OffsetDateTime>,
    #[diesel(sql_type = Nullable<Text>)]
    pub held_reason: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub held_since: Option<OffsetDateTime>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: OffsetDateTime,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub started_at: Option<OffsetDateTime>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub completed_at: Option<OffsetDateTime>,
    #[diesel(sql_type = BigInt)]
    pub targets: i64,
    #[diesel(sql_type = BigInt)]
    pub done: i64,
    #[diesel(sql_type = BigInt)]
    pub failed: i64,
    #[diesel(sql_type = BigInt)]
    pub cancelled: i64,
    #[diesel(sql_type = BigInt)]
    pub total: i64,
    /// Rows that open targets have been through, and those that ended ones processed.
    #[diesel(sql_type = BigInt)]
    pub done_rows: i64,
    /// Rows of open targets that have counted theirs, without those that they have been through.
    #[diesel(sql_type = BigInt)]
    pub left_rows: i64,
    /// Targets that have not counted their rows.
    #[diesel(sql_type = BigInt)]
    pub uncounted: i64,
    /// Open ones among them.
    #[diesel(sql_type = BigInt)]
    pub uncounted_open: i64,
    #[diesel(sql_type = BigInt)]
    pub updated: i64,
    #[diesel(sql_type = BigInt)]
    pub skipped: i64,
    /// From start to end, or until now.
    #[diesel(sql_type = Double)]
    pub seconds: f64,
    /// Median of the rows per second between two samples of the last half minute; none before there are three.
    #[diesel(sql_type = Nullable<Double>)]
    pub pace: Option<f64>,
    #[diesel(sql_type = Bool)]
    pub stale: bool,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub acknowledged_at: Option<OffsetDateTime>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub acknowledged_by: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    pub acknowledged_by_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub acknowledgement_note: Option<String>,
}

/// Kinds of failure of a run's targets, at most 20; what is beyond is counted as one.
pub(super) const FAILURES: &str = "\
    SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('code', k.code, 'message', k.message, 'tenant_id', k.tenant_id, 'count', k.count))
                              ORDER BY k.rank), '[]')
    FROM (SELECT least(g.rank, 20) AS rank,
                 CASE WHEN g.rank < 20 THEN min(g.code) ELSE 'further_failures' END AS code,
                 CASE WHEN g.rank < 20 THEN min(g.message) ELSE 'Further failures; see the targets.' END AS message,
                 CASE WHEN sum(g.count) = 1 THEN min(g.tenant_id) END AS tenant_id, sum(g.count) AS count
          FROM (SELECT x.failure_code AS code, x.failure_message AS message, count(*) AS count, min(x.tenant_id) AS tenant_id,
                       least(row_number() OVER (ORDER BY count(*) DESC, x.failure_code), 20) AS rank
                FROM run_targets x WHERE x.run_id = r.id AND x.state = 'failed'
                GROUP BY x.failure_code, x.failure_message) g
          GROUP BY g.rank) k";

fn columns() -> String {
    format!(
        "r.id, r.type AS kind, r.status, r.outcome, r.workspace_id, w.name AS workspace_name, r.tenant_id, t.name AS tenant_name,
                r.initiator_type, coalesce(r.platform_user_id, r.user_id) AS initiator_id, r.initiator_name, r.summary_counts,
                CASE WHEN r.status = 'completed' THEN r.failure_summary WHEN p.failed = 0 THEN '[]' ELSE ({FAILURES}) END AS failure_summary,
                r.context, r.paused_at, r.cancel_requested_at, r.held_reason, r.held_since, r.created_at, r.started_at, r.completed_at,
                p.targets, p.done, p.failed, CASE WHEN r.status = 'completed' THEN r.cancelled_targets ELSE p.cancelled END AS cancelled,
                p.total, p.done_rows, p.left_rows, p.uncounted, p.uncounted_open, p.updated, p.skipped, s.pace,
                greatest(0, extract(epoch FROM coalesce(r.completed_at, db_now()) - r.started_at))::double precision AS seconds,
                r.status <> 'completed' AND r.paused_at IS NULL AND coalesce(p.stale, false) AS stale,
                r.acknowledged_at, r.acknowledged_by, r.acknowledged_by_name, r.acknowledgement_note"
    )
}

/// What belongs to a run `r`.
fn joined() -> String {
    format!(
        "\
         JOIN workspaces w ON w.id = r.workspace_id
         LEFT JOIN tenants t ON t.id = r.tenant_id
         CROSS JOIN LATERAL (
             SELECT count(*) AS targets, count(*) FILTER (WHERE x.completed_at IS NOT NULL) AS done,
                    count(*) FILTER (WHERE x.state = 'failed') AS failed, count(*) FILTER (WHERE x.state = 'cancelled') AS cancelled,
                    coalesce(sum(x.total), 0)::bigint AS total, {DONE_ROWS} AS done_rows,
                    coalesce(sum(greatest(0, x.total - x.scanned)) FILTER (WHERE x.completed_at IS NULL), 0)::bigint AS left_rows,
                    count(*) FILTER (WHERE x.scope_max_id IS NULL) AS uncounted,
                    count(*) FILTER (WHERE x.scope_max_id IS NULL AND x.completed_at IS NULL) AS uncounted_open,
                    coalesce(sum(x.updated), 0)::bigint AS updated, coalesce(sum(x.skipped), 0)::bigint AS skipped,
                    bool_or(x.state = 'running' AND {lease_over})
                    OR (NOT bool_or(x.state = 'running' OR coalesce({lately} @> x.completed_at, false))
                        AND bool_or(x.state IN ('queued', 'waiting') AND x.available_at < db_now() - interval '5 minutes')) AS stale
             FROM run_targets x WHERE x.run_id = r.id AND r.status <> 'completed') p
         CROSS JOIN LATERAL (
             SELECT CASE WHEN count(i.rate) > 1 THEN percentile_disc(0.5) WITHIN GROUP (ORDER BY i.rate) END AS pace
             FROM (SELECT greatest(0, y.rows - lag(y.rows) OVER taken)
                          / extract(epoch FROM y.at - lag(y.at) OVER taken)::double precision AS rate
                   FROM run_samples y WHERE y.run_id = r.id AND r.status = 'running' AND {window} @> y.at
                   WINDOW taken AS (ORDER BY y.at)) i) s",
        lease_over = lease_over(),
        lately = lately(60),
        window = lately(super::samples::WINDOW_SECONDS)
    )
}

/// The columns of [`RunRow`] of the runs `r` that `source` gives.
pub(super) fn select_from(source: &str) -> String {
    format!("SELECT {} FROM {source} {}", columns(), joined())
}

/// A run with everything that its watchers see.
#[derive(Debug, QueryableByName)]
pub(in crate::runs) struct WatchedRow {
    #[diesel(embed)]
    pub run: RunRow,
    #[diesel(sql_type = Jsonb)]
    pub states: Value,
    #[diesel(sql_type = Jsonb)]
    pub running: Value,
}

/// The run, how many of its targets stand where, and up to `running` of those that workers hold, in one statement (RUN-10).
pub(in crate::runs) fn find_watched(conn: &mut PgConnection, id: i64, running: i64) -> QueryResult<Option<WatchedRow>> {
    prepared(diesel::sql_query(WATCHED.as_str()).bind::<BigInt, _>(id).bind::<BigInt, _>(running)).get_result(conn).optional()
}

static WATCHED: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {columns},
                (SELECT coalesce(jsonb_object_agg(s.state, s.count), '{{}}')
                 FROM (SELECT x.state, count(*) AS count FROM run_targets x WHERE x.run_id = r.id GROUP BY x.state) s) AS states,
                (SELECT coalesce(jsonb_agg(to_jsonb(y) ORDER BY y.id), '[]')
                 FROM ({targets} WHERE x.run_id = r.id AND x.state = 'running' ORDER BY x.id LIMIT $2) y) AS running
         FROM operation_runs r {joined} WHERE r.id = $1",
        columns = columns(),
        joined = joined(),
        targets = super::targets::TARGET_SELECT,
    )
});

pub(in crate::runs) fn find(conn: &mut PgConnection, id: i64) -> QueryResult<Option<RunRow>> {
    diesel::sql_query(format!("{} WHERE r.id = $1", select_from("operation_runs r")))
        .bind::<BigInt, _>(id)
        .get_result(conn)
        .optional()
}

/// The operation type of a run.
pub(in crate::runs) fn find_kind(conn: &mut PgConnection, id: i64) -> QueryResult<Option<String>> {
    operation_runs::table.find(id).select(operation_runs::type_).first(conn).optional()
}

/// A run in short.
#[derive(Debug, QueryableByName)]
pub(in crate::runs) struct RunRefRow {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Text)]
    pub status: String,
    #[diesel(sql_type = Text)]
    pub outcome: String,
    #[diesel(sql_type = BigInt)]
    pub updated: i64,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: OffsetDateTime,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub completed_at: Option<OffsetDateTime>,
}

/// The columns of [`RunRefRow`] of a run `r`.
pub(super) const REF_COLUMNS: &str = "r.id, r.status, r.outcome, r.created_at, r.completed_at,
        CASE WHEN r.status = 'completed' THEN coalesce((r.summary_counts ->> 'updated')::bigint, 0)
             ELSE (SELECT coalesce(sum(x.updated), 0)::bigint FROM run_targets x WHERE x.run_id = r.id) END AS updated";

/// The newest active run of a type, the one over all tenants before others.
pub(in crate::runs) fn find_active_of_type(conn: &mut PgConnection, kind: &str) -> QueryResult<Option<RunRefRow>> {
    diesel::sql_query(format!(
        "SELECT {REF_COLUMNS} FROM operation_runs r WHERE r.type = $1 AND r.status <> 'completed'
         ORDER BY r.tenant_id IS NOT NULL, r.id DESC LIMIT 1"
    ))
    .bind::<Text, _>(kind)
    .get_result(conn)
    .optional()
}

/// The run of a type that was dispatched last and has ended.
pub(in crate::runs) fn find_last_of_type(conn: &mut PgConnection, kind: &str) -> QueryResult<Option<RunRefRow>> {
    diesel::sql_query(format!(
        "SELECT {REF_COLUMNS} FROM operation_runs r WHERE r.type = $1 AND r.status = 'completed' ORDER BY -r.id LIMIT 1"
    ))
    .bind::<Text, _>(kind)
    .get_result(conn)
    .optional()
}

/// What of a run decides about actions, locked.
#[derive(Debug, QueryableByName)]
pub(in crate::runs) struct RunForAction {
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Text)]
    outcome: String,
    #[diesel(sql_type = BigInt)]
    pub workspace_id: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub tenant_id: Option<i64>,
    #[diesel(sql_type = Bool)]
    paused: bool,
    #[diesel(sql_type = Bool)]
    cancel_requested: bool,
    #[diesel(sql_type = Bool)]
    has_failed: bool,
    #[diesel(sql_type = Bool)]
    acknowledged: bool,
}

impl RunForAction {
    pub fn flags(&self) -> Result<RunFlags> {
        let unknown = || Error::internal("unknown status or outcome");
        Ok(RunFlags {
            status: Status::parse(&self.status).ok_or_else(unknown)?,
            outcome: Outcome::parse(&self.outcome).ok_or_else(unknown)?,
            paused: self.paused,
            cancel_requested: self.cancel_requested,
            has_failed: self.has_failed,
            acknowledged: self.acknowledged,
        })
    }
}

pub(in crate::runs) fn lock_for_action(conn: &mut PgConnection, id: i64) -> QueryResult<Option<RunForAction>> {
    diesel::sql_query(
        "SELECT r.type AS kind, r.status, r.outcome, r.workspace_id, r.tenant_id, r.paused_at IS NOT NULL AS paused,
                r.cancel_requested_at IS NOT NULL AS cancel_requested, r.acknowledged_at IS NOT NULL AS acknowledged,
                EXISTS (SELECT 1 FROM run_targets x WHERE x.run_id = r.id AND x.state = 'failed') AS has_failed
         FROM operation_runs r WHERE r.id = $1 FOR NO KEY UPDATE",
    )
    .bind::<BigInt, _>(id)
    .get_result(conn)
    .optional()
}
