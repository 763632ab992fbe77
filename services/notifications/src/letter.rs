//! What a message says. The text of each kind is a template of its own; the HTML is made of the
//! text, so that the two cannot say different things.

use std::sync::LazyLock;

use anyhow::Context;
use minijinja::{Environment, UndefinedBehavior, Value};
use serde::Serialize;

use crate::language::Language;

/// The longest subject, in characters.
const MAX_SUBJECT: usize = 150;

/// A message, worded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// What a message is about: the name of its template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Placed,
    Paid,
    Accepted,
    Packed,
    OutForDelivery,
    Arrived,
    Delivered,
    Returning,
    Closed,
    Lost,
    Cancelled,
    Refunded,
    ComplaintDeclined,
    StockLow,
}

/// A template by its name, in both languages.
macro_rules! template {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../templates/", $name, ".txt")),
            include_str!(concat!("../templates/he/", $name, ".txt")),
        )
    };
}

impl Kind {
    /// Also how it is kept.
    pub const fn name(self) -> &'static str {
        self.templates().0
    }

    /// Its name, and what it says in English and in Hebrew.
    const fn templates(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Placed => template!("placed"),
            Self::Paid => template!("paid"),
            Self::Accepted => template!("accepted"),
            Self::Packed => template!("packed"),
            Self::OutForDelivery => template!("out_for_delivery"),
            Self::Arrived => template!("arrived"),
            Self::Delivered => template!("delivered"),
            Self::Returning => template!("returning"),
            Self::Closed => template!("closed"),
            Self::Lost => template!("lost"),
            Self::Cancelled => template!("cancelled"),
            Self::Refunded => template!("refunded"),
            Self::ComplaintDeclined => template!("complaint_declined"),
            Self::StockLow => template!("stock_low"),
        }
    }
}

/// A word that is missing in a template is an error, not a gap in a message.
static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates
});

/// Paragraphs that the HTML shows in a way of their own.
#[derive(Debug, Clone, Copy, Default)]
pub struct Marked<'a> {
    /// To be typed.
    pub code: Option<&'a str>,
    /// To be touched.
    pub link: Option<&'a str>,
}

/// Words a message of this kind with these facts.
pub fn word(kind: Kind, language: Language, facts: Value) -> anyhow::Result<Letter> {
    let (name, english, hebrew) = kind.templates();
    let template = match language {
        Language::English => english,
        Language::Hebrew => hebrew,
    };
    word_as((name, template, language), facts, Marked::default())
}

/// Words a message by a named template.
pub fn word_as(
    (name, template, language): (&str, &str, Language),
    facts: Value,
    Marked { code, link }: Marked<'_>,
) -> anyhow::Result<Letter> {
    // Named as text: the words are escaped where the HTML is made of them.
    let whole = TEMPLATES.render_named_str(&format!("{name}.txt"), template, facts);
    let whole = whole.with_context(|| format!("word a message of kind {name}"))?;
    let (subject, text) = whole.split_once('\n').unwrap_or((&whole, ""));
    let subject = line(subject.trim_start_matches("Subject: "), MAX_SUBJECT);
    let text = format!("{}\n", text.trim());
    let paragraphs: Vec<String> = text.split("\n\n").map(|it| it.trim().to_owned()).collect();
    let html = TEMPLATES
        .render_named_str(
            "letter.html",
            include_str!("../templates/letter.html"),
            minijinja::context! {
                subject => subject.clone(), paragraphs, code, link,
                language => language.tag(), direction => language.direction(),
            },
        )
        .context("make the HTML of a message")?;
    Ok(Letter { subject, text, html })
}

/// Text from elsewhere as one line without control characters, cut to `most` characters: nobody's
/// name becomes a header or a paragraph.
pub fn line(text: &str, most: usize) -> String {
    let flat: String = text
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect();
    let flat = flat.split_whitespace().collect::<Vec<_>>().join(" ");
    match flat.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &flat[..end]),
        None => flat,
    }
}

