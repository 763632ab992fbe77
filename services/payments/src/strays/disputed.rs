//! Disputes of strays: the customer's bank takes back what was to be given back. What is lost by one
//! has gone back by that, and only what is more than the stray itself is our loss.

use kernel::Id;
use store::Tx;

use super::{Case, alert};
use crate::{
    books::{Account, Entry},
    db::{self, stray::Kept},
    moves::{self, Step},
    provider::{DisputeState, SeenDispute},
};

impl Case<'_> {
    /// Takes what the provider shows of its disputes, where so much was given `back`; whether that is
    /// not what was known.
    pub(super) async fn disputes(
        &self,
        tx: &mut Tx<'_>,
        kept: &mut Kept,
        back: i64,
    ) -> anyhow::Result<bool> {
        let Self { payment, stray, now, .. } = *self;
        if stray.disputes.is_empty() {
            return Ok(false);
        }
        let known = db::beside::disputes(tx, payment.id, Some(&stray.id)).await?;
        let Ok(steps) = moves::disputes(&known, &stray.disputes) else {
            alert(tx, payment, ("stray-dispute", &stray.id), stray.amount, now).await?;
            return Ok(false);
        };
        for step in &steps {
            self.keep(tx, step).await?;
            let Some((kind, source, entries)) = self.noted(step, kept, back) else { continue };
            // What it costs or holds back may change to and fro.
            let own = Id::<Kept>::new().uuid().to_string();
            self.book(tx, (kind, source.unwrap_or(&own)), &entries).await?;
        }
        Ok(!steps.is_empty())
    }

    /// Keeps how a dispute stands. People are told of each once.
    async fn keep(&self, tx: &mut Tx<'_>, step: &Step) -> anyhow::Result<()> {
        let Self { payment, stray, now, .. } = *self;
        match step {
            Step::Disputed(dispute) => {
                let of = Some(stray.id.as_str());
                db::beside::save_dispute(tx, payment.id, (dispute, of), now).await?;
                alert(tx, payment, ("stray-dispute", &dispute.id), dispute.amount, now).await
            }
            Step::DisputeEnded(dispute) => {
                let of = Some(stray.id.as_str());
                Ok(db::beside::save_dispute(tx, payment.id, (dispute, of), now).await?)
            }
            Step::DisputeFee { dispute, is, .. } => {
                Ok(db::beside::dispute_fee(tx, payment.id, dispute, *is).await?)
            }
            Step::DisputeChanged { dispute, is, .. } => {
                Ok(db::beside::dispute_amount(tx, payment.id, dispute, *is).await?)
            }
            _ => Ok(()),
        }
    }

    /// What a step is for the books: its kind, its source where there is one such step of a dispute
    /// alone, its entries; and what the stray holds after it.
    fn noted<'a>(
        &self,
        step: &'a Step,
        kept: &mut Kept,
        back: i64,
    ) -> Option<(&'static str, Option<&'a str>, Vec<Entry>)> {
        let clearing = self.clearing();
        let (held, fees) = ((Account::Disputes, &*clearing), (Account::ProviderFees, &*clearing));
        let gone = back + kept.lost;
        Some(match step {
            Step::Disputed(SeenDispute { id, amount, fee, .. }) => {
                kept.disputed += amount;
                let entries = [self.moved(held, *amount), self.moved(fees, *fee)].concat();
                ("disputed", Some(id), entries)
            }
            Step::DisputeChanged { is, was, lost: false, .. } => {
                kept.disputed += is - was;
                ("dispute_changed", None, self.moved(held, is - was).to_vec())
            }
            Step::DisputeChanged { is, was, lost: true, .. } => {
                kept.disputed += is - was;
                kept.lost += is - was;
                let from = (Account::ProviderClearing, &*clearing);
                ("dispute_changed", None, self.gone(from, gone, is - was).to_vec())
            }
            Step::DisputeEnded(SeenDispute { id, amount, state: DisputeState::Won, .. }) => {
                kept.disputed -= amount;
                ("dispute_won", Some(id), self.moved(held, -amount).to_vec())
            }
            Step::DisputeEnded(SeenDispute { id, amount, .. }) => {
                kept.lost += amount;
                ("dispute_lost", Some(id), self.gone(held, gone, *amount).to_vec())
            }
            Step::DisputeFee { is, was, .. } => {
                ("dispute_fee", None, self.moved(fees, is - was).to_vec())
            }
            _ => return None,
        })
    }
}
