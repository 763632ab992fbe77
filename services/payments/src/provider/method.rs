//! What customers keep for later at a provider, as the provider is told and as it tells. Pure.

use std::fmt;

/// What a payment has to do with what its customer keeps.
#[derive(Clone, Copy, Default)]
pub struct Keeping<'a> {
    /// The provider's own customer.
    pub customer: Option<&'a str>,
    /// The customer agreed that what they pay with is kept.
    pub saves: bool,
    /// The token of what it is paid with.
    pub token: Option<&'a str>,
}

/// What a payment was paid with, as far as the provider keeps it for its customer. Of a card nothing
/// is known here but what is shown of it.
#[derive(Clone, PartialEq, Eq)]
pub struct SeenMethod {
    /// The provider's id of it.
    pub token: String,
    /// The provider's customer that it belongs to.
    pub customer: String,
    /// `card`, `paypal`, `upi` …
    pub kind: String,
    pub brand: Option<String>,
    pub last_four: Option<String>,
    /// `2034-08`
    pub expires: Option<String>,
    /// The provider's mark of this card or wallet, the same however often it is saved.
    pub mark: Option<String>,
}

/// A token pays: it is not for logs.
impl fmt::Debug for SeenMethod {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SeenMethod({})", self.kind)
    }
}

impl SeenMethod {
    /// None where the provider's ids make no sense.
    pub fn new(token: String, customer: String, kind: &str) -> Option<Self> {
        let fits = |id: &str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
            (1..=255).contains(&id.len()) && id.bytes().all(plain)
        };
        let kind = word(kind).unwrap_or_else(|| "other".into());
        let (brand, last_four, expires, mark) = (None, None, None, None);
        (fits(&token) && fits(&customer)).then_some(Self {
            token,
            customer,
            kind,
            brand,
            last_four,
            expires,
            mark,
        })
    }

    /// With what may be shown of a card: never more than four of its digits.
    pub fn with_card(
        self,
        brand: Option<&str>,
        digits: Option<&str>,
        expires: Option<String>,
    ) -> Self {
        let four = digits.filter(|digits| {
            (2..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        });
        let (brand, last_four) = (brand.and_then(word), four.map(str::to_owned));
        Self { brand, last_four, expires, ..self }
    }
}

/// A month of ours from a provider's: `2034-08`.
pub fn month(year: i64, month: i64) -> Option<String> {
    let makes_sense = (2000..=9999).contains(&year) && (1..=12).contains(&month);
    makes_sense.then(|| format!("{year:04}-{month:02}"))
}

/// A provider's word in small letters; none where it is none.
fn word(text: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ' ';
    let short = (1..=30).contains(&text.len()) && text.chars().all(fits);
    short.then(|| text.to_ascii_lowercase().replace(' ', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn method(token: &str) -> Option<SeenMethod> {
        SeenMethod::new(token.into(), "cus_1".into(), "card")
    }

    #[test]
    fn nothing_is_known_of_a_card_but_what_is_shown_and_its_token_is_not_told() {
        let shown = method("pm_1").unwrap();
        assert!(!format!("{shown:?}").contains("pm_1"));
        let card = shown.with_card(Some("American Express"), Some("4242"), month(2034, 8));
        assert_eq!(card.brand.as_deref(), Some("american_express"));
        assert_eq!(card.last_four.as_deref(), Some("4242"));
        assert_eq!(card.expires.as_deref(), Some("2034-08"));
        for digits in ["42424", "4242424242424242", "x242", ""] {
            let card = method("pm_1").unwrap().with_card(Some("<b>"), Some(digits), None);
            assert_eq!((card.last_four, card.brand), (None, None), "{digits}");
        }
        assert!(method("../pm").is_none() && method("").is_none());
        assert_eq!((month(2034, 13), month(34, 1)), (None, None));
    }
}
