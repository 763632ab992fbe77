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

/// The language of whoever has not said theirs.
pub const LANGUAGE: &str = "en-US";

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

/// A telephone number in E.164, where the text is one with its country in front.
pub fn phone(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|char| !" -().\u{a0}/".contains(*char)).collect();
    let number = phonenumber::parse(None, &text).ok()?;
    phonenumber::is_valid(&number)
        .then(|| number.format().mode(phonenumber::Mode::E164).to_string())
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

    #[test]
    fn a_phone_is_a_number_with_its_country() {
        for (text, number) in [
            ("+1 (515) 243-0123", Some("+15152430123")),
            ("+49 30 901820", Some("+4930901820")),
            ("515 243 0123", None),
            ("+1 515", None),
            ("+1 515 243 01234567890", None),
            ("+", None),
            ("", None),
            ("call me", None),
        ] {
            assert_eq!(phone(text).as_deref(), number, "{text}");
        }
    }
}
