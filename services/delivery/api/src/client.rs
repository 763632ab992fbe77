use wire::{CallError, Client, Never};

use crate::{Estimate, Trip};

/// Delivery, as other services see it.
#[derive(Clone)]
pub struct Deliveries(Client);

impl Deliveries {
    pub const fn new(client: Client) -> Self {
        Self(client)
    }

    /// How long a trip takes.
    pub async fn estimate(&self, trip: &Trip) -> Result<Estimate, CallError<Never>> {
        self.0.post("/internal/delivery/estimate", trip).await
    }
}
