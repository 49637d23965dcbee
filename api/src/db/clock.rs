//! The one clock of the product: `db_now()` of the database.
//!
//! A decision that takes several statements reads it once, after the locks it waits for, and binds that [`Moment`] in each of
//! them: two readings may lie on either side of an expiry, and then the statements decide about different states.

use super::prepared;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Timestamptz;
use time::OffsetDateTime;

/// A reading of the clock, by which one decision is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = Timestamptz)]
pub struct Moment(OffsetDateTime);

impl Moment {
    /// Returns it as a point in time.
    pub fn time(self) -> OffsetDateTime {
        self.0
    }
}

impl ToSql<Timestamptz, Pg> for Moment {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<Timestamptz, Pg>::to_sql(&self.0, out)
    }
}

#[derive(QueryableByName)]
struct Reading {
    #[diesel(sql_type = Timestamptz)]
    now: OffsetDateTime,
}

/// Reads the clock.
pub fn read(conn: &mut PgConnection) -> QueryResult<Moment> {
    prepared(diesel::sql_query("SELECT db_now() AS now")).get_result::<Reading>(conn).map(|row| Moment(row.now))
}
