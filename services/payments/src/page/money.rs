//! A sum as the reader writes it: what `Intl.NumberFormat` makes of it in the web app.

use kernel::{Currency, Money};
use wire::Reader;

/// What currencies are written with wherever they are nobody's own; all others with their code.
const SIGNS: [(Currency, &str); 20] = [
    (Currency::AUD, "A$"),
    (Currency::BRL, "R$"),
    (Currency::CAD, "CA$"),
    (Currency::CNY, "CN¥"),
    (Currency::EUR, "€"),
    (Currency::GBP, "£"),
    (Currency::HKD, "HK$"),
    (Currency::ILS, "₪"),
    (Currency::INR, "₹"),
    (Currency::JPY, "¥"),
    (Currency::KRW, "₩"),
    (Currency::MXN, "MX$"),
    (Currency::NZD, "NZ$"),
    (Currency::TWD, "NT$"),
    (Currency::USD, "$"),
    (Currency::VND, "₫"),
    (Currency::XAF, "FCFA"),
    (Currency::XCD, "EC$"),
    (Currency::XOF, "F\u{202f}CFA"),
    (Currency::XPF, "CFPF"),
];

/// From right to left a mark keeps the number whole, and another one the sign on its left.
const FROM_RIGHT: char = '\u{200f}';
/// Keeps a minus before its number.
const FROM_LEFT: char = '\u{200e}';
const SPACE: char = '\u{a0}';

/// A sum as whoever reads writes it.
pub fn written(money: Money, reader: &Reader) -> String {
    let sign = sign(money.currency, &reader.locale);
    let number = number(money, &reader.locale);
    let minus = if money.amount < 0 { "-" } else { "" };
    if reader.direction == "rtl" {
        let minus = if minus.is_empty() { String::new() } else { format!("{FROM_LEFT}{minus}") };
        return format!("{FROM_RIGHT}{minus}{number}{SPACE}{FROM_RIGHT}{sign}");
    }
    let space = if sign.ends_with(char::is_alphanumeric) { "\u{a0}" } else { "" };
    format!("{minus}{sign}{space}{number}")
}

fn sign(currency: Currency, locale: &str) -> &'static str {
    let known = SIGNS.iter().find(|(one, _)| *one == currency).map(|(_, sign)| *sign);
    let other = known.unwrap_or_else(|| currency.code());
    match (locale, currency) {
        ("en-AU", Currency::AUD) | ("en-CA", Currency::CAD) | ("en-NZ", Currency::NZD) => "$",
        ("en-ZA", Currency::ZAR) => "R",
        ("en-AU", _) => currency.code(),
        ("en" | "en-US" | "en-IN", Currency::USD) | ("en" | "en-US", Currency::JPY) => other,
        (locale, Currency::USD) if locale.starts_with("en") => "US$",
        (locale, Currency::JPY) if locale.starts_with("en") => "JP¥",
        (locale, Currency::PHP) if locale.starts_with("en") => "₱",
        ("he" | "he-IL", Currency::THB) => "฿",
        _ => other,
    }
}

