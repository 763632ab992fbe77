use kernel::{Event, Money, OrderId, PaymentId};
use serde::{Deserialize, Serialize};

/// The money of a payment has moved, as its provider confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentMoved {
    pub payment: PaymentId,
    pub order: OrderId,
    pub moved: MoneyMove,
    /// All that has been captured so far, and all that went back of it.
    pub captured: Money,
    pub refunded: Money,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "move", rename_all = "snake_case")]
pub enum MoneyMove {
    /// The money is set aside for us and can be captured.
    Authorised {
        amount: Money,
    },
    /// One attempt did not succeed; the customer may try again.
    Declined {
        /// For the customer, with what to do next.
        reason: String,
        /// A stable word for it, as far as it may be told.
        #[serde(default)]
        code: String,
    },
    Captured {
        amount: Money,
    },
    /// The money cannot be captured any more.
    CaptureFailed {
        reason: String,
    },
    /// What was set aside is free again.
    Voided,
    Refunded {
        amount: Money,
        reason: String,
    },
    /// It could not be given back after all: a person must find another way.
    RefundReturned {
        amount: Money,
    },
    /// The customer's bank has taken it back and asks whether rightly.
    Disputed {
        amount: Money,
    },
    DisputeEnded {
        amount: Money,
        /// Whether it is ours again.
        won: bool,
    },
}

impl Event for PaymentMoved {
    const KIND: &'static str = "tipple.payments.moved";
    fn subject(&self) -> String {
        self.order.to_string()
    }
}
