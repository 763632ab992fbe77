//! The addresses of the asker.

pub mod add;
pub mod change;
pub mod list;
pub mod remove;

use axum::http::StatusCode;
use compliance_api::AddressKind;
use garde::Validate;
use kernel::{AddressId, Place};
use serde::{Deserialize, Serialize};
use wire::Refusal;

use crate::db::address::{AddressRow, NewAddress};

/// How many addresses one person may keep.
const MOST: i64 = 50;

/// An address as its person says it.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressInput {
    /// What the person calls it.
    #[garde(length(chars, min = 1, max = 60), custom(wire::plain_text))]
    #[schema(min_length = 1, max_length = 60, example = "Home")]
    label: String,
    /// What kind of place it is. Where the law tells kinds apart nothing is sold to a door of which
    /// that is not known.
    #[garde(skip)]
    kind: Option<AddressKind>,
    /// Who takes what is delivered, and shows an ID.
    #[garde(length(chars, min = 1, max = 100), custom(wire::plain_text))]
    #[schema(min_length = 1, max_length = 100)]
    recipient: String,
    /// Street, number, city, as a driver reads it.
    #[garde(length(chars, min = 1, max = 300), custom(wire::plain_text))]
    #[schema(min_length = 1, max_length = 300)]
    address: String,
    #[garde(length(chars, max = 500), custom(wire::plain_text))]
    #[serde(default)]
    #[schema(max_length = 500)]
    instructions: String,
    #[garde(custom(wire::on_the_globe))]
    place: Place,
    /// Whether a cart begins with it; the first address does anyway.
    #[garde(skip)]
    #[serde(default)]
    is_default: bool,
}

impl AddressInput {
    fn as_new(&self) -> NewAddress<'_> {
        NewAddress {
            label: &self.label,
            kind: self.kind,
            recipient: &self.recipient,
            address: &self.address,
            instructions: &self.instructions,
            place: self.place,
            is_default: self.is_default,
        }
    }
}

/// An address of a person.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Address {
    id: AddressId,
    label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    kind: Option<AddressKind>,
    recipient: String,
    address: String,
    instructions: String,
    place: Place,
    is_default: bool,
    /// Grows with each change; also the `ETag`.
    version: i64,
}

impl From<AddressRow> for Address {
    fn from(row: AddressRow) -> Self {
        Self {
            id: row.id,
            place: row.place(),
            label: row.label,
            kind: row.kind,
            recipient: row.recipient,
            address: row.address,
            instructions: row.instructions,
            is_default: row.is_default,
            version: row.version,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum AddressRefusal {
    TooManyAddresses { most: i64 },
}

impl Refusal for AddressRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn detail(&self) -> String {
        let Self::TooManyAddresses { most } = self;
        format!("There are {most} addresses already. Remove one first.")
    }
}
