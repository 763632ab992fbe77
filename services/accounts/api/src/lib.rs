//! What others may know of accounts: how to reach a person, what to tell them now, and what has
//! become of them.

mod client;
mod event;
mod letter;
mod refusal;
mod types;

pub use client::Accounts;
pub use event::{AgeProof, CodeWanted, FavouriteChanged, PersonChanged, PersonErased};
pub use letter::{Factor, Flow, FlowId, Letter, LetterChannel, Purpose, Says};
pub use refusal::{AccountsRefusal, CodeRefusal};
pub use types::{Birth, Contact};
