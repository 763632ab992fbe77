//! What others may know of accounts: how to reach a person, and that one has changed.

mod client;
mod event;
mod refusal;
mod types;

pub use client::Accounts;
pub use event::PersonChanged;
pub use refusal::AccountsRefusal;
pub use types::Contact;
