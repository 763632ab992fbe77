use kernel::{FlowId, PersonId};
use wire::{CallError, Client};

use crate::{AccountsRefusal, Contact, Letter};

/// Accounts, as other services see it.
#[derive(Clone)]
pub struct Accounts(Client);

impl Accounts {
    pub const fn new(client: Client) -> Self {
        Self(client)
    }

    /// How to reach a person.
    pub async fn contact(&self, person: PersonId) -> Result<Contact, CallError<AccountsRefusal>> {
        self.0.get(&format!("/internal/accounts/people/{person}/contact")).await
    }

    /// The letter of a flow, with a new code in it: the one before no longer holds. None when there
    /// is nothing to send, which nobody else should learn.
    pub async fn letter(&self, flow: FlowId) -> Result<Option<Letter>, CallError<AccountsRefusal>> {
        self.0.post(&format!("/internal/accounts/flows/{flow}/letter"), &()).await
    }
}
