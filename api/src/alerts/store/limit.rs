//! Counts of what has a limit.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Counts the rows of a table of alerts.
pub(in crate::alerts) fn count(conn: &mut PgConnection, table: &'static str) -> QueryResult<i64> {
    let query = diesel::sql_query(format!("SELECT count(*) AS count FROM {table}"));
    query.get_result::<Count>(conn).map(|row| row.count)
}
