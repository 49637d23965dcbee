//! How a period is put together: whole days and hours from buckets, what is left at its edges from the events themselves
//! (TEL-07).

use super::window::Period;
use time::{Duration, OffsetDateTime};

/// How far apart the points of a trend are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    FiveMinutes,
    Hour,
    Day,
}

impl Step {
    /// A step that makes some dozen points of the period.
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

/// A period cut at six times, none before the one in front of it: `start_at`..`hours_from` and `hours_to`..`end_at` are read
/// from events, `hours_from`..`days_from` and `days_to`..`hours_to` from hours, `days_from`..`days_to` from days. Whatever the
/// period, these five parts cover it, and no time lies in two of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pieces {
    pub start_at: OffsetDateTime,
    pub hours_from: OffsetDateTime,
    pub days_from: OffsetDateTime,
    pub days_to: OffsetDateTime,
    pub hours_to: OffsetDateTime,
    pub end_at: OffsetDateTime,
    pub step: Step,
}

impl Pieces {
    /// Cuts a period so that no bucket holds what belongs to two points of the trend.
    pub fn of(period: Period, step: Step) -> Self {
        let Period { start_at, end_at } = period;
        let whole = |step: Step, (from, to), is_fine: bool| {
            let (first, last) = (step.ceil(from), step.floor(to));
            if is_fine && first < last { (first, last) } else { (to, to) }
        };
        let (hours_from, hours_to) = whole(Step::Hour, (start_at, end_at), step != Step::FiveMinutes);
        let (days_from, days_to) = whole(Step::Day, (hours_from, hours_to), step == Step::Day);
        Self { start_at, hours_from, days_from, days_to, hours_to, end_at, step }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn cut(start_at: OffsetDateTime, end_at: OffsetDateTime, step: Step) -> [OffsetDateTime; 6] {
        let Pieces { start_at, hours_from, days_from, days_to, hours_to, end_at, .. } =
            Pieces::of(Period { start_at, end_at }, step);
        [start_at, hours_from, days_from, days_to, hours_to, end_at]
    }

    #[test]
    fn a_period_is_whole_days_hours_beside_them_and_edges() {
        let (from, to) = (datetime!(2026-11-01 21:30 UTC), datetime!(2026-11-04 02:00:00.000001 UTC));
        let days = [
            from,
            datetime!(2026-11-01 22:00 UTC),
            datetime!(2026-11-02 00:00 UTC),
            datetime!(2026-11-04 00:00 UTC),
            datetime!(2026-11-04 02:00 UTC),
            to,
        ];
        assert_eq!(cut(from, to, Step::Day), days);
        let [_, hours_from, _, _, hours_to, _] = days;
        assert_eq!(cut(from, to, Step::Hour), [from, hours_from, hours_to, hours_to, hours_to, to]);
        assert_eq!(cut(from, to, Step::FiveMinutes), [from, to, to, to, to, to]);
    }

    #[test]
    fn a_period_without_a_whole_hour_is_all_edge() {
        let (from, to) = (datetime!(2026-11-01 21:30 UTC), datetime!(2026-11-01 22:29 UTC));
        assert_eq!(cut(from, to, Step::Hour), [from, to, to, to, to, to]);
    }

    #[test]
    fn a_period_on_the_bounds_has_no_edges() {
        let (from, to) = (datetime!(2026-11-01 0:00 UTC), datetime!(2026-11-03 0:00 UTC));
        assert_eq!(cut(from, to, Step::Day), [from, from, from, to, to, to]);
    }

    #[test]
    fn points_begin_at_or_before_the_period_and_end_within() {
        let period = Period { start_at: datetime!(2026-11-01 21:30 +02:00), end_at: datetime!(2026-11-01 22:00 UTC) };
        let points: Vec<_> = Step::Hour.points(period).collect();
        let expected = [19, 20, 21].map(|hour| datetime!(2026-11-01 0:00 UTC) + Duration::hours(hour));
        assert_eq!(points, expected);
    }
}
