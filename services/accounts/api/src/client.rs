use kernel::PersonId;
use wire::{CallError, Client};

use crate::{AccountsRefusal, Contact};

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
}
