//! What may be said of a person: pure checks that every way of making or changing one shares.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// The year before which nobody who is alive was born.
const EARLIEST_YEAR: i16 = 1900;

/// Why this cannot be a date of birth, if it cannot.
pub fn wrong_date_of_birth(born: Date, now: Timestamp) -> Option<&'static str> {
    if born > now.to_zoned(TimeZone::UTC).date() {
        return Some("is in the future");
    }
    (born.year() < EARLIEST_YEAR).then_some("is too long ago")
}

/// A garde rule: a name has something in it besides space.
pub fn name(text: &str, _: &()) -> garde::Result {
    wire::plain_text(text, &())?;
    if text.trim().is_empty() {
        return Err(garde::Error::new("is empty"));
    }
    Ok(())
}

/// A garde rule: a language tag of the form that BCP 47 gives it, such as `en-US`.
pub fn language(tag: &str, _: &()) -> garde::Result {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    let fits = (2..=8).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
    if fits { Ok(()) } else { Err(garde::Error::new("is not a language tag such as en-US")) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_date_of_birth_is_in_living_memory() {
        let now = "2026-06-15T17:00:00Z".parse().unwrap();
        assert_eq!(wrong_date_of_birth(date(2026, 6, 15), now), None);
        assert!(wrong_date_of_birth(date(2026, 6, 16), now).is_some());
        assert_eq!(wrong_date_of_birth(date(1900, 1, 1), now), None);
        assert!(wrong_date_of_birth(date(1899, 12, 31), now).is_some());
        assert!(wrong_date_of_birth(date(-9999, 1, 1), now).is_some());
    }

    #[test]
    fn a_language_is_a_tag() {
        for good in ["en", "en-US", "zh-Hant-TW", "de-DE-1996"] {
            assert!(language(good, &()).is_ok(), "{good}");
        }
        for bad in ["", "e", "en_US", "en-", "-US", "english language", "12"] {
            assert!(language(bad, &()).is_err(), "{bad}");
        }
    }
}
