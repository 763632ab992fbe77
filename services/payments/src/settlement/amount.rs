//! Amounts as providers write them, exactly: digits only, never a float.

use kernel::{Currency, Money};

/// Most digits before the decimal point: all that is less fits.
const MOST_DIGITS: usize = 15;

/// `-12.50` in minor units of the currency. More decimals than the currency has are allowed only
/// where they are zeros.
pub fn decimal(text: &str, currency: Currency) -> Result<i64, String> {
    let refused = || format!("“{text}” is not an amount in {}", currency.code());
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let only_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = (1..=MOST_DIGITS).contains(&whole.len()) && part.len() <= 8;
    if !fits || !only_digits(whole) || !only_digits(part) {
        return Err(refused());
    }
    let places = Money::zero(currency).decimals() as usize;
    let (kept, rest) = part.split_at(part.len().min(places));
    if rest.bytes().any(|byte| byte != b'0') {
        return Err(refused());
    }
    let minor = format!("{whole}{kept:0<places$}");
    minor.parse::<i64>().map(|minor| sign * minor).map_err(|_| refused())
}

/// Digits that are a count of minor units already, perhaps with a sign.
pub fn whole(text: &str) -> Result<i64, String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let fits = (1..=MOST_DIGITS).contains(&digits.len());
    let number = if fits && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    };
    number.ok_or_else(|| format!("“{text}” is not a whole number of minor units"))
}

/// An ISO 4217 code in either case.
pub fn currency(text: &str) -> Result<Currency, String> {
    Currency::from_code(&text.to_ascii_uppercase())
        .ok_or_else(|| format!("“{text}” is not an ISO 4217 currency"))
}
