//! Invoices and credit notes: what is written on them, frozen when the money moved. Pure.
//!
//! A document is a vendor's: its numbers have no gaps within one year of the store's time zone. The
//! picture of it (PDF) is drawn from the frozen contents whenever it is asked for, the same bytes
//! each time.

mod contents;
mod pdf;
#[cfg(test)]
mod tests;

use kernel::Money;
use serde::{Deserialize, Serialize};

pub use self::{
    contents::{Amounts, Frame, contents, day},
    pdf::pdf,
};

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// The customer owes, and has paid.
    Invoice,
    /// Of what an invoice asked for, so much is given back.
    CreditNote,
}

impl DocumentKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
        }
    }

    /// `INV-2026-000017`, `CN-2026-000003`.
    pub fn number(self, year: i16, place: i64) -> String {
        let prefix = match self {
            Self::Invoice => "INV",
            Self::CreditNote => "CN",
        };
        format!("{prefix}-{year:04}-{place:06}")
    }
}

impl std::str::FromStr for DocumentKind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "invoice" => Ok(Self::Invoice),
            "credit_note" => Ok(Self::CreditNote),
            other => Err(format!("unknown kind of document: {other}")),
        }
    }
}

/// What is written on a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DocumentContents {
    pub kind: DocumentKind,
    pub number: String,
    pub seller: DocumentParty,
    pub buyer: DocumentParty,
    /// The order's number, for people to say.
    pub order: String,
    /// The day in the store's time zone, as ISO 8601 writes it.
    pub issued_on: String,
    /// What it mends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub refers_to: Option<DocumentReference>,
    pub lines: Vec<DocumentLine>,
    /// Fees and what else is of the whole order, but for taxes and the tip.
    pub charges: Vec<DocumentCharge>,
    /// By authority, name and rate.
    pub taxes: Vec<DocumentTax>,
    /// Goods after discounts and without taxes.
    pub goods: Money,
    /// Paid for containers, and given back with them; no part of the price.
    pub deposits: Money,
    pub fees: Money,
    pub tax: Money,
    pub tip: Money,
    /// All of it together. On a credit note: what is given back, above zero.
    pub total: Money,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DocumentParty {
    pub name: String,
    pub address: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub tax_number: Option<String>,
}

/// Another document, and why there is one more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DocumentReference {
    pub number: String,
    pub issued_on: String,
    pub why: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DocumentLine {
    pub name: String,
    /// Units that were sold; none on a credit note, which is of money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub quantity: Option<u32>,
    /// At list price, before discounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub unit_price: Option<Money>,
    pub goods: Money,
    pub tax: Money,
    pub deposit: Money,
    pub total: Money,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DocumentCharge {
    pub label: String,
    pub amount: Money,
}

/// A tax at one rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DocumentTax {
    /// Who is owed it.
    pub authority: String,
    pub label: String,
    /// Parts per million, where it has a rate: 60000 is 6 %.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub ppm: Option<u32>,
    /// The goods and fees that it is on.
    pub net: Money,
    pub amount: Money,
}
