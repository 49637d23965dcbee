//! Buckets: folding events into them, and correcting them by what they stand for. Whoever calls holds the lock of the buckets.

use crate::telemetry::pieces::Width;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Timestamptz};
use time::{Duration, OffsetDateTime};

/// Events that were taken, and the narrowest buckets in which they lie.
#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = BigInt)]
    events: i64,
    #[diesel(sql_type = Array<Timestamptz>)]
    starts: Vec<OffsetDateTime>,
}

/// What a comparison of buckets of one width found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct Compared {
    /// Folded events within them.
    #[diesel(sql_type = BigInt)]
    pub events: i64,
    #[diesel(sql_type = BigInt)]
    pub buckets: i64,
    #[diesel(sql_type = BigInt)]
    pub differed: i64,
}

/// Where the bucket begins in which a time lies.
fn start_of(width: Width, time: &str) -> String {
    format!("date_bin(interval '{} seconds', {time}, timestamptz 'epoch')", width.seconds())
}

/// Counts and sets of a relation `folded` in front.
const OF_EVENTS: &str = "
    counts AS (SELECT start_at, event_name, sum(count)::bigint AS count FROM folded GROUP BY 1, 2),
    sets AS (SELECT start_at, array_agg(DISTINCT workspace_id ORDER BY workspace_id) AS workspace_ids FROM folded GROUP BY 1)";

/// Moves up to so many events into their buckets; how many.
pub fn fold(conn: &mut PgConnection, most: i64) -> QueryResult<i64> {
    let sql = format!(
        "WITH taken AS (
             DELETE FROM product_usage_unfolded
             WHERE event_id = ANY (ARRAY(SELECT event_id FROM product_usage_unfolded ORDER BY event_id LIMIT $1))
             RETURNING occurred_at, workspace_id, event_name),
         folded AS MATERIALIZED (
             SELECT {start} AS start_at, workspace_id, event_name, count(*) AS count FROM taken GROUP BY 1, 2, 3),
         {OF_EVENTS},
         counted AS (
             INSERT INTO product_usage_counts AS c (width_seconds, start_at, event_name, count)
             SELECT {width}, start_at, event_name, count FROM counts
             ON CONFLICT (width_seconds, start_at, event_name) DO UPDATE SET count = c.count + excluded.count),
         united AS (
             INSERT INTO product_usage_active_workspaces AS a (width_seconds, start_at, workspace_ids)
             SELECT {width}, start_at, workspace_ids FROM sets
             ON CONFLICT (width_seconds, start_at) DO UPDATE
             SET workspace_ids = ARRAY(SELECT unnest(a.workspace_ids) UNION SELECT unnest(excluded.workspace_ids) ORDER BY 1)
             WHERE EXISTS (SELECT unnest(excluded.workspace_ids) EXCEPT SELECT unnest(a.workspace_ids)))
         SELECT coalesce(sum(count), 0)::bigint AS events, coalesce(array_agg(DISTINCT start_at), '{{}}') AS starts FROM folded",
        start = start_of(Width::FiveMinutes, "occurred_at"),
        width = Width::FiveMinutes.seconds(),
    );
    let taken: Taken = diesel::sql_query(sql).bind::<BigInt, _>(most).get_result(conn)?;
    correct(conn, Width::Hour, &taken.starts)?;
    correct(conn, Width::Day, &taken.starts)?;
    Ok(taken.events)
}

/// Removes up to so many of the oldest events that happened before a time, notes that they are missing, and computes their
/// buckets from what is left; how many were removed.
pub fn delete_older(conn: &mut PgConnection, than: OffsetDateTime, most: i64) -> QueryResult<i64> {
    let sql = format!(
        "WITH gone AS (
             DELETE FROM product_usage_events
             WHERE id = ANY (ARRAY(SELECT id FROM product_usage_events WHERE occurred_at < $1 ORDER BY occurred_at LIMIT $2))
             RETURNING occurred_at)
         SELECT count(*) AS events, coalesce(array_agg(DISTINCT {start}), '{{}}') AS starts FROM gone",
        start = start_of(Width::FiveMinutes, "occurred_at"),
    );
    let gone: Taken = diesel::sql_query(sql).bind::<Timestamptz, _>(than).bind::<BigInt, _>(most).get_result(conn)?;
    if gone.events > 0 {
        diesel::sql_query(
            "UPDATE product_usage_upkeep SET removed_before = greatest(removed_before, $1), unaudited = unaudited + $2",
        )
        .bind::<Timestamptz, _>(than)
        .bind::<BigInt, _>(gone.events)
        .execute(conn)?;
    }
    for width in Width::ALL {
        correct(conn, width, &gone.starts)?;
    }
    Ok(gone.events)
}

#[derive(QueryableByName)]
struct Day {
    #[diesel(sql_type = Timestamptz)]
    at: OffsetDateTime,
}

/// Days on which there is an event or a bucket, the first one first.
pub fn list_days(conn: &mut PgConnection) -> QueryResult<Vec<OffsetDateTime>> {
    let sql = format!(
        "SELECT {} AS at FROM product_usage_events
         UNION SELECT {day} FROM product_usage_counts UNION SELECT {day} FROM product_usage_active_workspaces ORDER BY 1",
        start_of(Width::Day, "occurred_at"),
        day = start_of(Width::Day, "start_at"),
    );
    Ok(diesel::sql_query(sql).load::<Day>(conn)?.into_iter().map(|row| row.at).collect())
}

