//! What others may know of carts: the quote, and how an order claims a cart.

mod client;
mod event;
mod packing;
mod refusal;
mod types;

pub use client::Carts;
pub use delivery_api::Slot;
pub use event::CartFilled;
pub use packing::{Instead, Packed, PackedLine, Packing, PackingRefusal};
pub use refusal::ClaimRefusal;
pub use types::{
    AgreedSlot, Charge, ChargeKind, ChargedTax, Claim, Claimed, ClaimedLine, Destination,
    ExpectedSlot, IfMissing, Quote, QuotedLine,
};
