//! What others may know of payments: how one is started, and that its money has moved.

mod client;
mod event;
mod refusal;
mod sale;
mod types;

pub use client::Payments;
pub use event::{MoneyMove, PaymentMoved};
pub use refusal::StartRefusal;
pub use sale::{Part, PartKind, Sale, SaleError, SaleLine};
pub use types::{Component, ComponentKind, OfferedWay, Start, Started};
