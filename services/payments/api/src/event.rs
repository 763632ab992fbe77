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
        reason: String,
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
}

impl Event for PaymentMoved {
    const KIND: &'static str = "tipple.payments.moved";
    fn subject(&self) -> String {
        self.order.to_string()
    }
}
