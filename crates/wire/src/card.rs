//! Card numbers never touch us: what looks like one is refused at the edge, by its field and
//! without repeating it, before a handler or a log sees it. Customers type them where providers
//! take them.

mod issuers;
mod number;

use std::borrow::Cow;

use axum::http::{StatusCode, Uri};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use self::number::{Kind, holds_one};
use crate::Problem;

/// Looks at the path and the query of a request. What is for the house or for the built-in
/// provider passes: the one has been looked at on its way in, the other is where cards belong.
pub fn refuse_in_target(uri: &Uri) -> Result<(), Problem> {
    let path = uri.path();
    if is_for_the_house(path) || path.starts_with("/sandbox/") {
        return Ok(());
    }
    for segment in path.split('/') {
        if holds_one(&Cow::from(percent_decode_str(segment)), Kind::Any) {
            return Err(refused("path"));
        }
    }
    refuse_in_form(uri.query().unwrap_or_default())
}

/// Looks at the pairs of a query or a form.
pub(crate) fn refuse_in_form(form: &str) -> Result<(), Problem> {
    for pair in form.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (plain(name), plain(value));
        if holds_one(&name, Kind::Any) {
            return Err(refused("query"));
        }
        let name = String::from_utf8_lossy(&name);
        if holds_one(&value, kind_of(&name)) {
            return Err(refused(&name));
        }
    }
    Ok(())
}

fn plain(text: &str) -> Cow<'_, [u8]> {
    if text.contains('+') {
        return percent_decode_str(&text.replace('+', " ")).collect();
    }
    percent_decode_str(text).into()
}

pub(crate) fn is_for_the_house(path: &str) -> bool {
    path.starts_with("/internal/")
}

/// Looks at a JSON body: once over its bytes, and only where something is found at its fields.
pub(crate) fn refuse_in_json(body: &[u8]) -> Result<(), Problem> {
    // Digits may be written as `\u0034`; nobody does, but for not being seen.
    let escaped = body.windows(5).any(|bytes| bytes == br"\u003");
    if !escaped && !holds_one(body, Kind::Any) {
        return Ok(());
    }
    match serde_json::from_slice(body) {
        Err(_) => Err(refused("body")),
        Ok(value) => field_of(&value, "", Kind::Any).map_or(Ok(()), |field| Err(refused(&field))),
    }
}

/// The path of the first field that holds a card number.
fn field_of(value: &Value, path: &str, kind: Kind) -> Option<String> {
    let here = || if path.is_empty() { "body".to_owned() } else { path.to_owned() };
    match value {
        Value::String(text) => holds_one(text.as_bytes(), kind).then(here),
        Value::Number(number) => holds_one(number.to_string().as_bytes(), kind).then(here),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(at, item)| field_of(item, &format!("{path}[{at}]"), kind)),
        Value::Object(fields) => fields.iter().find_map(|(name, field)| {
            if holds_one(name.as_bytes(), Kind::Any) {
                return Some(here());
            }
            let dot = if path.is_empty() { "" } else { "." };
            field_of(field, &format!("{path}{dot}{name}"), kind_of(name))
        }),
        Value::Null | Value::Bool(_) => None,
    }
}

/// What a field is by its name.
fn kind_of(name: &str) -> Kind {
    let has = |words: &[&str]| name.split('_').any(|part| words.contains(&part));
    if name == "q" || has(&["gtin", "gtins", "barcode", "barcodes", "ean", "upc"]) {
        Kind::Barcode
    } else if has(&["phone", "phones", "mobile"]) {
        Kind::Phone
    } else {
        Kind::Any
    }
}

fn refused(field: &str) -> Problem {
    let detail = "This looks like the number of a payment card. We never take those: remove it \
                  here, and give it only to the payment provider when you pay.";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "card-number-refused", detail).with_field(field)
}

#[cfg(test)]
mod tests;