#[cfg(test)]
mod tests {
    use minijinja::context;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn html_is_escaped_and_says_what_the_text_says() {
        let facts =
            context! { number => "K7", name => "<b>Ann</b>", store => "Hops & Co", slot => () };
        let letter = word(Kind::Accepted, Language::English, facts).unwrap();
        assert_eq!(letter.subject, "Order K7: the store has accepted it");
        assert!(letter.text.contains("Hello <b>Ann</b>,\n\nHops & Co has accepted"));
        assert!(letter.html.contains("Hello &lt;b&gt;Ann&lt;&#x2f;b&gt;,"), "{}", letter.html);
        assert!(letter.html.contains("Hops &amp; Co has accepted"));
    }

    const ALL: [Kind; 14] = [
        Kind::Placed,
        Kind::Paid,
        Kind::Accepted,
        Kind::Packed,
        Kind::OutForDelivery,
        Kind::Arrived,
        Kind::Delivered,
        Kind::Returning,
        Kind::Closed,
        Kind::Lost,
        Kind::Cancelled,
        Kind::Refunded,
        Kind::ComplaintDeclined,
        Kind::StockLow,
    ];

    #[test]
    fn every_kind_says_the_same_facts_in_both_languages() {
        let change = context! { name => "Rye", packed => 1, ordered => 2, instead => () };
        let bought = context! { name => "Gin", total => "9 USD", quantity => 1 };
        let facts = context! {
            name => "Ann", number => "K7Q2-9F", store => "Corner", store_address => "1 Main St",
            address => "2 Elm St", recipient => "Ann Lee", total => "9.00 USD", agreed => "12.00 USD",
            reason => "no driver", refund => "3.00 USD", amount => "4.00 USD", answer => "it was whole",
            driver => "Dee", product => "Rye", free => 2, threshold => 5, slot => "ON FRIDAY",
            changes => vec![change], lines => vec![bought],
        };
        let plain =
            context! { slot => (), changes => Vec::<Value>::new(), driver => (), ..facts.clone() };
        let words = [
            "Ann",
            "Corner",
            "9.00 USD",
            "3.00 USD",
            "4.00 USD",
            "no driver",
            "it was whole",
            "Dee",
        ];
        for kind in ALL {
            let said = |language, facts: &Value| word(kind, language, facts.clone()).unwrap();
            let (english, hebrew) =
                (said(Language::English, &facts), said(Language::Hebrew, &facts));
            for each in words.into_iter().chain(["K7Q2-9F", "ON FRIDAY", "1 Main St", "Ann Lee"]) {
                let of =
                    |letter: &Letter| letter.text.contains(each) || letter.subject.contains(each);
                assert_eq!(of(&english), of(&hebrew), "{kind:?} {each}");
            }
            assert!(english.html.contains(r#"lang="en" dir="ltr""#));
            assert!(hebrew.html.contains(r#"lang="he" dir="rtl""#));
            for language in [Language::English, Language::Hebrew] {
                assert!(!said(language, &plain).text.contains("ON FRIDAY"), "{kind:?}");
            }
        }
    }

    #[test]
    fn what_is_left_is_counted_as_each_language_counts() {
        let said = |language, free: i64| {
            let facts = context! { product => "Rye", store => "Corner", free, threshold => 5 };
            word(Kind::StockLow, language, facts).unwrap().text
        };
        for (free, left) in [
            (0, "לא נותרו יחידות, הסף הוא 5"),
            (1, "נותרה יחידה אחת, הסף הוא 5"),
            (2, "נותרו שתי יחידות, הסף הוא 5"),
            (3, "נותרו 3 יחידות, הסף הוא 5"),
        ] {
            assert!(said(Language::Hebrew, free).contains(left), "{free}");
            assert!(said(Language::English, free).contains(&format!("{free} left, the threshold")));
        }
    }

    #[test]
    fn a_missing_word_is_an_error() {
        assert!(word(Kind::Accepted, Language::English, context! { number => "K7" }).is_err());
    }

    proptest! {
        #[test]
        fn a_line_is_one_line(text in any::<String>()) {
            let line = line(&text, 20);
            prop_assert!(!line.chars().any(char::is_control));
            prop_assert!(line.chars().count() <= 21);
        }
    }
}
