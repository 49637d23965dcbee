//! How a period is put together: whole days, hours and five minutes from buckets, what is left at its edges from the events themselves
//! (TEL-07).

use super::window::Period;
use time::{Duration, OffsetDateTime};

/// How wide a bucket is, and so how far apart the points of a trend may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Width {
    FiveMinutes,
    Hour,
    Day,
}

impl Width {
    /// From narrow to wide; each is made of whole ones of the width before.
    pub const ALL: [Self; 3] = [Self::FiveMinutes, Self::Hour, Self::Day];

    /// What it is made of; the narrowest is made of events.
    pub fn narrower(self) -> Option<Self> {
        match self {
            Self::FiveMinutes => None,
            Self::Hour => Some(Self::FiveMinutes),
            Self::Day => Some(Self::Hour),
        }
    }

    /// Of points that make some dozen of the period.
    pub fn of(period: Period) -> Self {
        match period.length() {
            length if length <= Duration::hours(2) => Self::FiveMinutes,
            length if length <= Duration::hours(48) => Self::Hour,
            _ => Self::Day,
        }
    }

    pub fn seconds(self) -> i32 {
        match self {
            Self::FiveMinutes => 5 * 60,
            Self::Hour => 60 * 60,
            Self::Day => 24 * 60 * 60,
        }
    }

    /// The last point at or before a time, in UTC.
    fn floor(self, time: OffsetDateTime) -> OffsetDateTime {
        let into = time.unix_timestamp_nanos().rem_euclid(i128::from(self.seconds()) * 1_000_000_000);
        time - Duration::nanoseconds(i64::try_from(into).unwrap_or_default())
    }

    /// The first point at or after a time.
    fn ceil(self, time: OffsetDateTime) -> OffsetDateTime {
        let floor = self.floor(time);
        if floor == time { time } else { floor + Duration::seconds(self.seconds().into()) }
    }

    /// Where the points of a period begin.
    pub fn points(self, period: Period) -> impl Iterator<Item = OffsetDateTime> {
        let step = Duration::seconds(self.seconds().into());
        std::iter::successors(Some(self.floor(period.start_at)), move |at| Some(*at + step))
            .take_while(move |at| *at < period.end_at)
    }
}

/// A period cut at eight times, none before the one in front of it. What lies between two of them is read, in this order, from
/// events, five minutes, hours, days, hours, five minutes, events. Whatever the period, these seven parts cover it, and no
/// time lies in two of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pieces {
    pub cuts: [OffsetDateTime; 8],
    pub step: Width,
}

impl Pieces {
    /// Cuts a period so that no bucket holds what belongs to two points of the trend.
    pub fn of(period: Period, step: Width) -> Self {
        let whole = |width: Width, (from, to)| {
            let (first, last) = (width.ceil(from), width.floor(to));
            if width <= step && first < last { (first, last) } else { (to, to) }
        };
        let fives = whole(Width::FiveMinutes, (period.start_at, period.end_at));
        let hours = whole(Width::Hour, fives);
        let days = whole(Width::Day, hours);
        Self { cuts: [period.start_at, fives.0, hours.0, days.0, days.1, hours.1, fives.1, period.end_at], step }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn cut(start_at: OffsetDateTime, end_at: OffsetDateTime, step: Width) -> [OffsetDateTime; 8] {
        Pieces::of(Period { start_at, end_at }, step).cuts
    }

    #[test]
    fn a_period_is_whole_days_hours_beside_them_five_minutes_and_edges() {
        let (from, to) = (datetime!(2026-11-01 21:31 UTC), datetime!(2026-11-04 02:05:00.000001 UTC));
        let days = [
            from,
            datetime!(2026-11-01 21:35 UTC),
            datetime!(2026-11-01 22:00 UTC),
            datetime!(2026-11-02 00:00 UTC),
            datetime!(2026-11-04 00:00 UTC),
            datetime!(2026-11-04 02:00 UTC),
            datetime!(2026-11-04 02:05 UTC),
            to,
        ];
        assert_eq!(cut(from, to, Width::Day), days);
        let [_, fives_from, hours_from, _, _, hours_to, fives_to, _] = days;
        assert_eq!(cut(from, to, Width::Hour), [from, fives_from, hours_from, hours_to, hours_to, hours_to, fives_to, to]);
        assert_eq!(cut(from, to, Width::FiveMinutes), [from, fives_from, fives_to, fives_to, fives_to, fives_to, fives_to, to]);
    }

    #[test]
    fn a_period_without_a_whole_five_minutes_is_all_edge() {
        let (from, to) = (datetime!(2026-11-01 21:31 UTC), datetime!(2026-11-01 21:39 UTC));
        assert_eq!(cut(from, to, Width::FiveMinutes), [from, to, to, to, to, to, to, to]);
    }

    #[test]
    fn a_period_on_the_bounds_has_no_edges() {
        let (from, to) = (datetime!(2026-11-01 0:00 UTC), datetime!(2026-11-03 0:00 UTC));
        assert_eq!(cut(from, to, Width::Day), [from, from, from, from, to, to, to, to]);
    }

    #[test]
    fn points_begin_at_or_before_the_period_and_end_within() {
        let period = Period { start_at: datetime!(2026-11-01 21:30 +02:00), end_at: datetime!(2026-11-01 22:00 UTC) };
        let points: Vec<_> = Width::Hour.points(period).collect();
        let expected = [19, 20, 21].map(|hour| datetime!(2026-11-01 0:00 UTC) + Duration::hours(hour));
        assert_eq!(points, expected);
    }
}
