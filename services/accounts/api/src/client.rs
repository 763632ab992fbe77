use kernel::PersonId;
use wire::{CallError, Client};

use crate::{AccountsRefusal, CodeRefusal, Contact, FlowId, Letter};

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

    /// What the person behind this flow is to be told now. Each call makes a new code, and only
    /// the newest one counts: ask when the letter is about to leave, and keep nothing of it.
    pub async fn code(&self, flow: FlowId) -> Result<Letter, CallError<CodeRefusal>> {
        self.0.post(&format!("/internal/accounts/flows/{flow}/code"), &()).await
    }
}
