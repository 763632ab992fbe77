//! What is wrong with a field, for programs: a stable code beside the sentence, and the limit that it names.

/// What the libraries that read and check input say begins like this; codes are ours.
const LIBRARIES: [(&str, &str); 14] = [
    ("length is lower than ", "too-short"),
    ("length is greater than ", "too-long"),
    ("lower than ", "too-small"),
    ("greater than ", "too-large"),
    ("not a valid email", "not-an-email"),
    ("not a valid url", "not-an-address"),
    ("missing field ", "missing"),
    ("unknown field ", "unknown-field"),
    ("duplicate field ", "named-twice"),
    ("invalid type", "wrong-form"),
    ("invalid value", "wrong-form"),
    ("invalid length", "wrong-form"),
    ("unknown variant ", "no-such-choice"),
    ("failed to parse ", "wrong-form"),
];

/// The same of our own rules that say the same in other words.
const OWN: [(&str, &str); 6] = [
    ("is longer than ", "too-long"),
    ("has more than ", "too-many"),
    ("is shorter than ", "too-short"),
    ("must be at least ", "too-small"),
    ("must be at most ", "too-large"),
    ("is named twice", "named-twice"),
];

/// The code of what a check says. A rule of ours that says something of its own has its words for a code, up to
/// what they cite: `is-not-after-valid-from`.
pub fn code(message: &str) -> String {
    let known = LIBRARIES.iter().chain(&OWN).find(|(start, _)| message.starts_with(start));
    known.map_or_else(|| words(message), |(_, code)| (*code).to_owned())
}

/// The first number that it names.
pub fn limit(message: &str) -> Option<i64> {
    let from = message.find(|c: char| c.is_ascii_digit())?;
    let negative = message[..from].ends_with(" -");
    let rest = message[from..].replace(',', "");
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    let limit: i64 = digits.parse().ok()?;
    Some(if negative { -limit } else { limit })
}

fn words(message: &str) -> String {
    let clause = message.split([':', ';', '`', '(', ',', '"']).next().unwrap_or_default();
    let words = clause.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    let code = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    if code.is_empty() { "wrong".to_owned() } else { code }
}

#[cfg(test)]
mod tests {
    use garde::Validate;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Form {
        #[garde(length(chars, min = 3, max = 5))]
        name: String,
        #[garde(range(min = 1, max = 9))]
        quantity: u32,
        #[garde(email)]
        email: String,
        #[garde(url)]
        url: String,
    }

    fn form(change: impl Fn(&mut Form)) -> (String, Option<i64>) {
        let mut form = Form {
            name: "Anna".into(),
            quantity: 2,
            email: "anna@example.com".into(),
            url: "https://example.com".into(),
        };
        change(&mut form);
        let report = form.validate().expect_err("a flaw");
        let message = report.iter().next().expect("a flaw").1.message().to_string();
        (code(&message), limit(&message))
    }

    #[test]
    fn checks_of_the_library_have_codes() {
        assert_eq!(form(|form| form.name = "A".into()), ("too-short".into(), Some(3)));
        assert_eq!(form(|form| form.name = "Antonia".into()), ("too-long".into(), Some(5)));
        assert_eq!(form(|form| form.quantity = 0), ("too-small".into(), Some(1)));
        assert_eq!(form(|form| form.quantity = 10), ("too-large".into(), Some(9)));
        assert_eq!(form(|form| form.email = "anna".into()).0, "not-an-email");
        assert_eq!(form(|form| form.url = "example".into()).0, "not-an-address");
    }

    #[test]
    fn what_cannot_be_read_has_a_code() {
        let unread = |text: &str| {
            code(&serde_json::from_str::<Form>(text).expect_err("unreadable").to_string())
        };
        assert_eq!(unread("{}"), "missing");
        assert_eq!(unread(r#"{"names": 1}"#), "unknown-field");
        assert_eq!(unread(r#"{"name": 1}"#), "wrong-form");
        assert_eq!(unread(r#"{"name": "", "name": ""}"#), "named-twice");
        assert_eq!(unread(r#"{"quantity": -1}"#), "wrong-form");
    }

    #[test]
    fn rules_of_ours_have_their_words_for_a_code() {
        for (message, expected, number) in [
            ("is blank", "is-blank", None),
            ("is longer than 100 characters", "too-long", Some(100)),
            ("has more than 50,000 lines", "too-many", Some(50_000)),
            ("must be at least 1", "too-small", Some(1)),
            ("must be between 1 and 50", "must-be-between-and", Some(1)),
            ("is after `to`", "is-after", None),
            ("is not a list of ids, with commas", "is-not-a-list-of-ids", None),
            ("lower than -90", "too-small", Some(-90)),
            ("???", "wrong", None),
        ] {
            assert_eq!((code(message).as_str(), limit(message)), (expected, number), "{message}");
        }
    }
}
