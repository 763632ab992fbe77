//! What a message says. The text of each kind is a template of its own; the HTML is made of the
//! text, so that the two cannot say different things.

use std::sync::LazyLock;

use anyhow::Context;
use minijinja::{Environment, UndefinedBehavior, Value};
use serde::Serialize;

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
    StockLow,
}

impl Kind {
    /// Also how it is kept.
    pub const fn name(self) -> &'static str {
        self.template().0
    }

    const fn template(self) -> (&'static str, &'static str) {
        match self {
            Self::Placed => ("placed", include_str!("../templates/placed.txt")),
            Self::Paid => ("paid", include_str!("../templates/paid.txt")),
            Self::Accepted => ("accepted", include_str!("../templates/accepted.txt")),
            Self::Packed => ("packed", include_str!("../templates/packed.txt")),
            Self::OutForDelivery => {
                ("out_for_delivery", include_str!("../templates/out_for_delivery.txt"))
            }
            Self::Arrived => ("arrived", include_str!("../templates/arrived.txt")),
            Self::Delivered => ("delivered", include_str!("../templates/delivered.txt")),
            Self::Returning => ("returning", include_str!("../templates/returning.txt")),
            Self::Closed => ("closed", include_str!("../templates/closed.txt")),
            Self::Lost => ("lost", include_str!("../templates/lost.txt")),
            Self::Cancelled => ("cancelled", include_str!("../templates/cancelled.txt")),
            Self::Refunded => ("refunded", include_str!("../templates/refunded.txt")),
            Self::StockLow => ("stock_low", include_str!("../templates/stock_low.txt")),
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
pub fn word(kind: Kind, facts: Value) -> anyhow::Result<Letter> {
    word_as(kind.template(), facts, Marked::default())
}

/// Words a message by a named template.
pub fn word_as(
    (name, template): (&str, &str),
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
            minijinja::context! { subject => subject.clone(), paragraphs, code, link },
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
        let facts = context! { number => "K7", name => "<b>Ann</b>", store => "Hops & Co" };
        let letter = word(Kind::Accepted, facts).unwrap();
        assert_eq!(letter.subject, "Order K7: the store has accepted it");
        assert!(letter.text.contains("Hello <b>Ann</b>,\n\nHops & Co has accepted"));
        assert!(letter.html.contains("Hello &lt;b&gt;Ann&lt;&#x2f;b&gt;,"), "{}", letter.html);
        assert!(letter.html.contains("Hops &amp; Co has accepted"));
    }

    #[test]
    fn a_missing_word_is_an_error() {
        assert!(word(Kind::Accepted, context! { number => "K7" }).is_err());
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
