//! What a client may ask to be changed, as it comes in JSON.

use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// As much as any amount may be, in minor units.
const MOST: i64 = 999_999_999_999;

#[derive(Debug, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateIntent {
    /// Minor units.
    #[garde(range(min = 1, max = MOST))]
    #[schema(minimum = 1, maximum = 999_999_999_999_i64)]
    pub amount: i64,
    /// ISO 4217, in small letters.
    #[garde(custom(known_currency))]
    #[schema(pattern = "^[a-z]{3}$", example = "usd")]
    pub currency: String,
    #[garde(skip)]
    #[serde(default)]
    pub capture_method: CaptureMethod,
    #[garde(inner(length(chars, max = 1000), custom(wire::plain_text)))]
    #[schema(max_length = 1000)]
    pub description: Option<String>,
    /// Up to 20 names with text of up to 500 characters.
    #[garde(custom(short_texts))]
    #[serde(default)]
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
    /// Where the customer's browser goes afterwards.
    #[garde(inner(length(max = 2000), custom(web_address)))]
    #[schema(max_length = 2000, pattern = "^https?://", example = "https://shop.example/paid")]
    pub return_url: Option<String>,
    /// Unix seconds; unpaid by then, the intent is canceled.
    #[garde(inner(range(min = 0, max = 99_999_999_999)))]
    #[schema(minimum = 0, maximum = 99_999_999_999_i64)]
    pub expires_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaptureMethod {
    /// Taken as soon as the customer has paid.
    #[default]
    Automatic,
    /// Set aside, and taken when the merchant says so.
    Manual,
}

#[derive(Debug, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirm {
    #[garde(length(max = 200))]
    #[schema(max_length = 200)]
    pub client_secret: String,
    #[garde(dive)]
    pub card: CardInput,
}

/// A card as the customer typed it. Never kept.
#[derive(Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardInput {
    #[garde(length(chars, max = 30))]
    #[schema(max_length = 30, example = "4242424242424242")]
    pub number: String,
    /// `MM/YY`.
    #[garde(length(chars, max = 7))]
    #[schema(max_length = 7, example = "12/34")]
    pub exp: String,
    #[garde(length(chars, max = 4))]
    #[schema(max_length = 4, example = "123")]
    pub cvc: String,
}

impl std::fmt::Debug for CardInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CardInput(…)")
    }
}

#[derive(Debug, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Capture {
    /// All of it unless told; the rest is free again.
    #[garde(inner(range(min = 1, max = MOST)))]
    #[schema(minimum = 1, maximum = 999_999_999_999_i64)]
    pub amount_to_capture: Option<i64>,
}

#[derive(Debug, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cancel {
    #[garde(inner(length(chars, max = 200), custom(wire::plain_text)))]
    #[schema(max_length = 200)]
    pub cancellation_reason: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRefund {
    #[garde(length(max = 64), custom(an_id))]
    #[schema(max_length = 64)]
    pub payment_intent: String,
    /// All that is left unless told.
    #[garde(inner(range(min = 1, max = MOST)))]
    #[schema(minimum = 1, maximum = 999_999_999_999_i64)]
    pub amount: Option<i64>,
    #[garde(inner(length(chars, max = 200), custom(wire::plain_text)))]
    #[schema(max_length = 200)]
    pub reason: Option<String>,
    /// Up to 20 names with text of up to 500 characters.
    #[garde(custom(short_texts))]
    #[serde(default)]
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
}

fn known_currency(text: &str, _: &()) -> garde::Result {
    let known = text.bytes().all(|b| b.is_ascii_lowercase())
        && text.to_ascii_uppercase().parse::<kernel::Currency>().is_ok();
    if known { Ok(()) } else { Err(garde::Error::new("is not a currency in small letters")) }
}

fn short_texts(map: &Map<String, Value>, context: &()) -> garde::Result {
    if map.len() > 20 {
        return Err(garde::Error::new("has more than 20 entries"));
    }
    for (name, value) in map {
        let Value::String(text) = value else {
            return Err(garde::Error::new("has a value that is not text"));
        };
        if name.chars().count() > 40 || text.chars().count() > 500 {
            return Err(garde::Error::new("has an entry that is too long"));
        }
        wire::plain_text(name, context)?;
        wire::plain_text(text, context)?;
    }
    Ok(())
}

fn web_address(text: &str, _: &()) -> garde::Result {
    match url::Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => {
            wire::plain_text(text, &())
        }
        _ => Err(garde::Error::new("is not an http or https address")),
    }
}

fn an_id(text: &str, _: &()) -> garde::Result {
    if crate::input::well_formed(text) { Ok(()) } else { Err(garde::Error::new("is not an id")) }
}
