use serde::{Deserialize, Serialize};
use wire::{Refusal, StatusCode};

/// Why a payment is not started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum StartRefusal {
    /// The order's payment exists with another amount or currency.
    PaymentDiffers,
    /// The provider does not answer; nothing was taken.
    ProviderUnavailable,
    /// The provider understood and refused to start a payment.
    ProviderRefused { why: String },
}

impl Refusal for StartRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::PaymentDiffers => StatusCode::CONFLICT,
            Self::ProviderUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::ProviderRefused { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
    fn detail(&self) -> String {
        match self {
            Self::PaymentDiffers => "This order is being paid with another amount.".into(),
            Self::ProviderUnavailable => {
                "The payment provider does not answer. Your cart is as it was; try again shortly."
                    .into()
            }
            Self::ProviderRefused { why } => format!("The payment provider refused: {why}"),
        }
    }
}
