use kernel::{CustomerId, Event, Id, Money, OrderId, PaymentId};
use serde::{Deserialize, Serialize};

/// What a customer asks money back for.
pub enum Complaint {}
/// Names a complaint.
pub type ComplaintId = Id<Complaint>;

/// A customer has asked for money back, or was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComplaintMoved {
    pub complaint: ComplaintId,
    pub payment: PaymentId,
    pub order: OrderId,
    pub customer: CustomerId,
    pub moved: ComplaintMove,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "move", rename_all = "snake_case")]
pub enum ComplaintMove {
    /// `worth` is what was paid for what is asked for: no more goes back.
    Asked { worth: Money },
    /// So much goes back, and nobody else needs to agree; [`crate::PaymentMoved`] tells when it has.
    Agreed { amount: Money },
    /// Nothing goes back.
    Declined {
        /// For the customer.
        answer: String,
    },
}

impl Event for ComplaintMoved {
    const KIND: &'static str = "tipple.payments.complaint";
    fn subject(&self) -> String {
        self.order.to_string()
    }
}
