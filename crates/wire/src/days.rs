//! The days that a report is about, as a query names them.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use crate::Problem;

/// The longest report, in days.
const MOST_DAYS: usize = 366;

/// A day with its beginning and its end, which depend on the time zone and its daylight saving.
pub type Day = (Date, Timestamp, Timestamp);

/// The days from `from` to `to`, both included, of a time zone by its IANA name: UTC, today and the 29
/// days before it where nothing is said.
pub fn days(
    (from, to): (Option<Date>, Option<Date>),
    time_zone: Option<&str>,
    now: Timestamp,
) -> Result<Vec<Day>, Problem> {
    let zone = time_zone.map_or(Ok(TimeZone::UTC), TimeZone::get);
    let zone = zone.map_err(|_| Problem::invalid("time_zone", "is not an IANA time zone"))?;
    let to = to.unwrap_or_else(|| now.to_zoned(zone.clone()).date());
    sensible_day("to", to)?;
    let from = from.map_or_else(|| to.checked_sub(29.days()), Ok);
    let from = from.map_err(|_| Problem::invalid("from", "is too long ago"))?;
    sensible_day("from", from)?;
    if from > to {
        return Err(Problem::invalid("from", "is after `to`"));
    }
    let days: Vec<Date> =
        from.series(1.day()).take_while(|day| *day <= to).take(MOST_DAYS + 1).collect();
    if days.len() > MOST_DAYS {
        return Err(Problem::invalid("from", "is more than 366 days before `to`"));
    }
    let start = |day: Date| day.to_zoned(zone.clone()).map(|zoned| zoned.timestamp());
    let bounds = days.into_iter().map(|day| Ok((day, start(day)?, start(day.tomorrow()?)?)));
    bounds
        .collect::<Result<_, jiff::Error>>()
        .map_err(|_| Problem::invalid("from", "has days that this time zone does not know"))
}

/// Refuses a day of a year that no report is about, and that not every part of the house can count.
pub fn sensible_day(field: &str, day: Date) -> Result<(), Problem> {
    if (2000..=2200).contains(&day.year()) {
        return Ok(());
    }
    Err(Problem::invalid(field, "must be between the years 2000 and 2200"))
}
