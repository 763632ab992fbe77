use axum::http::StatusCode;
use catalogue_api::Short;
use compliance_api::Reason;
use kernel::{Money, VerdictId};
use orders_api::State;
use serde::{Deserialize, Serialize};
use wire::Refusal;

use crate::lifecycle::Action;

/// Why something may not stand in for something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhyNot {
    /// Alcohol is replaced only by alcohol, and only alcohol is.
    AlcoholOnlyByAlcohol,
    /// The order has it on a line of its own.
    AlreadyOrdered,
}

impl WhyNot {
    /// Of a line by its place in what was asked for.
    pub const fn refusal(self, line: usize) -> PackRefusal {
        match self {
            Self::AlcoholOnlyByAlcohol => PackRefusal::AlcoholOnlyByAlcohol { line },
            Self::AlreadyOrdered => PackRefusal::AlreadyOrdered { line },
        }
    }
}

/// Why an order is not packed. Lines are told by their place in what was asked for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum PackRefusal {
    /// The order is not where this can be done.
    WrongState {
        state: State,
        can: Vec<Action>,
    },
    /// Somebody else packs it otherwise at this moment, or has done so.
    PickedAnew,
    /// The customer wants what is missing left out.
    ReplacementNotWanted {
        line: usize,
    },
    AlcoholOnlyByAlcohol {
        line: usize,
    },
    AlreadyOrdered {
        line: usize,
    },
    /// The store does not list it.
    NotOffered {
        line: usize,
    },
    /// The shelf has less than is put in.
    OutOfStock {
        short: Vec<Short>,
    },
    /// What is owed on it, whatever its price, is more than what it is put in for.
    CostsMore {
        line: usize,
        most: Money,
    },
    /// The law forbids what the order would be.
    Unlawful {
        reasons: Vec<Reason>,
        verdict: VerdictId,
    },
    /// What is to be paid cannot be told.
    NotPriced {
        why: String,
    },
}

impl Refusal for PackRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }

    fn detail(&self) -> String {
        match self {
            Self::WrongState { state, .. } => {
                format!("The order is {} by now.", state.name().replace('_', " "))
            }
            Self::PickedAnew => "Somebody else packs this order otherwise. Look again.".into(),
            Self::ReplacementNotWanted { .. } => {
                "The customer wants what is missing left out, not replaced.".into()
            }
            Self::AlcoholOnlyByAlcohol { .. } => {
                "Alcohol is replaced by alcohol only, and other drinks by other drinks.".into()
            }
            Self::AlreadyOrdered { .. } => "The order has it already, on a line of its own.".into(),
            Self::NotOffered { .. } => "The store does not offer it.".into(),
            Self::OutOfStock { short } => {
                let left = |short: &Short| format!("{} ({} left)", short.name, short.free);
                let names: Vec<String> = short.iter().map(left).collect();
                format!("Not enough in stock: {}.", names.join(", "))
            }
            Self::CostsMore { most, .. } => {
                format!(
                    "Its deposit and duties alone are more than the {most} that were agreed to."
                )
            }
            Self::Unlawful { reasons, .. } => {
                reasons.iter().map(|reason| reason.detail.as_str()).collect::<Vec<_>>().join(" ")
            }
            Self::NotPriced { why } => format!("The total cannot be worked out: {why}."),
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::ReplacementNotWanted { line } => Some(format!("lines[{line}].instead")),
            Self::AlcoholOnlyByAlcohol { line }
            | Self::AlreadyOrdered { line }
            | Self::NotOffered { line }
            | Self::CostsMore { line, .. } => Some(format!("lines[{line}].instead.product")),
            Self::OutOfStock { .. } | Self::Unlawful { .. } => Some("lines".into()),
            _ => None,
        }
    }
}
