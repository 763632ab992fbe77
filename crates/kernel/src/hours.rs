use std::collections::{BTreeMap, BTreeSet};

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime, Time},
    tz::{AmbiguousOffset, TimeZone},
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

    /// The first instant at or after `from` at which the hours hold, within eight days.
    pub fn next_open(&self, from: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        if self.open_at(from, zone) {
            return Some(from);
        }
        let to = from.checked_add(SignedDuration::from_hours(8 * 24)).ok()?;
        self.turns(from, to, zone).into_iter().find(|at| self.open_at(*at, zone))
    }

    /// The instants from `from` to `to`, both included, at which the hours may begin or end to hold:
    /// between two of them they hold throughout or not at all.
    pub fn turns(&self, from: Timestamp, to: Timestamp, zone: &TimeZone) -> BTreeSet<Timestamp> {
        let clock_turns = zone.following(from).map(|turn| turn.timestamp());
        let mut turns: BTreeSet<Timestamp> = clock_turns.take_while(|at| *at <= to).collect();
        let [first, last] = [from, to].map(|at| zone.to_datetime(at).date());
        let before = first.yesterday().unwrap_or(first);
        let days = std::iter::successors(Some(before), |day| day.tomorrow().ok());
        for day in days.take_while(|day| *day <= last) {
            for span in self.day(day) {
                turns.extend(instants(day.to_datetime(span.from), zone));
                let ends = if span.until <= span.from { day.tomorrow().ok() } else { Some(day) };
                let ends = ends.map(|day| day.to_datetime(span.until));
                turns.extend(ends.into_iter().flat_map(|ends| instants(ends, zone)));
            }
        }
        turns.retain(|at| (from..=to).contains(at));
        turns
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

/// When the wall clock shows a time: never when it is skipped, twice when the clock is turned back.
fn instants(time: DateTime, zone: &TimeZone) -> impl Iterator<Item = Timestamp> {
    let offsets = match zone.to_ambiguous_timestamp(time).offset() {
        AmbiguousOffset::Unambiguous { offset } => [Some(offset), None],
        AmbiguousOffset::Gap { .. } => [None, None],
        AmbiguousOffset::Fold { before, after } => [Some(before), Some(after)],
    };
    offsets.into_iter().flatten().filter_map(move |offset| offset.to_timestamp(time).ok())
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
    use proptest::prelude::*;

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
    fn spans() -> impl Strategy<Value = Vec<Span>> {
        let clock = |minute: i16| time((minute / 60) as i8, (minute % 60) as i8, 0, 0);
        let span = (0..1440_i16, 0..1440_i16)
            .prop_map(move |(from, until)| Span { from: clock(from), until: clock(until) });
        prop::collection::vec(span, 0..3)
    }

    /// A week around a night in which a clock is turned, or one in which none is.
    fn starts() -> impl Strategy<Value = (&'static str, Timestamp)> {
        let zones = ["America/Chicago", "Europe/Berlin", "Australia/Lord_Howe", "America/Havana"];
        let days =
            ["2026-03-07", "2026-03-28", "2026-10-03", "2026-10-24", "2026-11-01", "2026-07-01"];
        let at =
            |day: &str, second| at(&format!("{day}T00:00:00Z")) + SignedDuration::from_secs(second);
        (prop::sample::select(zones.to_vec()), prop::sample::select(days.to_vec()), 0..172_800_i64)
            .prop_map(move |(zone, day, second)| (zone, at(day, second)))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn nothing_changes_between_two_turns(
            week in prop::array::uniform7(spans()),
            exception in prop::option::of((0..3_i32, spans())),
            (zone, from) in starts(),
        ) {
            let zone = TimeZone::get(zone).unwrap();
            let day = |after: i32| zone.to_datetime(from).date() + SignedDuration::from_hours(i64::from(after) * 24);
            let exceptions = exception.map(|(after, spans)| (day(after), spans)).into_iter().collect();
            let hours = Hours { week, exceptions };
            let to = from + SignedDuration::from_hours(3 * 24);
            let mut turns = hours.turns(from, to, &zone).into_iter().peekable();
            let (mut at, mut open) = (from, hours.open_at(from, &zone));
            let mut opens = open.then_some(from);
            while at < to {
                at += SignedDuration::from_secs(60);
                let mut turned = false;
                while let Some(turn) = turns.next_if(|turn| *turn <= at) {
                    turned = true;
                    if hours.open_at(turn, &zone) {
                        opens = opens.or(Some(turn));
                    }
                }
                let now = hours.open_at(at, &zone);
                prop_assert!(now == open || turned, "{at} is no turn");
                open = now;
            }
            let found = hours.next_open(from, &zone).filter(|at| *at <= to);
            prop_assert_eq!(found, opens);
        }
    }
}
