//! The clock of the database, by which events happen, windows end and old events go.

use crate::db::prepared;
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use time::OffsetDateTime;

/// A point in time.
#[derive(QueryableByName)]
pub struct Moment {
    #[diesel(sql_type = Timestamptz)]
    pub at: OffsetDateTime,
}

pub fn find_now(conn: &mut PgConnection) -> QueryResult<OffsetDateTime> {
    prepared(diesel::sql_query("SELECT db_now() AS at")).get_result::<Moment>(conn).map(|row| row.at)
}
