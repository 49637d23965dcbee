//! Reading figures: buckets where they are whole, events at the edges, and what is unfolded. Each event of the period is in
//! one of the three in any snapshot.

use crate::telemetry::pieces::Pieces;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::sql_types::{BigInt, Integer, Text, Timestamptz};
use time::OffsetDateTime;

#[derive(QueryableByName)]
struct Moment {
    #[diesel(sql_type = Timestamptz)]
    at: OffsetDateTime,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Events of one name at a point of the trend.
#[derive(Debug, Clone, QueryableByName)]
pub struct Counted {
    #[diesel(sql_type = Timestamptz)]
    pub point: OffsetDateTime,
    #[diesel(sql_type = Text)]
    pub event_name: String,
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

/// Workspaces at a point of the trend.
#[derive(Debug, Clone, QueryableByName)]
pub struct Active {
    #[diesel(sql_type = Timestamptz)]
    pub point: OffsetDateTime,
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

pub fn find_now(conn: &mut PgConnection) -> QueryResult<OffsetDateTime> {
    diesel::sql_query("SELECT db_now() AS at").get_result::<Moment>(conn).map(|row| row.at)
}

/// Events outside of whole hours, and those within that no bucket counts yet. Each in a select of its own, so that the
/// planner sees the bounds.
fn single_events(columns: &str) -> String {
    format!(
        "SELECT {columns} FROM product_usage_events WHERE occurred_at >= $1 AND occurred_at < $2
         UNION ALL SELECT {columns} FROM product_usage_events WHERE occurred_at >= $5 AND occurred_at < $6
         UNION ALL SELECT {columns} FROM product_usage_unfolded WHERE occurred_at >= $2 AND occurred_at < $5"
    )
}

/// The six times of the pieces become `$1` to `$6`, the step `$7`.
fn bound(sql: String, pieces: &Pieces) -> BoxedSqlQuery<'static, Pg, SqlQuery> {
    let Pieces { start_at, hours_from, days_from, days_to, hours_to, end_at, step } = *pieces;
    let times = [start_at, hours_from, days_from, days_to, hours_to, end_at];
    let query = times.into_iter().fold(diesel::sql_query(sql).into_boxed(), |query, time| query.bind::<Timestamptz, _>(time));
    query.bind::<Integer, _>(step.seconds())
}

/// A time's point of the trend.
const POINT: &str = "date_bin(make_interval(secs => $7), at, timestamptz 'epoch')";

/// Events by point and name.
pub fn count_events(conn: &mut PgConnection, pieces: &Pieces) -> QueryResult<Vec<Counted>> {
    let sql = format!(
        "SELECT {POINT} AS point, event_name, sum(count)::bigint AS count
         FROM ({single_events} UNION ALL SELECT hour, event_name, count FROM product_usage_counts WHERE hour >= $2 AND hour < $5) counted
         GROUP BY 1, 2",
        single_events = single_events("occurred_at AS at, event_name, 1 AS count"),
    );
    bound(sql, pieces).load(conn)
}

/// Workspaces with an event by point.
pub fn count_active_by_point(conn: &mut PgConnection, pieces: &Pieces) -> QueryResult<Vec<Active>> {
    let of = |width: &str, from: u8, to: u8| {
        format!(
            "UNION ALL SELECT start_at, workspace_id FROM product_usage_activity
             WHERE width = '{width}' AND start_at >= ${from} AND start_at < ${to}"
        )
    };
    let sql = format!(
        "SELECT point, count(*) AS count FROM (
             SELECT DISTINCT {POINT} AS point, workspace_id FROM ({single_events} {first_hours} {days} {last_hours}) active) seen
         GROUP BY point",
        single_events = single_events("occurred_at AS at, workspace_id"),
        first_hours = of("hour", 2, 3),
        days = of("day", 3, 4),
        last_hours = of("hour", 4, 5),
    );
    bound(sql, pieces).load(conn)
}

/// Workspaces with an event. Of hours, each workspace is asked whether it has one: that costs by workspaces, not by hours.
pub fn count_active(conn: &mut PgConnection, pieces: &Pieces) -> QueryResult<i64> {
    let sql = format!(
        "SELECT count(*) AS number FROM (
             SELECT w.id FROM workspaces w CROSS JOIN LATERAL (
                 SELECT FROM product_usage_activity a
                 WHERE a.width = 'hour' AND a.workspace_id = w.id AND a.start_at >= $2 AND a.start_at < $5 LIMIT 1) hours
             UNION SELECT workspace_id FROM ({single_events}) single) active",
        single_events = single_events("workspace_id"),
    );
    bound(sql, pieces).get_result::<Number>(conn).map(|row| row.number)
}
