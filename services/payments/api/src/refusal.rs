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
    /// The provider does not answer; nothing was taken.
    ProviderUnavailable,
    /// The provider understood and refused to start a payment.
    ProviderRefused { why: String },
}

impl Refusal for StartRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::PaymentDiffers | Self::NotWaiting => StatusCode::CONFLICT,
            Self::ProviderUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::ProviderRefused { .. } | Self::WayNotOffered { .. } => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
        }
    }
    fn detail(&self) -> String {
        match self {
            Self::PaymentDiffers => "This order is being paid with another amount.".into(),
            Self::NotWaiting => "This payment has been made or has ended.".into(),
            Self::WayNotOffered { .. } => {
                "This way to pay is not offered for this order. Choose another.".into()
            }
            Self::ProviderUnavailable => {
                "The payment provider does not answer. Your cart is as it was; try again shortly."
                    .into()
            }
            Self::ProviderRefused { why } => format!("The payment provider refused: {why}"),
        }
    }
    fn field(&self) -> Option<String> {
        matches!(self, Self::WayNotOffered { .. }).then(|| "way".into())
    }
}
