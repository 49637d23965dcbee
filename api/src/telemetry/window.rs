//! What span of time the operators look at: back from now, or between two times.

use crate::db::clock;
use crate::error::{Error, Result};
use diesel::{PgConnection, QueryResult};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime, UtcOffset};
use utoipa::ToSchema;

/// Longest period that is summarised.
const LONGEST_DAYS: i64 = 366;
/// Years in which a period may lie.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2999;

/// A span of time that ends now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Window {
    /// The last hour.
    #[serde(rename = "1h")]
    Hour,
    /// The last 24 hours.
    #[default]
    #[serde(rename = "24h")]
    Day,
    /// The last 7 days.
    #[serde(rename = "7d")]
    Week,
    /// The last 30 days.
    #[serde(rename = "30d")]
    Month,
}

impl Window {
    /// How long it is.
    fn hours(self) -> i64 {
        match self {
            Self::Hour => 1,
            Self::Day => 24,
            Self::Week => 7 * 24,
            Self::Month => 30 * 24,
        }
    }

    /// In a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Hour => "the last hour",
            Self::Day => "the last 24 hours",
            Self::Week => "the last 7 days",
            Self::Month => "the last 30 days",
        }
    }
}

/// A span of time, its beginning included and its end not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Period {
    /// Its beginning.
    #[serde(with = "time::serde::rfc3339")]
    pub start_at: OffsetDateTime,
    /// Its end.
    #[serde(with = "time::serde::rfc3339")]
    pub end_at: OffsetDateTime,
}

impl Period {
    /// Between two times. Errors: 422 at the parameter that is missing or wrong.
    pub fn between(from: Option<OffsetDateTime>, to: Option<OffsetDateTime>) -> Result<Self> {
        let missing = |pointer| Error::invalid_field(pointer, "required", "from and to are expected together.");
        let (start_at, end_at) = (from.ok_or_else(|| missing("?from"))?, to.ok_or_else(|| missing("?to"))?);
        let in_utc = |pointer, time: OffsetDateTime| {
            let time = time.checked_to_offset(UtcOffset::UTC).filter(|time| YEARS.contains(&time.year()));
            time.ok_or_else(|| Error::invalid_field(pointer, "value", "A time in the years 2000 to 2999 is expected."))
        };
        let (start_at, end_at) = (in_utc("?from", start_at)?, in_utc("?to", end_at)?);
        if end_at <= start_at {
            return Err(Error::invalid_field("?to", "value", "A time after from is expected."));
        }
        if end_at - start_at > Duration::days(LONGEST_DAYS) {
            return Err(Error::invalid_field(
                "?to",
                "value",
                format!("A time at most {LONGEST_DAYS} days after from is expected."),
            ));
        }
        Ok(Self { start_at, end_at })
    }

    /// The window that ends now, by the clock of the database.
    pub fn ending_now(conn: &mut PgConnection, window: Window) -> QueryResult<Self> {
        let end_at = clock::read(conn)?.time();
        Ok(Self { start_at: end_at - Duration::hours(window.hours()), end_at })
    }

    /// How long it is.
    pub(super) fn length(self) -> Duration {
        self.end_at - self.start_at
    }

    /// The one before, as long as this.
    pub(super) fn previous(self) -> Self {
        Self { start_at: self.start_at - self.length(), end_at: self.start_at }
    }
}
