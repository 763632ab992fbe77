//! What others may know of the law: facts in, a verdict with reasons out.

mod client;
mod types;

pub use client::Compliance;
pub use types::{
    AddressKind, ClassAgainst, Facts, Item, LONGEST_TRIP, Leaving, Moment, Opening, Openings,
    Outlook, Reason, Seller, Verdict, in_our_time, is_alcohol, rules_change,
};
