//! What others may know of the catalogue: stores, what they offer, and holds on their stock.

mod client;
mod event;
mod refusal;
mod types;

pub use client::Catalogue;
pub use event::{ProductChanged, StockLow, StoreChanged};
pub use refusal::{HoldRefusal, OffersRefusal, Short};
pub use types::{
    Deposit, Held, Hold, HoldLine, Offer, OfferMissing, Offers, OffersWanted, Pause, Pick, Search,
    StoreFacts, Until,
};
