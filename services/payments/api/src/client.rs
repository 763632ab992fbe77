use wire::{CallError, Client};

use crate::{Start, StartRefusal, Started};

/// Payments, as other services see them.
#[derive(Clone)]
pub struct Payments(Client);

impl Payments {
    pub const fn new(client: Client) -> Self {
        Self(client)
    }

    /// Starts the payment of an order at its provider. A second call gives the same payment.
    pub async fn start(&self, start: &Start) -> Result<Started, CallError<StartRefusal>> {
        self.0.ask("/internal/payments/payments", start).await
    }
}
