use serde::{Deserialize, Serialize};
use wire::{Refusal, StatusCode};

use crate::OfferedWay;

/// Why a payment is not started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum StartRefusal {
    /// The order's payment exists with another amount or currency.
    PaymentDiffers,
    /// It is paid, or over: nothing waits for another way to pay.
    NotWaiting,
    /// Not a way to pay that is offered for this order.
    WayNotOffered { offered: Vec<OfferedWay> },
    /// The kept way to pay is not this customer's, is gone, or is not offered for this order.
    SavedMethodUnusable,
    /// The customer keeps as many ways to pay as can be kept.
    TooManySavedMethods { most: u32 },
    /// The order has been begun to be paid as often as it can be.
    TooManyPayments { most: u32 },
    /// The provider does not answer; nothing was taken.
    ProviderUnavailable,
    /// The provider understood and refused to start a payment.
    ProviderRefused { why: String },
}

impl Refusal for StartRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::PaymentDiffers | Self::NotWaiting | Self::TooManyPayments { .. } => {
                StatusCode::CONFLICT
            }
            Self::ProviderUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::ProviderRefused { .. }
            | Self::WayNotOffered { .. }
            | Self::SavedMethodUnusable
            | Self::TooManySavedMethods { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
    fn detail(&self) -> String {
        match self {
            Self::PaymentDiffers => "This order is being paid with another amount.".into(),
            Self::NotWaiting => "This payment has been made or has ended.".into(),
            Self::WayNotOffered { .. } => {
                "This way to pay is not offered for this order. Choose another.".into()
            }
            Self::SavedMethodUnusable => {
                "This saved way to pay cannot be used here. Choose another.".into()
            }
            Self::TooManySavedMethods { most } => {
                format!("You keep {most} ways to pay already. Remove one, or do not save this one.")
            }
            Self::TooManyPayments { most } => format!(
                "You have changed the way to pay {most} times. Pay in the one that is chosen, or \
                 place the order anew."
            ),
            Self::ProviderUnavailable => {
                "The payment provider does not answer. Your cart is as it was; try again shortly."
                    .into()
            }
            Self::ProviderRefused { why } => format!("The payment provider refused: {why}"),
        }
    }
    fn field(&self) -> Option<String> {
        match self {
            Self::WayNotOffered { .. } => Some("way".into()),
            Self::SavedMethodUnusable => Some("saved_method".into()),
            Self::TooManySavedMethods { .. } => Some("save_method".into()),
            _ => None,
        }
    }
}
