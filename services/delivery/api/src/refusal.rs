use serde::{Deserialize, Serialize};
use wire::{Refusal, StatusCode};

/// Why delivery does not keep an order in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum RecallRefusal {
    /// Delivery has not heard of the order yet, so it cannot say where it is.
    NoSuchJob,
    /// A driver has taken it out.
    HasLeft,
}

impl Refusal for RecallRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchJob => StatusCode::NOT_FOUND,
            Self::HasLeft => StatusCode::CONFLICT,
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::NoSuchJob => "Delivery has not heard of this order yet.".into(),
            Self::HasLeft => "A driver has taken it out of the store.".into(),
        }
    }
}
