//! Money that lies at a provider for a payment beyond its own: a second success of one order, or money
//! for an order that has ended. Each is a row until the provider shows that all of it has gone back,
//! and is in the books until then.

mod disputed;

use jiff::Timestamp;
use kernel::{Currency, Id};
use serde_json::json;
use store::Tx;

use crate::{
    books::{Account, Entry},
    db::{self, books::NewTransaction, operation::NewOperation, stray::Kept},
    pace,
    payment::{Kind, Payment, State},
    provider::{SeenRefundState, Stray, StrayState},
};

/// What came of looking at strays.
#[derive(Default)]
pub struct Settled {
    /// There is something new to do.
    pub next: bool,
    /// Something is not as it was kept before.
    pub changed: bool,
}

/// Keeps what the provider shows of strays, and has given back what has not gone: not before it is
/// certain which money is the payment's own, and never what was once taken for it.
pub async fn settle(
    tx: &mut Tx<'_>,
    payment: &Payment,
    strays: &[Stray],
    now: Timestamp,
) -> anyhow::Result<Settled> {
    let mut settled = Settled::default();
    for stray in strays.iter().filter(|stray| stray.amount > 0) {
        if db::beside::is_bound(tx, payment, &stray.id).await? {
            continue;
        }
        let Some(currency) = Currency::from_code(&stray.currency) else {
            alert(tx, payment, ("stray", &stray.id), stray.amount, now).await?;
            continue;
        };
        let case = Case { payment, stray, currency, now };
        let known = db::stray::find(tx, payment, &stray.id).await?;
        let kept = match known {
            Some(kept) => kept,
            // It went back before anybody saw it.
            None if stray.state == StrayState::Gone => continue,
            None => {
                alert(tx, payment, ("stray", &stray.id), stray.amount, now).await?;
                if !matches!(payment.state, State::Captured | State::Cancelled) {
                    continue;
                }
                db::stray::insert(tx, payment, (stray, currency), now).await?;
                settled.changed = true;
                Kept::default()
            }
        };
        let Settled { next, changed } = case.settle(tx, kept).await?;
        settled.next |= next;
        settled.changed |= changed;
    }
    Ok(settled)
}

/// Has one given back, unless that is under way, or a dispute is to end first; later and later where
/// it has failed. `true` when it is new.
pub async fn give_back(
    tx: &mut Tx<'_>,
    payment: &Payment,
    object: &str,
    now: Timestamp,
) -> anyhow::Result<bool> {
    let Some(amount) = db::stray::owed(&mut **tx, payment, object).await? else {
        return Ok(false);
    };
    let (failed, under_way) = db::outcome::asked(tx, payment.id, (Kind::GiveBack, object)).await?;
    if under_way {
        return Ok(false);
    }
    if failed > 0 {
        alert(tx, payment, ("stray-refund", object), amount, now).await?;
    }
    let new = NewOperation {
        payment: payment.id,
        kind: Kind::GiveBack,
        amount,
        reason: "it was paid more than once",
        source: object,
    };
    Ok(db::operation::insert_due(tx, &new, now, now + pace::after(failed)).await?.is_some())
}

/// Of each stray once, and once more when it could not be given back.
async fn alert(
    tx: &mut Tx<'_>,
    payment: &Payment,
    (what, object): (&str, &str),
    amount: i64,
    now: Timestamp,
) -> anyhow::Result<()> {
    let name = format!("{what} {object}");
    let facts = json!({"object": object, "amount": amount});
    if db::payment::insert_mismatch(tx, payment.id, &name, &facts, now).await? {
        tracing::error!(
            payment = %payment.id, order = %payment.order, what, object, amount,
            "money beyond the payment's own: a person must look"
        );
    }
    Ok(())
}

/// One stray as the provider shows it.
struct Case<'a> {
    payment: &'a Payment,
    stray: &'a Stray,
    currency: Currency,
    now: Timestamp,
}

