//! Its objects, as much of them as is read.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de};
use serde_json::Value;
use uuid::Uuid;

/// A list.
#[derive(Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
}

/// Notes that are text. Without any, it is an empty list.
#[derive(Debug, Clone, Default)]
pub struct Notes(BTreeMap<String, String>);

impl Notes {
    pub fn get(&self, name: &str) -> Option<&String> {
        self.0.get(name)
    }
}

impl<'de> Deserialize<'de> for Notes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match Value::deserialize(from)? {
            Value::Object(notes) => {
                let text =
                    |(name, value): (String, Value)| Some((name, value.as_str()?.to_owned()));
                Ok(Self(notes.into_iter().filter_map(text).collect()))
            }
            Value::Array(none) if none.is_empty() => Ok(Self::default()),
            Value::Null => Ok(Self::default()),
            _ => Err(de::Error::custom("notes are a map")),
        }
    }
}

#[derive(Deserialize)]
pub struct Order {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    #[serde(default)]
    pub notes: Notes,
    pub created_at: i64,
}

#[derive(Deserialize)]
pub struct Payment {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    pub status: String,
    pub order_id: Option<String>,
    pub captured: bool,
    /// With the tax on it.
    pub fee: Option<i64>,
    pub error_reason: Option<String>,
    #[serde(default)]
    pub notes: Notes,
    pub created_at: i64,
    /// Whose saved method it was paid with, or was saved with it.
    pub customer_id: Option<String>,
    pub token_id: Option<String>,
}

/// A customer, as far as we made it.
#[derive(Deserialize)]
pub struct Customer {
    pub id: String,
    #[serde(default)]
    pub notes: Notes,
}

/// What a customer has saved.
#[derive(Deserialize)]
pub struct Token {
    pub id: String,
    pub method: String,
    pub card: Option<Card>,
}

#[derive(Deserialize)]
pub struct Card {
    pub last4: Option<String>,
    pub network: Option<String>,
    pub expiry_month: Option<i64>,
    pub expiry_year: Option<i64>,
}

#[derive(Deserialize)]
pub struct Deleted {
    pub deleted: bool,
}

impl Payment {
    /// Whether we have marked it as money to be given back.
    pub fn is_stray(&self) -> bool {
        self.notes.get("stray").is_some()
    }
}

#[derive(Deserialize)]
pub struct Refund {
    pub id: String,
    pub amount: i64,
    pub status: String,
    #[serde(default)]
    pub notes: Notes,
}

impl Refund {
    /// Our own row that asked for it.
    pub fn operation(&self) -> Option<Uuid> {
        self.notes.get("operation")?.parse().ok()
    }
}

#[derive(Deserialize)]
pub struct Dispute {
    pub id: String,
    pub payment_id: String,
    pub amount: i64,
    pub currency: String,
    #[serde(default)]
    pub amount_deducted: i64,
    pub status: String,
    pub phase: String,
    #[serde(default)]
    pub created_at: i64,
}
