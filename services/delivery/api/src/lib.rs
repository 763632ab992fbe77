//! What others may know of delivery: how long a trip takes, and that a job has moved.

mod client;
mod event;
mod types;

pub use client::Deliveries;
pub use event::{HandedLine, JobMove, JobMoved, RefusedBecause};
pub use types::{Estimate, Trip};
