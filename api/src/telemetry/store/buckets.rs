//! Buckets: folding events into them, taking removed events out of them, and comparing them with what they stand for. Whoever
//! calls holds the lock of the buckets.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Timestamptz};
use time::OffsetDateTime;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// What a rebuild found.
#[derive(QueryableByName)]
pub struct Compared {
    #[diesel(sql_type = BigInt)]
    pub events: i64,
    #[diesel(sql_type = BigInt)]
    pub buckets: i64,
    #[diesel(sql_type = BigInt)]
    pub differed: i64,
}

/// Figures by hour, workspace and name, of a relation `folded` in front, added up to what the two tables of buckets hold.
const BUCKETS: &str = "
    counts AS (SELECT hour, event_name, sum(count)::bigint AS count FROM folded GROUP BY 1, 2),
    activity AS (
        SELECT 'hour' AS width, hour AS start_at, workspace_id, sum(count)::bigint AS count FROM folded GROUP BY 2, 3
        UNION ALL
        SELECT 'day', date_trunc('day', hour, 'UTC'), workspace_id, sum(count)::bigint FROM folded GROUP BY 2, 3)";

/// Moves up to so many events into their buckets; how many.
pub fn fold(conn: &mut PgConnection, most: i64) -> QueryResult<i64> {
    let sql = format!(
        "WITH taken AS (
             DELETE FROM product_usage_unfolded
             WHERE event_id = ANY (ARRAY(SELECT event_id FROM product_usage_unfolded ORDER BY event_id LIMIT $1))
             RETURNING occurred_at, workspace_id, event_name),
         folded AS MATERIALIZED (
             SELECT date_trunc('hour', occurred_at, 'UTC') AS hour, workspace_id, event_name, count(*) AS count FROM taken GROUP BY 1, 2, 3),
         {BUCKETS},
         counted AS (
             INSERT INTO product_usage_counts AS c (hour, event_name, count) SELECT hour, event_name, count FROM counts
             ON CONFLICT (hour, event_name) DO UPDATE SET count = c.count + excluded.count),
         seen AS (
             INSERT INTO product_usage_activity AS a (width, start_at, workspace_id, count)
             SELECT width, start_at, workspace_id, count FROM activity
             ON CONFLICT (width, start_at, workspace_id) DO UPDATE SET count = a.count + excluded.count)
         SELECT coalesce(sum(count), 0)::bigint AS number FROM folded"
    );
    diesel::sql_query(sql).bind::<BigInt, _>(most).get_result::<Number>(conn).map(|row| row.number)
}

/// Removes up to so many of the oldest events that happened before a time, and takes those that were folded out of their
/// buckets; how many were removed.
pub fn delete_older(conn: &mut PgConnection, than: OffsetDateTime, most: i64) -> QueryResult<i64> {
    let sql = format!(
        "WITH gone AS (
             DELETE FROM product_usage_events
             WHERE id = ANY (ARRAY(SELECT id FROM product_usage_events WHERE occurred_at < $1 ORDER BY occurred_at LIMIT $2))
             RETURNING id, occurred_at, workspace_id, event_name),
         folded AS MATERIALIZED (
             SELECT date_trunc('hour', occurred_at, 'UTC') AS hour, workspace_id, event_name, count(*) AS count FROM gone g
             WHERE NOT EXISTS (SELECT FROM product_usage_unfolded u WHERE u.event_id = g.id) GROUP BY 1, 2, 3),
         {BUCKETS},
         counts_emptied AS (
             DELETE FROM product_usage_counts c USING counts x
             WHERE (c.hour, c.event_name) = (x.hour, x.event_name) AND c.count <= x.count),
         counts_lessened AS (
             UPDATE product_usage_counts c SET count = c.count - x.count FROM counts x
             WHERE (c.hour, c.event_name) = (x.hour, x.event_name) AND c.count > x.count),
         activity_emptied AS (
             DELETE FROM product_usage_activity a USING activity x
             WHERE (a.width, a.start_at, a.workspace_id) = (x.width, x.start_at, x.workspace_id) AND a.count <= x.count),
         activity_lessened AS (
             UPDATE product_usage_activity a SET count = a.count - x.count FROM activity x
             WHERE (a.width, a.start_at, a.workspace_id) = (x.width, x.start_at, x.workspace_id) AND a.count > x.count)
         SELECT count(*) AS number FROM gone"
    );
    diesel::sql_query(sql).bind::<Timestamptz, _>(than).bind::<BigInt, _>(most).get_result::<Number>(conn).map(|row| row.number)
}

