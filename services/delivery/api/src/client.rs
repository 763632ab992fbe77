use kernel::OrderId;
use wire::{CallError, Client, Never};

use crate::{Estimate, Recall, RecallRefusal, Trip, Trips};

/// Delivery, as other services see it.
#[derive(Clone)]
pub struct Deliveries(Client);

impl Deliveries {
    pub const fn new(client: Client) -> Self {
        Self(client)
    }

    /// How long a trip takes.
    pub async fn estimate(&self, trip: &Trip) -> Result<Estimate, CallError<Never>> {
        self.0.ask("/internal/delivery/estimate", trip).await
    }

    /// How long each of these trips takes, in their order.
    pub async fn estimates(&self, trips: &Trips) -> Result<Vec<Estimate>, CallError<Never>> {
        self.0.post("/internal/delivery/estimates", trips).await
    }

    /// Keeps an order in the store, if no driver has taken it out. A second call changes nothing.
    pub async fn recall(
        &self,
        order: OrderId,
        recall: &Recall,
    ) -> Result<(), CallError<RecallRefusal>> {
        self.0.ask(&format!("/internal/delivery/orders/{order}/recall"), recall).await
    }
}