impl Case<'_> {
    async fn settle(&self, tx: &mut Tx<'_>, before: Kept) -> anyhow::Result<Settled> {
        let Self { payment, stray, now, .. } = *self;
        let mut kept = before;
        if stray.state == StrayState::Taken && !kept.taken {
            kept.taken = true;
            let customer = payment.customer.to_string();
            let entries = self.moved((Account::Strays, &customer), -stray.amount);
            self.book(tx, ("stray_taken", &stray.id), &entries).await?;
        }
        if let Some(fee) = stray.fee.filter(|fee| kept.taken && *fee != kept.fee) {
            let source = Id::<Kept>::new().uuid().to_string();
            let entries = self.moved((Account::ProviderFees, &self.clearing()), fee - kept.fee);
            self.book(tx, ("stray_fee", &source), &entries).await?;
            kept.fee = fee;
        }
        let (back, mut changed) = self.refunds(tx, kept.lost).await?;
        if kept.taken {
            changed |= self.disputes(tx, &mut kept, back).await?;
        }
        kept.given_back = match stray.state {
            StrayState::Held => false,
            // What the customer's bank took for good is theirs again, too.
            StrayState::Taken => back + kept.lost >= stray.amount,
            StrayState::Gone => true,
        };
        db::stray::save(tx, payment, (&stray.id, &kept), now).await?;
        changed |= kept != before;
        if kept.given_back {
            db::stray::conclude(tx, payment.id, &stray.id, now).await?;
            return Ok(Settled { next: false, changed });
        }
        // What was asked for before a dispute has waited for its end.
        let goes_on = before.is_disputed() && !kept.is_disputed();
        let next = give_back(tx, payment, &stray.id, now).await? || goes_on;
        Ok(Settled { next, changed })
    }

    /// What of it was given back in all, beside what was `lost`; and whether that is not what was known.
    async fn refunds(&self, tx: &mut Tx<'_>, lost: i64) -> anyhow::Result<(i64, bool)> {
        let Self { payment, stray, now, .. } = *self;
        let known = db::stray::refunds(tx, payment, &stray.id).await?;
        let still = known.values().filter(|(_, returned)| !returned);
        let (mut back, mut moved) = (still.map(|(amount, _)| amount).sum(), false);
        let clearing = self.clearing();
        for refund in stray.refunds.iter().filter(|refund| refund.amount > 0) {
            let known = known.get(&refund.id).map(|(_, returned)| *returned);
            let returned = match (known, refund.state) {
                (None, SeenRefundState::Done) => false,
                (Some(false), SeenRefundState::Failed) => true,
                _ => continue,
            };
            db::stray::save_refund(tx, payment, (&stray.id, refund, returned), now).await?;
            let (kind, amount) = if returned {
                db::stray::came_back(tx, payment.id, &stray.id).await?;
                alert(tx, payment, ("stray-refund", &stray.id), refund.amount, now).await?;
                ("stray_refund_returned", -refund.amount)
            } else {
                ("stray_refunded", refund.amount)
            };
            let from = (Account::ProviderClearing, clearing.as_str());
            let entries = self.gone(from, back + lost, amount);
            self.book(tx, (kind, &refund.id), &entries).await?;
            back += amount;
            moved = true;
        }
        Ok((back, moved))
    }

    fn clearing(&self) -> String {
        format!("{}:{}", self.payment.provider, self.payment.account)
    }

    /// So much more is the customer's again, beside what was `before`; it was taken `from` there. What
    /// is more than they had paid is lost.
    fn gone(&self, from: (Account, &str), before: i64, amount: i64) -> [Entry; 3] {
        let owed = |gone: i64| (self.stray.amount - gone).max(0);
        let theirs = owed(before) - owed(before + amount);
        let customer = self.payment.customer.to_string();
        [
            entry((Account::Strays, &customer), theirs),
            entry((Account::DisputeLosses, ""), amount - theirs),
            entry(from, -amount),
        ]
    }

    /// From what the provider owes us to somewhere else.
    fn moved(&self, to: (Account, &str), amount: i64) -> [Entry; 2] {
        [entry(to, amount), entry((Account::ProviderClearing, &self.clearing()), -amount)]
    }

    async fn book(
        &self,
        tx: &mut Tx<'_>,
        (kind, source): (&str, &str),
        entries: &[Entry],
    ) -> anyhow::Result<()> {
        let (id, payment) = (Id::<Kept>::new().uuid(), Some(self.payment.id));
        let new = NewTransaction { id, payment, kind, source, at: self.now };
        let entries: Vec<_> = entries.iter().filter(|one| one.amount != 0).cloned().collect();
        Ok(db::books::insert(tx, &new, self.currency, &entries).await?)
    }
}

fn entry((account, party): (Account, &str), amount: i64) -> Entry {
    Entry { account, party: party.to_owned(), part: None, amount }
}
