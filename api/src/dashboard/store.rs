//! The clock of the dashboard.

use super::Window;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Timestamptz};
use time::OffsetDateTime;

/// A window, fixed in time.
#[derive(Debug, QueryableByName)]
pub(super) struct Span {
    #[diesel(sql_type = Timestamptz)]
    pub since: OffsetDateTime,
    #[diesel(sql_type = Timestamptz)]
    pub now: OffsetDateTime,
}

pub(super) fn find_span(conn: &mut PgConnection, window: Window) -> QueryResult<Span> {
    diesel::sql_query("SELECT clock.now - make_interval(hours => $1) AS since, clock.now FROM (SELECT db_now() AS now) clock")
        .bind::<Integer, _>(window.hours())
        .get_result(conn)
}
