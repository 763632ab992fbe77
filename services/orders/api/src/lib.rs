//! What others may know of orders: what one is, and that it has moved.

mod event;
mod types;

pub use event::{Move, OrderMoved};
pub use types::{LineChange, OrderFacts, OrderLine, Picked, Replacement, State, UnknownState};
