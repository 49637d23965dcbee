//! Samples of the progress of running runs, by which their pace is told (WEB-04).

use diesel::prelude::*;

/// Seconds over which the pace of a run is measured.
pub(super) const WINDOW_SECONDS: u32 = 30;

/// Sums the rows of targets `x` that are done: open targets have been through them, ended ones processed them.
pub(super) const DONE_ROWS: &str =
    "coalesce(sum(CASE WHEN x.completed_at IS NULL THEN x.scanned ELSE x.updated + x.skipped END), 0)::bigint";

/// Takes a sample of every running run, unless another worker has taken one just before.
pub(in crate::runs) fn take(conn: &mut PgConnection) -> QueryResult<usize> {
    diesel::sql_query(format!(
        "INSERT INTO run_samples (run_id, at, rows)
         SELECT r.id, (SELECT db_now()), p.rows
         FROM operation_runs r CROSS JOIN LATERAL (SELECT {DONE_ROWS} AS rows FROM run_targets x WHERE x.run_id = r.id) p
         WHERE r.status = 'running' AND r.paused_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM run_samples s WHERE s.run_id = r.id AND s.at > (SELECT db_now()) - interval '1 second')
         ON CONFLICT DO NOTHING"
    ))
    .execute(conn)
}

/// Removes samples that are too old to tell the pace, and those of runs that nobody works on now.
pub(in crate::runs) fn prune(conn: &mut PgConnection) -> QueryResult<usize> {
    diesel::sql_query(format!(
        "DELETE FROM run_samples s USING operation_runs r
         WHERE r.id = s.run_id AND (r.status <> 'running' OR r.paused_at IS NOT NULL
               OR s.at NOT BETWEEN (SELECT db_now()) - interval '{WINDOW_SECONDS} seconds' AND (SELECT db_now()) + interval '5 seconds')"
    ))
    .execute(conn)
}
