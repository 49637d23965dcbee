//! Times in queries and bodies.

use serde::Deserializer;
use serde::de::Error;
use time::{OffsetDateTime, UtcOffset};

/// Reads a time (RFC 3339), or null, into UTC. One whose year in UTC has more than four digits, or is before the year 0, has no
/// place in the database and none in an answer.
pub fn time_in_utc<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<OffsetDateTime>, D::Error> {
    let time = time::serde::rfc3339::option::deserialize(deserializer)?;
    let in_utc = |time: OffsetDateTime| {
        let time = time.checked_to_offset(UtcOffset::UTC).filter(|time| (0..=9999).contains(&time.year()));
        time.ok_or_else(|| D::Error::custom("a time in the years 0000 to 9999 (UTC) is expected"))
    };
    time.map(in_utc).transpose()
}
