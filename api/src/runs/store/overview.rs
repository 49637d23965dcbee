//! What runs did in a span of time, and how those under way stand.

use super::runs::{REF_COLUMNS, RunRefRow, select_from};
use super::targets::due;
use crate::runs::overview::{Activity, Ended, FailuresOfCode};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Double, Nullable, Text, Timestamptz};
use time::OffsetDateTime;

/// The run did nothing of what it was started for: all targets failed, or a prerequisite is missing.
const FAILED: &str = "r.outcome IN ('failed', 'blocked')";
/// Some targets failed, and others were done.
const PARTIAL: &str = "r.outcome = 'partially_succeeded'";
/// Nobody has taken note of it (RUN-18).
const UNACKNOWLEDGED: &str = "r.acknowledged_at IS NULL";
/// How long the run took, for one that ended by itself.
const SECONDS: &str = "extract(epoch FROM r.completed_at - r.started_at)::double precision";

/// What was started and what has ended since a time.
pub(in crate::runs) fn find_ended(conn: &mut PgConnection, since: OffsetDateTime) -> QueryResult<Ended> {
    diesel::sql_query(format!(
        "SELECT (SELECT count(*) FROM operation_runs s WHERE s.created_at >= $1) AS started,
                count(*) FILTER (WHERE r.outcome = 'succeeded') AS succeeded,
                count(*) FILTER (WHERE {PARTIAL}) AS partially_succeeded,
                count(*) FILTER (WHERE {PARTIAL} AND {UNACKNOWLEDGED}) AS unacknowledged_partial_successes,
                count(*) FILTER (WHERE r.outcome = 'cancelled') AS cancelled,
                count(*) FILTER (WHERE {FAILED}) AS failed,
                count(*) FILTER (WHERE {FAILED} AND {UNACKNOWLEDGED}) AS unacknowledged_failures,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY {SECONDS}) FILTER (WHERE r.outcome <> 'cancelled') AS duration_p50_seconds,
                percentile_cont(0.95) WITHIN GROUP (ORDER BY {SECONDS}) FILTER (WHERE r.outcome <> 'cancelled') AS duration_p95_seconds
         FROM operation_runs r WHERE r.completed_at >= $1"
    ))
    .bind::<Timestamptz, _>(since)
    .get_result(conn)
}

/// How the runs stand that have not ended.
pub(in crate::runs) fn find_activity(conn: &mut PgConnection) -> QueryResult<Activity> {
    diesel::sql_query(format!(
        "SELECT count(*) AS active, count(*) FILTER (WHERE a.stale) AS stale,
                count(*) FILTER (WHERE a.held_reason IS NOT NULL AND a.paused_at IS NULL) AS held,
                greatest(0, (SELECT extract(epoch FROM (SELECT db_now()) - min(x.available_at))::double precision
                          FROM operation_runs q JOIN run_targets x ON x.run_id = q.id
                          WHERE q.status = 'queued' AND q.paused_at IS NULL AND x.state IN ('queued', 'waiting')
                            AND {due})) AS queue_age_seconds
         FROM ({} WHERE r.status <> 'completed') a",
        select_from("operation_runs r"),
        due = due()
    ))
    .get_result(conn)
}

/// Failed targets of the runs that ended within the last hour, by code.
pub(in crate::runs) fn count_recent_failures(conn: &mut PgConnection) -> QueryResult<Vec<FailuresOfCode>> {
    diesel::sql_query(
        "SELECT f ->> 'code' AS code, sum((f ->> 'count')::bigint)::bigint AS count
         FROM operation_runs r CROSS JOIN jsonb_array_elements(r.failure_summary) f
         WHERE r.completed_at >= (SELECT db_now()) - interval '1 hour' GROUP BY 1 ORDER BY 1",
    )
    .load(conn)
}

/// Failures of one type of run in one tenant.
#[derive(Debug, QueryableByName)]
pub(in crate::runs) struct OffenderRow {
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub tenant_id: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    pub tenant_name: Option<String>,
    #[diesel(sql_type = BigInt)]
    pub failures: i64,
}

