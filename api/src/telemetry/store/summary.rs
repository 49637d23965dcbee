//! Reading figures: buckets where they are whole, events at the edges, and what is unfolded. Each event of the period is in
//! one of the three in any snapshot.

use crate::db::prepared;
use crate::telemetry::pieces::{Pieces, Width};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz};
use time::OffsetDateTime;

/// Part of what happened at a point of the trend; parts of a point are added up and united.
#[derive(Debug, Clone, QueryableByName)]
pub struct Part {
    #[diesel(sql_type = Timestamptz)]
    pub point: OffsetDateTime,
    /// What `count` counts, if anything.
    #[diesel(sql_type = Nullable<Text>)]
    pub event_name: Option<String>,
    #[diesel(sql_type = BigInt)]
    pub count: i64,
    /// Workspaces that were active, some of them more than once.
    #[diesel(sql_type = Array<BigInt>)]
    pub workspace_ids: Vec<i64>,
}

#[derive(QueryableByName)]
struct Removed {
    #[diesel(sql_type = Nullable<Timestamptz>)]
    before: Option<OffsetDateTime>,
}

/// Before when events are missing, if any ever were removed.
pub fn find_removed_before(conn: &mut PgConnection) -> QueryResult<Option<OffsetDateTime>> {
    let query = diesel::sql_query("SELECT removed_before AS before FROM product_usage_upkeep");
    prepared(query).get_result::<Removed>(conn).map(|row| row.before)
}

/// Everything of a period. Each range is a select of its own, so that it is read along an index.
pub fn load_parts(conn: &mut PgConnection, pieces: &Pieces) -> QueryResult<Vec<Part>> {
    const POINT: &str = "date_bin(make_interval(secs => $9), at, timestamptz 'epoch')";
    let single = |table: &str, from: usize, to: usize| {
        format!(
            "SELECT occurred_at AS at, event_name, workspace_id FROM {table}
             WHERE occurred_at >= ${from} AND occurred_at < ${to}"
        )
    };
    let buckets = |columns: &str, table: &str| {
        let [five_minutes, hour, day] = Width::ALL;
        let of = |(place, width): (usize, Width)| {
            let (seconds, from, to) = (width.seconds(), place + 2, place + 3);
            format!(
                "SELECT start_at AS at, {columns} FROM {table}
                 WHERE width_seconds = {seconds} AND start_at >= ${from} AND start_at < ${to}"
            )
        };
        let ranges: Vec<String> = [five_minutes, hour, day, hour, five_minutes].into_iter().enumerate().map(of).collect();
        ranges.join(" UNION ALL ")
    };
    let sql = format!(
        "SELECT {POINT} AS point, event_name, count(*) AS count, array_agg(workspace_id) AS workspace_ids
         FROM ({first_edge} UNION ALL {last_edge} UNION ALL {unfolded}) single GROUP BY 1, 2
         UNION ALL
         SELECT {POINT}, event_name, sum(count)::bigint, '{{}}' FROM ({counts}) counted GROUP BY 1, 2
         UNION ALL
         SELECT {POINT}, NULL, 0, workspace_ids FROM ({sets}) active",
        first_edge = single("product_usage_events", 1, 2),
        last_edge = single("product_usage_events", 7, 8),
        unfolded = single("product_usage_unfolded", 2, 7),
        counts = buckets("event_name, count", "product_usage_counts"),
        sets = buckets("workspace_ids", "product_usage_active_workspaces"),
    );
    let query = diesel::sql_query(sql).into_boxed();
    let query = pieces.cuts.into_iter().fold(query, |query, cut| query.bind::<Timestamptz, _>(cut));
    prepared(query.bind::<Integer, _>(pieces.step.seconds())).load(conn)
}
