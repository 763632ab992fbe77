//! Money as PayPal writes it: a decimal text and a currency.

use kernel::{Currency, Money};
use serde_json::{Value, json};

/// How many decimals PayPal wants of a currency: not always those of ISO 4217.
fn decimals(currency: Currency) -> u32 {
    match currency.code() {
        "HUF" | "JPY" | "TWD" => 0,
        _ => Money::zero(currency).decimals(),
    }
}

/// How many minor units of ISO 4217 its smallest amount is.
fn step(currency: Currency) -> i64 {
    10_i64.pow(Money::zero(currency).decimals() - decimals(currency))
}

pub fn show(money: Money) -> Value {
    json!({"currency_code": money.currency.code(), "value": text(money)})
}

fn text(money: Money) -> String {
    let (amount, places) = (money.amount / step(money.currency), decimals(money.currency));
    let unit = 10_u64.pow(places);
    let (whole, part) = (amount.unsigned_abs() / unit, amount.unsigned_abs() % unit);
    let sign = if amount < 0 { "-" } else { "" };
    match places {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{part:0width$}", width = places as usize),
    }
}

/// An amount above zero as a call gives it, or the issue that PayPal names.
pub fn read(value: &Value) -> Result<Money, &'static str> {
    let code = value["currency_code"].as_str().ok_or("MISSING_REQUIRED_PARAMETER")?;
    let currency = Currency::from_code(code).ok_or("INVALID_CURRENCY_CODE")?;
    let text = value["value"].as_str().ok_or("MISSING_REQUIRED_PARAMETER")?;
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || !digits(whole) || !digits(part) {
        return Err("INVALID_PARAMETER_SYNTAX");
    }
    let places = decimals(currency) as usize;
    if part.len() > places {
        return Err(if places == 0 { "DECIMALS_NOT_SUPPORTED" } else { "DECIMAL_PRECISION" });
    }
    let amount: i64 =
        format!("{whole}{part:0<places$}").parse().map_err(|_| "INVALID_PARAMETER_SYNTAX")?;
    match amount {
        0 => Err("CANNOT_BE_ZERO_OR_NEGATIVE"),
        _ => Ok(Money::new(amount * step(currency), currency)),
    }
}

/// What it keeps of a payment: 3.49 % and 0.49 of the currency's unit, or 40 yen.
pub fn fee(taken: Money) -> Money {
    let fixed = if decimals(taken.currency) == 0 { 40 * step(taken.currency) } else { 49 };
    let share = (taken.amount * 349 + 5_000) / 10_000 + fixed;
    let step = step(taken.currency);
    Money::new((share / step * step).min(taken.amount), taken.currency)
}

/// What it charges for a dispute.
pub fn dispute_fee(currency: Currency) -> Money {
    Money::new(2_000, currency)
}
