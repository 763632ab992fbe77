use garde::Validate;
use jiff::Timestamp;
use kernel::{CustomerId, Money, OrderId, PaymentId};
use serde::{Deserialize, Serialize};

/// Money to be asked for an order. Sent again for the same order it gives the same payment.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
pub struct Start {
    #[garde(skip)]
    pub order: OrderId,
    #[garde(skip)]
    pub customer: CustomerId,
    #[garde(skip)]
    pub amount: Money,
    /// For the customer's statement and the provider's page.
    #[garde(length(chars, max = 100))]
    pub description: String,
    /// After this nobody waits for the money any more.
    #[garde(skip)]
    pub pay_by: Timestamp,
}

/// A payment that waits for the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Started {
    pub payment: PaymentId,
    /// `sandbox` for now.
    pub provider: String,
    /// The provider's own id of it.
    pub provider_payment: String,
    /// What the customer's browser needs to pay at the provider; for this customer only.
    pub client_secret: String,
    /// The provider's page on which the customer can pay.
    pub pay_url: String,
}
