use kernel::PersonId;
use wire::{CallError, Client};

use crate::{AccountsRefusal, Birth, CodeRefusal, Contact, FlowId, Letter};

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

    /// When a person says that they were born: for those who cannot wait for [`crate::PersonChanged`].
    pub async fn birth(&self, person: PersonId) -> Result<Birth, CallError<AccountsRefusal>> {
        self.0.get(&format!("/internal/accounts/people/{person}/birth")).await
    }

    /// What the person behind this flow is to be told now. Each call makes a new code, and only
    /// the newest one counts: ask when the letter is about to leave, and keep nothing of it.
    pub async fn code(&self, flow: FlowId) -> Result<Letter, CallError<CodeRefusal>> {
        self.0.post(&format!("/internal/accounts/flows/{flow}/code"), &()).await
    }
}
