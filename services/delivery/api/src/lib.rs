//! What others may know of delivery: how long a trip takes, that a job has moved, and how to keep
//! an order in the store.

mod client;
mod event;
mod refusal;
mod types;

pub use client::Deliveries;
pub use event::{HandedLine, JobMove, JobMoved, RefusedBecause};
pub use refusal::RecallRefusal;
pub use types::{Estimate, Recall, Slot, Trip, Trips};
