//! Ages, by the calendar.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// When someone born on 29 February has a birthday in a year without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeapDay {
    February28,
    #[default]
    March1,
}

/// Whether someone born on `born` has reached `age` on the calendar day `today`.
pub fn has_reached(age: u8, born: Date, today: Date, leap_day: LeapDay) -> bool {
    birthday(age, born, leap_day).is_some_and(|birthday| birthday <= today)
}

/// The day on which someone born on `born` becomes `age`; none beyond the calendar.
fn birthday(age: u8, born: Date, leap_day: LeapDay) -> Option<Date> {
    let year = born.year().checked_add(i16::from(age))?;
    let (month, day) = (born.month(), born.day());
    Date::new(year, month, day).ok().or_else(|| match leap_day {
        LeapDay::February28 => Date::new(year, 2, 28).ok(),
        LeapDay::March1 => Date::new(year, 3, 1).ok(),
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_birthday_counts_from_its_first_moment() {
        let born = date(2005, 6, 15);
        assert!(!has_reached(21, born, date(2026, 6, 14), LeapDay::March1));
        assert!(has_reached(21, born, date(2026, 6, 15), LeapDay::March1));
    }

    #[test]
    fn a_leap_day_child_waits_for_what_the_law_says() {
        let born = date(2004, 2, 29);
        assert!(!has_reached(21, born, date(2025, 2, 28), LeapDay::March1));
        assert!(has_reached(21, born, date(2025, 3, 1), LeapDay::March1));
        assert!(!has_reached(21, born, date(2025, 2, 27), LeapDay::February28));
        assert!(has_reached(21, born, date(2025, 2, 28), LeapDay::February28));
        assert!(!has_reached(20, born, date(2024, 2, 28), LeapDay::February28), "a leap year");
    }

    #[test]
    fn nobody_is_old_enough_beyond_the_calendar() {
        assert!(!has_reached(21, Date::MAX, Date::MAX, LeapDay::March1));
    }
}