/// Corrects the buckets of a day, from narrow to wide.
pub fn rebuild_day(conn: &mut PgConnection, day: OffsetDateTime) -> QueryResult<[Compared; 3]> {
    let starts: Vec<_> = (0..24 * 12).map(|place| day + Duration::minutes(place * 5)).collect();
    let [five_minutes, hour, day] = Width::ALL;
    Ok([correct(conn, five_minutes, &starts)?, correct(conn, hour, &starts)?, correct(conn, day, &starts)?])
}

/// Makes the buckets of a width in which these times lie say what the folded events within them say: of the narrowest by
/// reading the events, of others by reading the buckets of the width below, which have to be right.
fn correct(conn: &mut PgConnection, width: Width, times: &[OffsetDateTime]) -> QueryResult<Compared> {
    let seconds = width.seconds();
    let within = |time: &str| format!("{time} >= wanted.start_at AND {time} < wanted.start_at + interval '{seconds} seconds'");
    let computed = match width.narrower() {
        None => format!(
            "folded AS MATERIALIZED (
                 SELECT start_at, workspace_id, event_name, count(*) AS count
                 FROM wanted JOIN product_usage_events e ON {within}
                 WHERE NOT EXISTS (SELECT FROM product_usage_unfolded u WHERE u.event_id = e.id) GROUP BY 1, 2, 3),
             {OF_EVENTS}",
            within = within("e.occurred_at"),
        ),
        Some(narrower) => format!(
            "counts AS (
                 SELECT wanted.start_at, event_name, sum(count)::bigint AS count
                 FROM wanted JOIN product_usage_counts n ON {within} AND width_seconds = {narrower} GROUP BY 1, 2),
             sets AS (
                 SELECT wanted.start_at, array_agg(DISTINCT id ORDER BY id) AS workspace_ids
                 FROM wanted JOIN product_usage_active_workspaces n ON {within} AND width_seconds = {narrower}
                 CROSS JOIN unnest(workspace_ids) id GROUP BY 1)",
            within = within("n.start_at"),
            narrower = narrower.seconds(),
        ),
    };
    let sql = format!(
        "WITH wanted AS (SELECT DISTINCT {start} AS start_at FROM unnest($1) at),
         {computed},
         counts_gone AS (
             DELETE FROM product_usage_counts c
             WHERE width_seconds = {seconds} AND start_at IN (SELECT start_at FROM wanted)
                   AND NOT EXISTS (SELECT FROM counts x WHERE (x.start_at, x.event_name) = (c.start_at, c.event_name)) RETURNING 1),
         counts_written AS (
             INSERT INTO product_usage_counts AS c (width_seconds, start_at, event_name, count)
             SELECT {seconds}, start_at, event_name, count FROM counts
             ON CONFLICT (width_seconds, start_at, event_name) DO UPDATE SET count = excluded.count WHERE c.count <> excluded.count
             RETURNING 1),
         sets_gone AS (
             DELETE FROM product_usage_active_workspaces a
             WHERE width_seconds = {seconds} AND start_at IN (SELECT start_at FROM wanted)
                   AND NOT EXISTS (SELECT FROM sets x WHERE x.start_at = a.start_at) RETURNING 1),
         sets_written AS (
             INSERT INTO product_usage_active_workspaces AS a (width_seconds, start_at, workspace_ids)
             SELECT {seconds}, start_at, workspace_ids FROM sets
             ON CONFLICT (width_seconds, start_at) DO UPDATE SET workspace_ids = excluded.workspace_ids
             WHERE a.workspace_ids <> excluded.workspace_ids
             RETURNING 1)
         SELECT (SELECT coalesce(sum(count), 0)::bigint FROM counts) AS events,
                (SELECT count(*) FROM counts) + (SELECT count(*) FROM sets) AS buckets,
                (SELECT count(*) FROM counts_gone) + (SELECT count(*) FROM counts_written)
                    + (SELECT count(*) FROM sets_gone) + (SELECT count(*) FROM sets_written) AS differed",
        start = start_of(width, "at"),
    );
    diesel::sql_query(sql).bind::<Array<Timestamptz>, _>(times).get_result(conn)
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

/// Whether the daily removal is due.
pub fn is_prune_due(conn: &mut PgConnection) -> QueryResult<bool> {
    let sql = "SELECT coalesce(pruned_at NOT BETWEEN db_now() - interval '1 day' AND db_now(), true) AS answer FROM product_usage_upkeep";
    diesel::sql_query(sql).get_result::<Answer>(conn).map(|row| row.answer)
}

/// Takes the number of events that were removed and not audited yet.
pub fn take_unaudited(conn: &mut PgConnection) -> QueryResult<i64> {
    #[derive(QueryableByName)]
    struct Unaudited {
        #[diesel(sql_type = BigInt)]
        events: i64,
    }
    let sql =
        "UPDATE product_usage_upkeep u SET unaudited = 0 FROM (SELECT unaudited FROM product_usage_upkeep FOR UPDATE) before
               RETURNING before.unaudited AS events";
    diesel::sql_query(sql).get_result::<Unaudited>(conn).map(|row| row.events)
}

/// Notes that all that was old has been removed.
pub fn set_pruned(conn: &mut PgConnection) -> QueryResult<()> {
    diesel::sql_query("UPDATE product_usage_upkeep SET pruned_at = db_now()").execute(conn).map(|_| ())
}
