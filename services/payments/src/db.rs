//! Every statement of the service, by table.

pub mod beside;
pub mod books;
pub mod complaint;
pub mod dispute_look;
pub mod document;
pub mod earned;
pub mod inbox;
pub mod ledger;
pub mod left;
pub mod operation;
pub mod outcome;
pub mod payment;
pub mod payout;
pub mod personal;
pub mod refund_limit;
pub mod refund_request;
pub mod sale;
pub mod saved;
pub mod settlement;
pub mod stray;
pub mod vendor;
pub mod way;
