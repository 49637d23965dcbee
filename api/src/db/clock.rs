//! The one clock of the product: `db_now()` of the database.
//!
//! A decision that takes several statements reads it once, after the locks it waits for, and binds that [`Moment`] in each of
//! them: two readings may lie on either side of an expiry, and then the statements decide about different states.
//!
//! The clock may step back, as after a failover to a server whose clock is behind. Then stored times lie further ahead than a lease or a
//! wait can be long, and bind nobody: see [`ahead`].

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

/// Seconds by which a time may lie further ahead than it should before the clock is taken to have stepped back: a row that is
/// locked in this instant may have been written after the reading.
const MARGIN: u32 = 5;

/// Gives, as SQL, the range of the times that a wait of at most so many seconds can end at: ahead, and not further than that. `@>`
/// asks whether a time is among them, by one reading of the clock for all rows. A time that is not has been reached, or was
/// written before the clock stepped back.
pub fn ahead(seconds: u32) -> String {
    format!(
        "(SELECT tstzrange(now, now + interval '{} seconds', '(]') FROM (SELECT db_now() AS now) clock)",
        seconds.saturating_add(MARGIN)
    )
}

/// Gives, as SQL, the range of the times of the last so many seconds, with those as little ahead: a sign of life that lies
/// further ahead was given before the clock stepped back.
pub fn lately(seconds: u32) -> String {
    format!(
        "(SELECT tstzrange(now - interval '{seconds} seconds', now + interval '{seconds} seconds') FROM (SELECT db_now() AS now) clock)"
    )
}

/// Reads the clock.
pub fn read(conn: &mut PgConnection) -> QueryResult<Moment> {
    prepared(diesel::sql_query("SELECT db_now() AS now")).get_result::<Reading>(conn).map(|row| Moment(row.now))
}
