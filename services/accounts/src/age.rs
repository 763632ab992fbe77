//! What a document proves of a person's age. Kept is only how old the person is at least, and by
//! what; never the document.

pub mod aamva;
mod name;

use jiff::{
    Timestamp, ToSpan,
    civil::Date,
    tz::{Offset, TimeZone},
};
use kernel::{LeapDay, has_reached};

pub use name::plausible;

/// The ages that laws name, greatest first.
const AGES: [u8; 5] = [21, 20, 19, 18, 16];

/// What was read from a document, by a program or a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    pub born: Date,
    /// The last day on which the document holds.
    pub expires: Date,
}

/// What it proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proven {
    /// The greatest age of the law's that the person has reached.
    pub over: u8,
    /// The last day on which the proof holds.
    pub until: Date,
}

/// Why it proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unproven {
    Expired,
    /// Not of an age that any law asks for.
    TooYoung,
    /// The person stated another date of birth.
    OtherBirth,
}

/// What a document proves of someone who stated `stated` as their date of birth, if anything. A
/// proof holds as long as its document, two years at most.
///
/// The day is that of the zone where it begins last, so that nobody is of age early anywhere, and a
/// child of 29 February has its birthday on 1 March in other years, which is the later of the two
/// days that laws choose.
pub fn prove(shown: Shown, stated: Option<Date>, now: Timestamp) -> Result<Proven, Unproven> {
    if stated.is_some_and(|stated| stated != shown.born) {
        return Err(Unproven::OtherBirth);
    }
    if shown.expires < now.to_zoned(TimeZone::UTC).date() {
        return Err(Unproven::Expired);
    }
    let today = now.to_zoned(TimeZone::fixed(Offset::constant(-12))).date();
    let reached = |age: &u8| has_reached(*age, shown.born, today, LeapDay::March1);
    let over = AGES.into_iter().find(|age| reached(age)).ok_or(Unproven::TooYoung)?;
    let longest = today.saturating_add(2.years());
    Ok(Proven { over, until: shown.expires.min(longest) })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// What someone born on `born` proves on a day, in the afternoon in Des Moines.
    fn on(day: Date, born: Date) -> Result<Proven, Unproven> {
        let now = day.at(17, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
        prove(Shown { born, expires: date(2027, 3, 31) }, None, now)
    }

    #[test]
    fn the_greatest_age_that_is_reached_is_proven() {
        let born = date(2005, 6, 15);
        let over = |day| on(day, born).map(|proven| proven.over);
        assert_eq!(over(date(2021, 6, 14)), Err(Unproven::TooYoung));
        assert_eq!(over(date(2021, 6, 15)), Ok(16));
        assert_eq!(over(date(2023, 6, 14)), Ok(16));
        assert_eq!(over(date(2023, 6, 15)), Ok(18));
        assert_eq!(over(date(2024, 6, 15)), Ok(19));
        assert_eq!(over(date(2025, 6, 15)), Ok(20));
        assert_eq!(over(date(2026, 6, 14)), Ok(20));
        assert_eq!(over(date(2026, 6, 15)), Ok(21));
    }

    #[test]
    fn a_child_of_a_leap_day_waits_for_march() {
        let born = date(2004, 2, 29);
        let over = |day| on(day, born).map(|proven| proven.over);
        assert_eq!(over(date(2025, 2, 28)), Ok(20));
        assert_eq!(over(date(2025, 3, 1)), Ok(21));
        assert_eq!(over(date(2024, 2, 28)), Ok(19));
        assert_eq!(over(date(2024, 2, 29)), Ok(20));
    }

    #[test]
    fn a_day_begins_where_it_begins_last() {
        let shown = Shown { born: date(2005, 6, 15), expires: date(2030, 1, 1) };
        let at = |at: &str| prove(shown, None, at.parse().unwrap()).map(|proven| proven.over);
        assert_eq!(at("2026-06-15T11:59:59Z"), Ok(20));
        assert_eq!(at("2026-06-15T12:00:00Z"), Ok(21));
    }

    #[test]
    fn a_proof_ends_with_its_document_and_after_two_years() {
        let born = date(1990, 4, 1);
        assert_eq!(on(date(2026, 6, 15), born).unwrap().until, date(2027, 3, 31));
        assert_eq!(on(date(2024, 2, 29), born).unwrap().until, date(2026, 2, 28));
        assert_eq!(on(date(2027, 3, 31), born).unwrap().until, date(2027, 3, 31));
        assert_eq!(on(date(2027, 4, 1), born), Err(Unproven::Expired));
    }

    #[test]
    fn what_was_stated_must_be_what_is_shown() {
        let shown = Shown { born: date(1990, 4, 1), expires: date(2030, 1, 1) };
        let now = "2026-06-15T17:00:00Z".parse().unwrap();
        assert!(prove(shown, Some(date(1990, 4, 1)), now).is_ok());
        assert_eq!(prove(shown, Some(date(1990, 4, 2)), now), Err(Unproven::OtherBirth));
    }
}
