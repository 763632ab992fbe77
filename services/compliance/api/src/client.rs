use wire::{CallError, Client, Never};

use crate::{Facts, Leaving, Opening, Openings, Outlook, Reason, Verdict};

/// The law, as other services see it.
#[derive(Clone)]
pub struct Compliance(Client);

impl Compliance {
    pub const fn new(client: Client) -> Self {
        Self(client)
    }

    /// Judges and keeps the verdict; asked twice, both times. A no is an answer, not a refusal.
    pub async fn judge(&self, facts: &Facts) -> Result<Verdict, CallError<Never>> {
        self.0.ask("/internal/compliance/judge", facts).await
    }

    /// The same of a sale whose driver may leave at any of those instants, from the first until the
    /// last is back: the facts' `at` and `back_by` are set to that, and that verdict is kept. Where a
    /// rulebook ends meanwhile, what stands against it at any instant is a no as well, as it is in
    /// an outlook.
    pub async fn judge_leaving(
        &self,
        facts: Facts,
        leaving: Leaving,
    ) -> Result<Verdict, CallError<Never>> {
        let Leaving { first, back_by, .. } = leaving;
        let facts = Facts { at: first, back_by: Some(back_by), ..facts };
        let mut verdict = self.judge(&facts).await?;
        if verdict.allowed && verdict.rules_change() {
            let outlook = Outlook { facts, times: vec![leaving] };
            verdict.reasons = self.outlook(&outlook).await?.into_iter().flatten().collect();
            verdict.allowed = verdict.reasons.is_empty();
        }
        Ok(verdict)
    }

    /// What would stand against it at each of several times, in their order; nothing where nothing
    /// would at any instant. Nothing is kept, for nobody has sold anything yet.
    pub async fn outlook(&self, outlook: &Outlook) -> Result<Vec<Vec<Reason>>, CallError<Never>> {
        self.0.ask("/internal/compliance/outlook", outlook).await
    }

    /// What the law says of stores before anybody has chosen a bottle, in their order. Nothing is
    /// kept.
    pub async fn openings(&self, asked: &Openings) -> Result<Vec<Opening>, CallError<Never>> {
        self.0.ask("/internal/compliance/openings", asked).await
    }
}
