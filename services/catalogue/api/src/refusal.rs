use kernel::ProductId;
use serde::{Deserialize, Serialize};
use wire::{Refusal, StatusCode};

/// Why stock is not held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum HoldRefusal {
    /// At least one product has less than is wanted; nothing is held.
    OutOfStock { short: Vec<Short> },
    /// No hold of that order is known.
    NoSuchHold,
    /// The hold was given back; it cannot be taken up again.
    HoldReleased,
    /// The order's stock is not allocated, or has left the store.
    NotAllocated,
    /// The order was picked anew since.
    PickedAnew,
}

/// A product that has less than is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Short {
    pub product: ProductId,
    pub name: String,
    pub wanted: u32,
    pub free: u32,
}

impl Refusal for HoldRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::OutOfStock { .. }
            | Self::HoldReleased
            | Self::NotAllocated
            | Self::PickedAnew => StatusCode::CONFLICT,
            Self::NoSuchHold => StatusCode::NOT_FOUND,
        }
    }
    fn detail(&self) -> String {
        match self {
            Self::OutOfStock { short } => {
                let names: Vec<String> = short
                    .iter()
                    .map(|short| format!("{} ({} left)", short.name, short.free))
                    .collect();
                format!("Not enough in stock: {}.", names.join(", "))
            }
            Self::NoSuchHold => "No stock is held for that order.".into(),
            Self::HoldReleased => "The stock of that order was given back.".into(),
            Self::NotAllocated => "The stock of that order is not there to be packed.".into(),
            Self::PickedAnew => "That order was picked anew by somebody else.".into(),
        }
    }
}

/// Why a store's offers cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum OffersRefusal {
    NoSuchStore,
}

impl Refusal for OffersRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::NOT_FOUND
    }
    fn detail(&self) -> String {
        "There is no such store.".into()
    }
}
