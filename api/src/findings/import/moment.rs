//! Reading the times that tools write.

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;

/// No tool of this kind ran before.
const EARLIEST: OffsetDateTime = datetime!(2000-01-01 0:00 UTC);

/// What a time without a zone means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// It is refused.
    Required,
    /// It is taken for UTC: whose local time it is, nobody can say.
    OrUtc,
}

/// Reads `2025-04-30T08:29:07.0714750+10:00` and the like, and `/Date(1714465747071)/` of Windows PowerShell.
pub(super) fn from_text(text: &str, zone: Zone, now: OffsetDateTime) -> Result<OffsetDateTime, &'static str> {
    let text = text.trim();
    if let Some(milliseconds) = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")) {
        let count = milliseconds.parse::<i64>().map_err(|_| "is no time")?;
        return nanoseconds(i128::from(count) * 1_000_000, now);
    }
    let read = OffsetDateTime::parse(text, &Rfc3339).or_else(|error| match zone {
        Zone::Required => Err(error),
        Zone::OrUtc => OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339),
    });
    read.map_err(|_| "is no time").and_then(|time| plausible(time, now))
}

/// Reads seconds, milliseconds, microseconds or nanoseconds since 1970.
///
/// OCSF asks for milliseconds, but tools write seconds too. The magnitude tells: as seconds, 10^11 would be the year
/// 5138; as milliseconds it is 1973, before anything this product imports. Likewise for the finer units.
pub(super) fn from_epoch(value: &Value, now: OffsetDateTime) -> Result<OffsetDateTime, &'static str> {
    let number = value.as_f64().ok_or("is no number")?;
    let count = value.as_i64().map_or_else(|| whole(number), Some).ok_or("is out of range")?;
    let nanoseconds_each = match count.unsigned_abs() {
        0..100_000_000_000 => 1_000_000_000,
        100_000_000_000..100_000_000_000_000 => 1_000_000,
        100_000_000_000_000..100_000_000_000_000_000 => 1_000,
        _ => 1,
    };
    nanoseconds(i128::from(count) * nanoseconds_each, now)
}

/// The time so many nanoseconds after 1970.
fn nanoseconds(count: i128, now: OffsetDateTime) -> Result<OffsetDateTime, &'static str> {
    OffsetDateTime::from_unix_timestamp_nanos(count).map_err(|_| "is out of range").and_then(|time| plausible(time, now))
}

/// The whole part of `number`, if it is of a size that a time can have.
fn whole(number: f64) -> Option<i64> {
    (number.abs() < 9e18).then_some(number as i64)
}

/// `time` in UTC to the microsecond, as PostgreSQL keeps it: a scan is known again by its time. A time of the future counts as now
/// (FND-07): a tool whose clock is wrong would keep its findings from being seen again until then.
fn plausible(time: OffsetDateTime, now: OffsetDateTime) -> Result<OffsetDateTime, &'static str> {
    if time < EARLIEST {
        return Err("is before the year 2000");
    }
    let time = time.min(now);
    let time = time.checked_to_offset(time::UtcOffset::UTC).unwrap_or(time);
    Ok(time.replace_nanosecond(time.microsecond() * 1_000).unwrap_or(time))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-01-01 0:00 UTC);

    #[test]
    fn seven_digits_and_an_offset_become_utc_microseconds() {
        let read = |text| from_text(text, Zone::OrUtc, NOW);
        assert_eq!(read("2025-04-30T08:29:07.0714759+10:00"), Ok(datetime!(2025-04-29 22:29:07.071475 UTC)));
        assert_eq!(read("2025-07-08T20:16:55.876Z"), Ok(datetime!(2025-07-08 20:16:55.876 UTC)));
        assert_eq!(read("2025-07-08 20:16:55Z"), Ok(datetime!(2025-07-08 20:16:55 UTC)));
    }

    #[test]
    fn a_time_without_a_zone_is_utc_only_where_that_is_allowed() {
        let text = "2025-02-14T14:27:03.913874";
        assert_eq!(from_text(text, Zone::OrUtc, NOW), Ok(datetime!(2025-02-14 14:27:03.913874 UTC)));
        assert!(from_text(text, Zone::Required, NOW).is_err());
    }

    #[test]
    fn implausible_and_unreadable_times_are_refused() {
        for text in ["1999-12-31T23:59:59Z", "0001-01-01T00:00:00", "2026-06-04T12.13.39.072Z", "/Date(x)/", "yesterday", ""] {
            assert!(from_text(text, Zone::OrUtc, NOW).is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_of_the_future_counts_as_now() {
        for text in ["2026-01-01T00:00:01Z", "2569-06-04T12:13:39Z", "/Date(32503680000000)/"] {
            assert_eq!(from_text(text, Zone::OrUtc, NOW), Ok(NOW), "{text}");
        }
    }

    #[test]
    fn times_of_windows_powershell_are_milliseconds_since_1970() {
        assert_eq!(from_text("/Date(1739539623071)/", Zone::OrUtc, NOW), Ok(datetime!(2025-02-14 13:27:03.071 UTC)));
    }

    #[test]
    fn the_unit_of_an_epoch_is_told_by_its_magnitude() {
        let expected = Ok(datetime!(2025-02-14 13:27:03 UTC));
        assert_eq!(from_epoch(&json!(1_739_539_623), NOW), expected);
        assert_eq!(from_epoch(&json!(1_739_539_623.25), NOW), expected);
        assert_eq!(from_epoch(&json!(1_739_539_623_000_u64), NOW), expected);
        assert_eq!(from_epoch(&json!(1_739_539_623_000_000_u64), NOW), expected);
        assert_eq!(from_epoch(&json!(1_739_539_623_000_000_000_u64), NOW), expected);
        for odd in [json!(0), json!(-5), json!("1739539623"), json!(1e300), json!(u64::MAX), json!(null)] {
            assert!(from_epoch(&odd, NOW).is_err(), "{odd}");
        }
    }
}
