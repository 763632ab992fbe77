//! PayPal's JSON, as far as we read it.

use jiff::Timestamp;
use serde::Deserialize;

use super::{liability::Authentication, money::Amount};

#[derive(Deserialize)]
pub struct Order {
    pub id: String,
    pub status: String,
    #[serde(default)]
    pub purchase_units: Vec<Unit>,
    pub payment_source: Option<Source>,
    pub update_time: Option<String>,
    #[serde(default)]
    pub links: Vec<Link>,
}

#[derive(Deserialize)]
pub struct Link {
    pub href: String,
    pub rel: String,
}

#[derive(Deserialize)]
pub struct Unit {
    pub reference_id: Option<String>,
    pub custom_id: Option<String>,
    pub amount: Option<Amount>,
    pub payee: Option<Payee>,
    #[serde(default)]
    pub payments: Payments,
}

#[derive(Deserialize)]
pub struct Payee {
    pub merchant_id: Option<String>,
}

#[derive(Deserialize)]
pub struct Source {
    pub card: Option<Card>,
    pub paypal: Option<Wallet>,
}

#[derive(Deserialize)]
pub struct Card {
    pub authentication_result: Option<Authentication>,
    pub brand: Option<String>,
    pub last_digits: Option<String>,
    /// `2034-08`
    pub expiry: Option<String>,
    pub attributes: Option<Attributes>,
}

#[derive(Deserialize)]
pub struct Wallet {
    pub account_id: Option<String>,
    pub attributes: Option<Attributes>,
}

#[derive(Deserialize)]
pub struct Attributes {
    pub vault: Option<Vault>,
}

/// What PayPal keeps of a source. Without an id as long as it is not done with that.
#[derive(Deserialize)]
pub struct Vault {
    pub id: Option<String>,
    pub customer: Option<VaultCustomer>,
}

#[derive(Deserialize)]
pub struct VaultCustomer {
    pub id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Payments {
    pub authorizations: Vec<Authorization>,
    pub captures: Vec<Capture>,
    pub refunds: Vec<Refund>,
}

#[derive(Deserialize)]
pub struct Authorization {
    pub id: String,
    pub status: String,
    pub amount: Amount,
    pub create_time: Option<String>,
    pub processor_response: Option<Processor>,
}

impl Authorization {
    /// When it was made.
    pub fn created(&self) -> Option<Timestamp> {
        self.create_time.as_deref()?.parse().ok()
    }
}

#[derive(Deserialize)]
pub struct Processor {
    pub response_code: Option<String>,
}

#[derive(Deserialize)]
pub struct Capture {
    pub id: String,
    pub status: String,
    pub amount: Amount,
    pub seller_receivable_breakdown: Option<Kept>,
}

/// What PayPal keeps, or gives back of what it kept.
#[derive(Deserialize)]
pub struct Kept {
    pub paypal_fee: Option<Amount>,
}

#[derive(Deserialize)]
pub struct Refund {
    pub id: String,
    pub status: String,
    pub amount: Amount,
    pub custom_id: Option<String>,
    pub seller_payable_breakdown: Option<Kept>,
}

#[derive(Deserialize)]
pub struct Dispute {
    pub dispute_id: String,
    pub status: String,
    pub dispute_amount: Amount,
    #[serde(default)]
    pub disputed_transactions: Vec<Disputed>,
    pub dispute_outcome: Option<Outcome>,
    #[serde(default)]
    pub money_movements: Vec<Movement>,
}

/// A list of disputes, which has next to nothing of each.
#[derive(Deserialize)]
pub struct DisputePage {
    #[serde(default)]
    pub items: Vec<NamedDispute>,
    #[serde(default)]
    pub links: Vec<Link>,
}

#[derive(Deserialize)]
pub struct NamedDispute {
    pub dispute_id: String,
}

#[derive(Deserialize)]
pub struct Disputed {
    pub seller_transaction_id: Option<String>,
}

#[derive(Deserialize)]
pub struct Outcome {
    pub outcome_code: Option<String>,
    /// What the customer has been given of it.
    pub amount_refunded: Option<Amount>,
}

#[derive(Deserialize)]
pub struct Movement {
    pub affected_party: Option<String>,
    pub amount: Option<Amount>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub reason: Option<String>,
}

#[derive(Deserialize)]
pub struct Error {
    pub name: String,
    #[serde(default)]
    pub details: Vec<Detail>,
}

#[derive(Deserialize)]
pub struct Detail {
    pub issue: String,
}

impl Error {
    /// The first issue, which is what says why.
    pub fn issue(&self) -> &str {
        self.details.first().map_or(&self.name, |detail| &detail.issue)
    }
}
