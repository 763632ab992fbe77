//! What others may know of payments: how one is started, that its money has moved, and what
//! customers ask back.

mod client;
mod complaint;
mod event;
mod refusal;
mod sale;
mod types;

pub use client::Payments;
pub use complaint::{Complaint, ComplaintId, ComplaintMove, ComplaintMoved};
pub use event::{MoneyMove, PaymentMoved};
pub use refusal::StartRefusal;
pub use sale::{Part, PartKind, Sale, SaleError, SaleLine};
pub use types::{Component, ComponentKind, OfferedWay, Start, Started};