/// Where most targets failed in runs that have ended since a time. A failed run without failed targets is a failure of its own.
pub(in crate::runs) fn list_offenders(
    conn: &mut PgConnection,
    since: OffsetDateTime,
    limit: i64,
) -> QueryResult<Vec<OffenderRow>> {
    diesel::sql_query(format!(
        "SELECT o.kind, o.tenant_id, t.name AS tenant_name, o.failures
         FROM (SELECT r.type AS kind, coalesce(x.tenant_id, r.tenant_id) AS tenant_id, count(*) AS failures
               FROM operation_runs r LEFT JOIN run_targets x ON x.run_id = r.id AND x.state = 'failed'
               WHERE r.completed_at >= $1 AND r.outcome <> 'succeeded' AND (x.id IS NOT NULL OR {FAILED})
               GROUP BY 1, 2 ORDER BY failures DESC, kind, tenant_id NULLS FIRST LIMIT $2) o
              LEFT JOIN tenants t ON t.id = o.tenant_id
         ORDER BY o.failures DESC, o.kind, o.tenant_id NULLS FIRST"
    ))
    .bind::<Timestamptz, _>(since)
    .bind::<BigInt, _>(limit)
    .load(conn)
}

/// A run with failures, and the most frequent kind of them.
#[derive(Debug, QueryableByName)]
pub(in crate::runs) struct FailureRow {
    #[diesel(embed)]
    pub run: RunRefRow,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub tenant_id: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    pub tenant_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub code: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub message: Option<String>,
    #[diesel(sql_type = Bool)]
    pub acknowledged: bool,
}

/// The runs that have ended with failures since a time, the last one first.
pub(in crate::runs) fn list_failures(conn: &mut PgConnection, since: OffsetDateTime, limit: i64) -> QueryResult<Vec<FailureRow>> {
    diesel::sql_query(format!(
        "SELECT {REF_COLUMNS}, r.type AS kind, r.tenant_id, t.name AS tenant_name,
                r.failure_summary -> 0 ->> 'code' AS code, r.failure_summary -> 0 ->> 'message' AS message,
                r.acknowledged_at IS NOT NULL AS acknowledged
         FROM operation_runs r LEFT JOIN tenants t ON t.id = r.tenant_id
         WHERE r.completed_at >= $1 AND ({FAILED} OR {PARTIAL})
         ORDER BY r.completed_at DESC, r.id DESC LIMIT $2"
    ))
    .bind::<Timestamptz, _>(since)
    .bind::<BigInt, _>(limit)
    .load(conn)
}

/// Duration and pace of the last runs of a type.
#[derive(Debug, QueryableByName)]
pub(in crate::runs) struct UsualRow {
    #[diesel(sql_type = BigInt)]
    pub runs: i64,
    #[diesel(sql_type = Nullable<Double>)]
    pub rows_per_second: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    pub all_tenants_seconds: Option<f64>,
}

/// Looks at the last five runs of a type that processed rows and ended by themselves, among its last hundred.
pub(in crate::runs) fn find_usual(conn: &mut PgConnection, kind: &str) -> QueryResult<UsualRow> {
    diesel::sql_query(format!(
        "SELECT count(*) AS runs, (sum(l.rows) / nullif(sum(l.seconds), 0))::double precision AS rows_per_second,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY l.seconds) FILTER (WHERE l.is_of_all) AS all_tenants_seconds
         FROM (SELECT h.rows, h.seconds, h.is_of_all
               FROM (SELECT r.id, r.outcome, (r.summary_counts ->> 'processed')::bigint AS rows, {SECONDS} AS seconds,
                            r.tenant_id IS NULL AS is_of_all
                     FROM operation_runs r WHERE r.type = $1 AND r.status = 'completed' ORDER BY -r.id LIMIT 100) h
               WHERE h.outcome IN ('succeeded', 'partially_succeeded') AND h.rows > 0 AND h.seconds > 0
               ORDER BY h.id DESC LIMIT 5) l"
    ))
    .bind::<Text, _>(kind)
    .get_result(conn)
}
