use std::collections::BTreeMap;

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};
use utoipa::openapi::{RefOr, Schema};

/// From one time of the day to another, by the clock on the wall. `until` is not part of it.
/// An `until` at or before `from` is on the next day: 18:00 to 02:00; 06:00 to 06:00 is 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Span {
    #[schema(value_type = String, example = "09:00:00")]
    pub from: Time,
    #[schema(value_type = String, example = "22:00:00")]
    pub until: Time,
}

/// Hours of a week with exceptions by date. A span belongs to the day on which it begins, so an
/// exception for Saturday does not cut what Friday's span has after midnight.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// Monday first; a day without spans is closed.
    pub week: [Vec<Span>; 7],
    /// What holds on these dates instead; an empty list is closed all day.
    #[serde(default)]
    pub exceptions: BTreeMap<Date, Vec<Span>>,
}

impl Hours {
    /// The same spans every day.
    pub fn daily(from: Time, until: Time) -> Self {
        let day = vec![Span { from, until }];
        Self { week: std::array::from_fn(|_| day.clone()), exceptions: BTreeMap::new() }
    }

    /// Whether the wall clock in `zone` stands within the hours at `at`.
    pub fn open_at(&self, at: Timestamp, zone: &TimeZone) -> bool {
        let local = zone.to_datetime(at);
        let (today, time) = (local.date(), local.time());
        let began_today = self
            .day(today)
            .iter()
            .any(|span| time >= span.from && (span.until <= span.from || time < span.until));
        let began_yesterday = today.yesterday().is_ok_and(|yesterday| {
            self.day(yesterday).iter().any(|span| span.until <= span.from && time < span.until)
        });
        began_today || began_yesterday
    }

    /// Whether the hours hold at every minute from `from` to `to`, both included. More than a day
    /// is never held: nobody needs it, and it bounds the work.
    pub fn open_through(&self, from: Timestamp, to: Timestamp, zone: &TimeZone) -> bool {
        let minute = SignedDuration::from_mins(1);
        if to < from || to.duration_since(from) > SignedDuration::from_hours(24) {
            return false;
        }
        let mut at = from;
        while at < to {
            if !self.open_at(at, zone) {
                return false;
            }
            at += minute;
        }
        self.open_at(to, zone)
    }

    /// The next minute at or after `from` at which the hours hold, within eight days.
    pub fn next_open(&self, from: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let minute = SignedDuration::from_mins(1);
        let whole = Timestamp::from_second(from.as_second().div_euclid(60) * 60).ok()?;
        if self.open_at(from, zone) {
            return Some(from);
        }
        let minutes = 1..=8 * 24 * 60;
        minutes.map(|count| whole + minute * count).find(|at| self.open_at(*at, zone))
    }

    /// The next minute at or after `from` at which the hours do not hold, within eight days.
    pub fn next_closed(&self, from: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let minute = SignedDuration::from_mins(1);
        let whole = Timestamp::from_second(from.as_second().div_euclid(60) * 60).ok()?;
        if !self.open_at(from, zone) {
            return Some(from);
        }
        let minutes = 1..=8 * 24 * 60;
        minutes.map(|count| whole + minute * count).find(|at| !self.open_at(*at, zone))
    }

    fn day(&self, date: Date) -> &[Span] {
        let weekday = date.weekday().to_monday_zero_offset() as usize;
        self.exceptions.get(&date).unwrap_or(&self.week[weekday])
    }
}

impl utoipa::__dev::ComposeSchema for Hours {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        use utoipa::openapi::{ArrayBuilder, ObjectBuilder, schema::Type};
        let span = || <Span as utoipa::PartialSchema>::schema();
        let day = || ArrayBuilder::new().items(span());
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .property(
                "week",
                ArrayBuilder::new()
                    .items(day())
                    .min_items(Some(7))
                    .max_items(Some(7))
                    .description(Some("Spans of each day, Monday first")),
            )
            .required("week")
            .property(
                "exceptions",
                ObjectBuilder::new()
                    .additional_properties(Some(day()))
                    .description(Some("Spans by date (YYYY-MM-DD) instead of the week's")),
            )
            .into()
    }
}

impl utoipa::ToSchema for Hours {
    fn name() -> std::borrow::Cow<'static, str> {
        "Hours".into()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_span_past_midnight_belongs_to_the_day_it_begins() {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let mut hours = Hours::daily(time(18, 0, 0, 0), time(2, 0, 0, 0));
        hours.exceptions.insert(date(2026, 7, 5), vec![]);
        assert!(hours.open_at(at("2026-07-05T06:59:59Z"), &zone), "01:59 of Saturday's span");
        assert!(!hours.open_at(at("2026-07-05T07:00:00Z"), &zone));
        assert!(!hours.open_at(at("2026-07-06T01:00:00Z"), &zone), "the 5th is closed");
        assert!(!hours.open_at(at("2026-07-06T06:00:00Z"), &zone), "and so is its night");
    }

    #[test]
    fn the_wall_clock_decides_when_it_is_turned_back() {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let hours = Hours::daily(time(6, 0, 0, 0), time(1, 30, 0, 0));
        assert!(hours.open_at(at("2026-11-01T06:15:00Z"), &zone), "01:15 the first time");
        assert!(!hours.open_at(at("2026-11-01T06:45:00Z"), &zone));
        assert!(hours.open_at(at("2026-11-01T07:15:00Z"), &zone), "01:15 the second time");
        assert!(!hours.open_through(at("2026-11-01T06:15:00Z"), at("2026-11-01T07:15:00Z"), &zone));
    }
}
