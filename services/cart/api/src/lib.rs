//! What others may know of carts: the quote, and how an order claims a cart.

mod client;
mod event;
mod packing;
mod refusal;
mod types;
mod why;

pub use client::Carts;
pub use delivery_api::Slot;
pub use event::CartFilled;
pub use packing::{Instead, Packed, PackedLine, Packing, PackingRefusal};
pub use refusal::ClaimRefusal;
pub use types::{
    AgreedSlot, Charge, ChargeKind, ChargeOf, ChargedTax, Claim, Claimed, ClaimedLine, Destination,
    ExpectedSlot, Fee, IfMissing, Quote, QuotedLine,
};
pub use why::{Cause, Why};