/// Computes every bucket anew from the events that are folded, and corrects those that differ.
pub fn rebuild(conn: &mut PgConnection) -> QueryResult<Compared> {
    let sql = format!(
        "WITH folded AS MATERIALIZED (
             SELECT date_trunc('hour', occurred_at, 'UTC') AS hour, workspace_id, event_name, count(*) AS count FROM product_usage_events e
             WHERE NOT EXISTS (SELECT FROM product_usage_unfolded u WHERE u.event_id = e.id) GROUP BY 1, 2, 3),
         {BUCKETS},
         counts_gone AS (
             DELETE FROM product_usage_counts c
             WHERE NOT EXISTS (SELECT FROM counts x WHERE (x.hour, x.event_name) = (c.hour, c.event_name)) RETURNING 1),
         counts_written AS (
             INSERT INTO product_usage_counts (hour, event_name, count) SELECT hour, event_name, count FROM counts x
             WHERE NOT EXISTS (SELECT FROM product_usage_counts c WHERE (c.hour, c.event_name, c.count) = (x.hour, x.event_name, x.count))
             ON CONFLICT (hour, event_name) DO UPDATE SET count = excluded.count RETURNING 1),
         activity_gone AS (
             DELETE FROM product_usage_activity a
             WHERE NOT EXISTS (SELECT FROM activity x
                               WHERE (x.width, x.start_at, x.workspace_id) = (a.width, a.start_at, a.workspace_id)) RETURNING 1),
         activity_written AS (
             INSERT INTO product_usage_activity (width, start_at, workspace_id, count)
             SELECT width, start_at, workspace_id, count FROM activity x
             WHERE NOT EXISTS (SELECT FROM product_usage_activity a
                               WHERE (a.width, a.start_at, a.workspace_id, a.count) = (x.width, x.start_at, x.workspace_id, x.count))
             ON CONFLICT (width, start_at, workspace_id) DO UPDATE SET count = excluded.count RETURNING 1)
         SELECT (SELECT coalesce(sum(count), 0)::bigint FROM folded) AS events,
                (SELECT count(*) FROM counts) + (SELECT count(*) FROM activity) AS buckets,
                (SELECT count(*) FROM counts_gone) + (SELECT count(*) FROM counts_written)
                    + (SELECT count(*) FROM activity_gone) + (SELECT count(*) FROM activity_written) AS differed"
    );
    diesel::sql_query(sql).get_result(conn)
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

/// Whether the daily removal is due.
pub fn is_prune_due(conn: &mut PgConnection) -> QueryResult<bool> {
    let sql = "SELECT coalesce(pruned_at <= db_now() - interval '1 day', true) AS answer FROM product_usage_upkeep";
    diesel::sql_query(sql).get_result::<Answer>(conn).map(|row| row.answer)
}

/// Notes that all that was old has been removed.
pub fn set_pruned(conn: &mut PgConnection) -> QueryResult<()> {
    diesel::sql_query("UPDATE product_usage_upkeep SET pruned_at = db_now()").execute(conn).map(|_| ())
}

#[derive(QueryableByName)]
struct Moment {
    #[diesel(sql_type = Timestamptz)]
    at: OffsetDateTime,
}

/// The time that lies so many days back.
pub fn find_cutoff(conn: &mut PgConnection, days: i32) -> QueryResult<OffsetDateTime> {
    let sql = "SELECT db_now() - make_interval(hours => 24 * $1) AS at";
    diesel::sql_query(sql).bind::<Integer, _>(days).get_result::<Moment>(conn).map(|row| row.at)
}
