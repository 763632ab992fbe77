//! The one function that moves a payment, whoever called for it.

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use kernel::PaymentId;
use payments_api::{MoneyMove, PaymentMoved};
use store::Tx;

use crate::{
    App, db,
    db::operation::NewOperation,
    moves::{self, Mismatch, Step},
    payment::{Kind, Payment, State, Wanted},
    provider::{CallFailed, Seen},
};

/// Why a payment could not be settled now.
#[derive(Debug, thiserror::Error)]
pub enum SettleFailed {
    #[error("the provider: {0}")]
    Provider(#[from] CallFailed),
    #[error(transparent)]
    Broken(#[from] anyhow::Error),
}

impl From<sqlx::Error> for SettleFailed {
    fn from(error: sqlx::Error) -> Self {
        Self::Broken(error.into())
    }
}

/// Asks the provider how the payment stands, and moves ours as far as that: the ledger, the events
/// and what is to be done next, in one transaction. Nothing else is ever believed. Any number of
/// these may run at once.
pub async fn settle(app: &App, id: PaymentId) -> Result<Payment, SettleFailed> {
    let payment = db::payment::find(&app.db, id).await?;
    let payment = payment.with_context(|| format!("there is no payment {id}"))?;
    let Some(provider_payment) = &payment.provider_payment else { return Ok(payment) };
    let seen = app.provider.retrieve(provider_payment).await?;
    let (payment, next) = apply(app, id, &seen).await?;
    if next {
        app.wake_operations();
    }
    Ok(payment)
}

/// The payment as it is afterwards, and whether there is something new to do.
async fn apply(app: &App, id: PaymentId, seen: &Seen) -> anyhow::Result<(Payment, bool)> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let payment = db::payment::lock(&mut tx, id).await?;
    let mut payment = payment.with_context(|| format!("there is no payment {id}"))?;
    let known = match seen.refunds.as_slice() {
        [] => Vec::new(),
        _ => db::payment::known_refunds(&mut tx, id).await?,
    };
    let steps = match moves::steps(&payment, &known, seen) {
        Ok(steps) => steps,
        Err(mismatch) => {
            alert(&mut tx, &payment, mismatch, seen, now).await?;
            tx.commit().await?;
            return Ok((payment, false));
        }
    };
    for step in &steps {
        let noted = moves::take(&mut payment, step);
        if let Some((movement, source)) = noted {
            db::ledger::write(&mut tx, &payment, movement, &source, now).await?;
        }
        let moved = told(&mut tx, &payment, step, now).await?;
        feed::append(&mut tx, &moved, now).await?;
    }
    db::operation::conclude(&mut tx, &payment, &seen.refunds, now).await?;
    let next = want(&mut tx, &payment, now).await?;
    let look_at = look_at(app, &payment, now);
    db::payment::save(&mut tx, &payment, look_at, now).await?;
    tx.commit().await?;
    Ok((payment, next))
}

/// Writes down what the order's wish asks of the provider now; `true` when that is new.
pub async fn want(tx: &mut Tx<'_>, payment: &Payment, now: Timestamp) -> anyhow::Result<bool> {
    if payment.wanted == Wanted::Nothing {
        return Ok(false);
    }
    let promised = db::operation::promised(tx, payment.id).await?;
    let Some((kind, amount)) = moves::due(payment, promised) else { return Ok(false) };
    let reason = match kind {
        Kind::Capture => "the order is packed",
        _ => payment.wanted_reason.as_deref().unwrap_or("the order was cancelled"),
    };
    let new = NewOperation { payment: payment.id, kind, amount, reason, source: "order" };
    Ok(db::operation::insert(tx, &new, now).await?.is_some())
}

/// When to ask again without being told; never where nothing can come any more.
fn look_at(app: &App, payment: &Payment, now: Timestamp) -> Option<Timestamp> {
    let seconds = match payment.state {
        State::Open => app.config.poll_open_seconds,
        State::Authorised => app.config.poll_authorised_seconds,
        State::Starting | State::Captured | State::Cancelled => return None,
    };
    Some(now + SignedDuration::from_secs(seconds))
}

/// What the house is told of a step that `payment` has just taken.
async fn told(
    tx: &mut Tx<'_>,
    payment: &Payment,
    step: &Step,
    now: Timestamp,
) -> anyhow::Result<PaymentMoved> {
    let moved = match step {
        Step::Declined { reason, .. } => MoneyMove::Declined { reason: reason.clone() },
        Step::Authorised { amount } => MoneyMove::Authorised { amount: payment.money(*amount) },
        Step::Captured { amount } => MoneyMove::Captured { amount: payment.money(*amount) },
        // Nobody here wanted that: the money was there and is gone.
        Step::Ended { reason } if payment.authorised > 0 && payment.wanted != Wanted::Cancel => {
            MoneyMove::CaptureFailed { reason: format!("The provider ended it: {reason}.") }
        }
        Step::Ended { .. } => MoneyMove::Voided,
        Step::Refunded(refund) => {
            let reason = db::payment::insert_refund(tx, payment.id, refund, now).await?;
            MoneyMove::Refunded {
                amount: payment.money(refund.amount),
                reason: reason.unwrap_or_else(|| "refunded at the provider".into()),
            }
        }
    };
    Ok(self::moved(payment, moved))
}

/// An event about `payment` as it now stands.
pub fn moved(payment: &Payment, moved: MoneyMove) -> PaymentMoved {
    PaymentMoved {
        payment: payment.id,
        order: payment.order,
        moved,
        captured: payment.money(payment.captured),
        refunded: payment.money(payment.refunded),
    }
}

async fn alert(
    tx: &mut Tx<'_>,
    payment: &Payment,
    mismatch: Mismatch,
    seen: &Seen,
    now: Timestamp,
) -> anyhow::Result<()> {
    let facts = serde_json::to_value(seen)?;
    if db::payment::insert_mismatch(tx, payment.id, mismatch.as_str(), &facts, now).await? {
        tracing::error!(
            payment = %payment.id, order = %payment.order, mismatch = mismatch.as_str(), ?seen,
            "what the provider shows is not this payment's money: a person must look"
        );
    }
    Ok(())
}