/// Its digits, in groups, with as many places as the currency has.
fn number(money: Money, locale: &str) -> String {
    let (group, point) = if locale == "en-ZA" { (SPACE, ',') } else { (',', '.') };
    let places = money.decimals() as usize;
    let unit = 10_u64.pow(money.decimals());
    let (whole, part) = (money.amount.unsigned_abs() / unit, money.amount.unsigned_abs() % unit);
    let digits = whole.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        let left = digits.len() - at;
        // In India only the last group has three.
        let ends = left.is_multiple_of(3) && (left == 3 || locale != "en-IN");
        let lakh = locale == "en-IN" && left > 3 && !left.is_multiple_of(2);
        if at > 0 && (ends || lakh) {
            text.push(group);
        }
        text.push(digit);
    }
    if places == 0 { text } else { format!("{text}{point}{part:0places$}") }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, header};

    use super::*;

    /// What `Intl.NumberFormat` of Node 24 makes of these, with `~` for a space that breaks no line,
    /// and `R` and `L` for the marks.
    const INTL: [(&str, &str); 11] = [
        (
            "en",
            "$25.99 | -$1,234,567.50 | €1,234.50 | ₪10.00 | CA$1.00 | ¥500 | CHF~3.20 | KWD~1.234",
        ),
        (
            "en-US",
            "$25.99 | -$1,234,567.50 | €1,234.50 | ₪10.00 | CA$1.00 | ¥500 | CHF~3.20 | KWD~1.234",
        ),
        (
            "en-GB",
            "US$25.99 | -US$1,234,567.50 | €1,234.50 | ₪10.00 | CA$1.00 | JP¥500 | CHF~3.20 | KWD~1.234",
        ),
        (
            "en-IE",
            "US$25.99 | -US$1,234,567.50 | €1,234.50 | ₪10.00 | CA$1.00 | JP¥500 | CHF~3.20 | KWD~1.234",
        ),
        (
            "en-CA",
            "US$25.99 | -US$1,234,567.50 | €1,234.50 | ₪10.00 | $1.00 | JP¥500 | CHF~3.20 | KWD~1.234",
        ),
        (
            "en-AU",
            "USD~25.99 | -USD~1,234,567.50 | EUR~1,234.50 | ILS~10.00 | CAD~1.00 | JPY~500 | CHF~3.20 | KWD~1.234",
        ),
        (
            "en-NZ",
            "US$25.99 | -US$1,234,567.50 | €1,234.50 | ₪10.00 | CA$1.00 | JP¥500 | CHF~3.20 | KWD~1.234",
        ),
        (
            "en-IN",
            "$25.99 | -$12,34,567.50 | €1,234.50 | ₪10.00 | CA$1.00 | JP¥500 | CHF~3.20 | KWD~1.234",
        ),
        (
            "en-ZA",
            "US$25,99 | -US$1~234~567,50 | €1~234,50 | ₪10,00 | CA$1,00 | JP¥500 | CHF~3,20 | KWD~1,234",
        ),
        (
            "he",
            "R25.99~R$ | RL-1,234,567.50~R$ | R1,234.50~R€ | R10.00~R₪ | R1.00~RCA$ | R500~R¥ | R3.20~RCHF | R1.234~RKWD",
        ),
        (
            "he-IL",
            "R25.99~R$ | RL-1,234,567.50~R$ | R1,234.50~R€ | R10.00~R₪ | R1.00~RCA$ | R500~R¥ | R3.20~RCHF | R1.234~RKWD",
        ),
    ];

    fn written_in(locale: &str, amount: i64, currency: Currency) -> String {
        let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, locale.parse().unwrap())]);
        let text = written(Money::new(amount, currency), &Reader::of(&headers));
        text.replace(SPACE, "~").replace(FROM_RIGHT, "R").replace(FROM_LEFT, "L")
    }

    #[test]
    fn a_sum_is_written_as_the_web_app_writes_it() {
        let sums = [
            (2_599, Currency::USD),
            (-123_456_750, Currency::USD),
            (123_450, Currency::EUR),
            (1_000, Currency::ILS),
            (100, Currency::CAD),
            (500, Currency::JPY),
            (320, Currency::CHF),
            (1_234, Currency::KWD),
        ];
        for (locale, expected) in INTL {
            let all = sums.map(|(amount, currency)| written_in(locale, amount, currency));
            assert_eq!(all.join(" | "), expected, "{locale}");
        }
    }

    #[test]
    fn each_has_a_sign_of_its_own_at_home() {
        assert_eq!(written_in("en-ZA", 1_234_567, Currency::ZAR), "R~12~345,67");
        assert_eq!(written_in("en-AU", 5, Currency::AUD), "$0.05");
        assert_eq!(written_in("en-NZ", 5, Currency::NZD), "$0.05");
        assert_eq!(written_in("en", 100, Currency::PHP), "₱1.00");
        assert_eq!(written_in("he", 100, Currency::PHP), "R1.00~RPHP");
        assert_eq!(written_in("he", 100, Currency::THB), "R1.00~R฿");
        assert_eq!(written_in("en", 100, Currency::THB), "THB~1.00");
        assert_eq!(written_in("en-IN", 12_345, Currency::INR), "₹123.45");
    }
}
