//! How long a store takes no orders. Pure.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use kernel::Hours;

/// How long it shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    Minutes(u32),
    /// For what is left of this day's hours, or of the night.
    UntilNextOpening,
}

/// When a pause that begins `now` is over; none where the store does not close, or not open again,
/// within eight days.
pub fn ends(
    length: Length,
    now: Timestamp,
    (hours, zone): (&Hours, &TimeZone),
) -> Option<Timestamp> {
    match length {
        Length::Minutes(minutes) => Some(now + SignedDuration::from_mins(minutes.into())),
        Length::UntilNextOpening => hours.next_open(hours.next_closed(now, zone)?, zone),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use kernel::Span;
    use proptest::prelude::*;

    use super::*;

    const MINUTE: SignedDuration = SignedDuration::from_mins(1);

    fn span() -> impl Strategy<Value = Span> {
        let clock = || (0..24i8, 0..60i8).prop_map(|(hour, minute)| time(hour, minute, 0, 0));
        (clock(), clock()).prop_map(|(from, until)| Span { from, until })
    }

    fn hours() -> impl Strategy<Value = Hours> {
        let day = || prop::collection::vec(span(), 0..3);
        (prop::array::uniform7(day()), prop::option::of(day())).prop_map(|(week, exception)| {
            let exceptions = exception.into_iter().map(|spans| (date(2026, 11, 1), spans));
            Hours { week, exceptions: exceptions.collect() }
        })
    }

    /// Around the days on which clocks are turned, and some others.
    fn instant() -> impl Strategy<Value = Timestamp> {
        let around = ["2026-03-08T08:00:00Z", "2026-11-01T07:00:00Z", "2026-06-15T12:00:00Z"];
        (prop::sample::select(around.to_vec()), -172_800..172_800i64).prop_map(
            |(around, seconds)| {
                around.parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
            },
        )
    }

    proptest! {
        /// The store is open when it ends, for the first time since it was closed: not one minute
        /// of an opening is lost that was not this one.
        #[test]
        fn until_the_next_opening_and_no_longer(
            hours in hours(),
            now in instant(),
            zone in prop::sample::select(vec!["America/Chicago", "Europe/London", "Asia/Kolkata"]),
        ) {
            let zone = TimeZone::get(zone).unwrap();
            let Some(end) = ends(Length::UntilNextOpening, now, (&hours, &zone)) else {
                let minutes = (0..8 * 24 * 60).map(|count| now + MINUTE * count);
                let (open, closed): (Vec<_>, Vec<_>) =
                    minutes.partition(|at| hours.open_at(*at, &zone));
                // It is always the same, or opens so late that nobody looks there.
                let late = open.last().is_none_or(|last| closed.iter().all(|at| at > last));
                prop_assert!(open.is_empty() || closed.is_empty() || late);
                return Ok(());
            };
            prop_assert!(end > now || !hours.open_at(now, &zone));
            prop_assert!(hours.open_at(end, &zone));
            let whole = Timestamp::from_second(now.as_second().div_euclid(60) * 60).unwrap();
            let minutes = std::iter::successors(Some(whole + MINUTE), |at| Some(*at + MINUTE));
            let before: Vec<Timestamp> = minutes.take_while(|at| *at < end).collect();
            let closed = before.iter().position(|at| !hours.open_at(*at, &zone));
            match closed {
                Some(closed) if hours.open_at(now, &zone) => {
                    let reopened = before[closed..].iter().any(|at| hours.open_at(*at, &zone));
                    prop_assert!(!reopened);
                }
                Some(_) => prop_assert!(!before.iter().any(|at| hours.open_at(*at, &zone))),
                None => prop_assert!(!hours.open_at(now, &zone)),
            }
        }

        #[test]
        fn minutes_are_minutes(minutes in 1..=1440u32, now in instant()) {
            let nowhere = (&Hours::default(), &TimeZone::UTC);
            let end = ends(Length::Minutes(minutes), now, nowhere).unwrap();
            prop_assert_eq!(end.duration_since(now), SignedDuration::from_mins(minutes.into()));
        }
    }

    #[test]
    fn a_store_that_never_closes_has_no_next_opening() {
        let always = Hours::daily(time(0, 0, 0, 0), time(0, 0, 0, 0));
        let now = Timestamp::UNIX_EPOCH;
        for hours in [always, Hours::default()] {
            assert_eq!(ends(Length::UntilNextOpening, now, (&hours, &TimeZone::UTC)), None);
        }
    }
}
