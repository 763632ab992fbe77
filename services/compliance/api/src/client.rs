use wire::{CallError, Client, Never};

use crate::{Facts, Outlook, Reason, Verdict};

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

    /// What would stand against it at each of several times, in their order; nothing where nothing
    /// would at any instant. Nothing is kept, for nobody has sold anything yet.
    pub async fn outlook(&self, outlook: &Outlook) -> Result<Vec<Vec<Reason>>, CallError<Never>> {
        self.0.post("/internal/compliance/outlook", outlook).await
    }
}
