use jiff::Timestamp;
use kernel::OrderId;
use wire::{CallError, Client};

use crate::{
    Held, Hold, HoldRefusal, Offer, Offers, OffersRefusal, OffersWanted, Pick, Search, Until,
};

/// The catalogue, as other services see it.
#[derive(Clone)]
pub struct Catalogue(Client);

impl Catalogue {
    pub const fn new(client: Client) -> Self {
        Self(client)
    }

    /// A store and what it offers of some products, as they are now.
    pub async fn offers(&self, wanted: &OffersWanted) -> Result<Offers, CallError<OffersRefusal>> {
        self.0.ask("/internal/catalogue/offers", wanted).await
    }

    /// What of a store's offers fits some words, the best first.
    pub async fn search(&self, search: &Search) -> Result<Vec<Offer>, CallError<OffersRefusal>> {
        self.0.ask("/internal/catalogue/offers/search", search).await
    }

    /// Allocates what is packed of an order instead of what is allocated to it: frees what is not
    /// packed, takes what is packed for it; all or nothing. A second call changes nothing, and a
    /// pick that is older than one that was made is refused.
    pub async fn pick(&self, order: OrderId, pick: &Pick) -> Result<Held, CallError<HoldRefusal>> {
        self.0.ask(&format!("/internal/catalogue/holds/{order}/pick"), pick).await
    }

    /// Holds stock for an order, all lines or none. A second call for the order changes nothing.
    pub async fn hold(&self, hold: &Hold) -> Result<Held, CallError<HoldRefusal>> {
        self.0.ask("/internal/catalogue/holds", hold).await
    }

    /// Moves the end of a hold; one that has lapsed is taken again if the stock is still there.
    pub async fn extend(
        &self,
        order: OrderId,
        until: Timestamp,
    ) -> Result<Held, CallError<HoldRefusal>> {
        self.0.ask(&format!("/internal/catalogue/holds/{order}/extend"), &Until { until }).await
    }

    /// Makes a hold final because it is paid; one that has lapsed is taken again if the stock is
    /// still there. A second call changes nothing.
    pub async fn allocate(&self, order: OrderId) -> Result<Held, CallError<HoldRefusal>> {
        self.0.ask(&format!("/internal/catalogue/holds/{order}/allocate"), &()).await
    }

    /// Gives stock back that has not left the store. Fine when there is nothing to give back.
    pub async fn release(&self, order: OrderId) -> Result<(), CallError<HoldRefusal>> {
        self.0.ask(&format!("/internal/catalogue/holds/{order}/release"), &()).await
    }
}
