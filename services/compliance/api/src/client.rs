use wire::{CallError, Client, Never};

use crate::{Facts, Verdict};

/// The law, as other services see it.
#[derive(Clone)]
pub struct Compliance(Client);

impl Compliance {
    pub const fn new(client: Client) -> Self {
        Self(client)
    }

    /// Judges and keeps the verdict. A no is an answer, not a refusal.
    pub async fn judge(&self, facts: &Facts) -> Result<Verdict, CallError<Never>> {
        self.0.post("/internal/compliance/judge", facts).await
    }
}
