//! The one function that moves a payment, whoever called for it.

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use kernel::PaymentId;
use payments_api::{MoneyMove, PaymentMoved};
use serde_json::json;
use store::Tx;

use crate::{
    App,
    books::{self, Noted},
    db,
    db::operation::NewOperation,
    decline::Why,
    failed_refund, issue, keeping,
    moves::{self, Beside, Due, Mismatch, Step},
    payment::{Kind, Payment, State, Wanted},
    provider::{Abilities, CallFailed, DisputeState, Known, Seen, SeenState},
    strays,
};

/// How often a payer may come back and try with another card.
pub const MOST_AUTHORISATIONS: i64 = 20;

/// Money for an order that has ended goes back within minutes, also where nobody tells of it.
const LOOKS_AT_THE_DEAD: i64 = 300;

/// A provider looks at no payment for longer: what is set aside lapses in less.
const LONGEST_REVIEW: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How often a payment may change while its provider is asked about it.
const OVERTAKEN: usize = 5;

/// What is not saved so long after the time to pay will not be.
const SAVED_WITHIN: SignedDuration = SignedDuration::from_hours(3);

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
/// these may run at once; what was shown before another of them changed something is not taken, for
/// it may be older, and the provider is asked again.
pub async fn settle(app: &App, id: PaymentId) -> Result<Payment, SettleFailed> {
    asked(app, id, false).await
}

/// The same when the payer is back from the provider's page: what they agreed to there after a
/// refusal is tried once more.
pub async fn payer_came_back(app: &App, id: PaymentId) -> Result<Payment, SettleFailed> {
    asked(app, id, true).await
}

async fn asked(app: &App, id: PaymentId, again: bool) -> Result<Payment, SettleFailed> {
    for _ in 0..OVERTAKEN {
        if let Some(payment) = asked_once(app, id, again).await? {
            return Ok(payment);
        }
    }
    Err(CallFailed::Unknown("it changed each time it was asked about".into()).into())
}

/// None where it changed while the provider was asked.
async fn asked_once(
    app: &App,
    id: PaymentId,
    again: bool,
) -> Result<Option<Payment>, SettleFailed> {
    let whole = db::payment::find_whole(&app.db, id).await?;
    let whole = whole.with_context(|| format!("there is no payment {id}"))?;
    let db::payment::Whole { payment, disputes, own, capturing } = whole;
    let Some(provider_payment) = &payment.provider_payment else { return Ok(Some(payment)) };
    let account = app.accounts.of_payment(&payment)?;
    let known = Known {
        provider_payment,
        payment: id,
        order: payment.order,
        amount: payment.money(payment.amount),
        waits: payment.state == State::Open,
        customer: payment.provider_customer.as_deref(),
        ended: payment.state == State::Cancelled && payment.authorised > 0,
        own: &own,
        capturing,
        disputes: &disputes,
    };
    let seen = account.retrieve(&known).await?;
    let abilities = account.client.abilities();
    let Some((payment, next)) = apply(app, (&payment, abilities), (&seen, again)).await? else {
        return Ok(None);
    };
    if next {
        app.wake_operations();
    }
    Ok(Some(payment))
}

/// The payment as it is afterwards, and whether there is something new to do; none where it is not as
/// it was `before` any more.
async fn apply(
    app: &App,
    (before, abilities): (&Payment, Abilities),
    (seen, again): (&Seen, bool),
) -> anyhow::Result<Option<(Payment, bool)>> {
    let (now, id) = (app.clock.now(), before.id);
    let mut tx = app.db.begin().await?;
    let payment = db::payment::lock(&mut tx, id).await?;
    let mut payment = payment.with_context(|| format!("there is no payment {id}"))?;
    if payment.changes != before.changes {
        return Ok(None);
    }
    let steps = match understood(&mut tx, &payment, (seen, abilities)).await? {
        Ok(steps) => steps,
        Err(mismatch) => {
            alert(&mut tx, &payment, mismatch, seen, now).await?;
            tx.commit().await?;
            return Ok(Some((payment, false)));
        }
    };
    for step in &steps {
        step_forward(&mut tx, &mut payment, step, now).await?;
    }
    payment.spent |= matches!(seen.state, SeenState::Spent { .. });
    if let Some(method) = &seen.method {
        keeping::keep(&mut tx, &payment, method, now).await?;
    }
    let refunds = seen.refunds.iter().chain(seen.strays.iter().flat_map(|stray| &stray.refunds));
    let refunds: Vec<_> = refunds.collect();
    for refund in db::outcome::conclude(&mut tx, &payment, &refunds, now).await? {
        failed_refund::failed(&mut tx, &payment, &refund, now).await?;
    }
    give_up_waiting(&mut payment, (seen, abilities), now);
    let mut next = want(&mut tx, &payment, abilities, now).await?;
    if seen.state == SeenState::Approved {
        next |= authorise(&mut tx, &mut payment, again, now).await?;
    }
    let unsaved = payment.saves && seen.method.is_none();
    let strays = strays::settle(&mut tx, &payment, &seen.strays, now).await?;
    if strays.changed || !steps.is_empty() {
        payment.changes += 1;
    }
    let look_at = look_at(app, &payment, unsaved, now);
    db::payment::save(&mut tx, &payment, look_at, now).await?;
    tx.commit().await?;
    Ok(Some((payment, next | strays.next)))
}

/// Takes a step, with all that comes of it.
async fn step_forward(
    tx: &mut Tx<'_>,
    payment: &mut Payment,
    step: &Step,
    now: Timestamp,
) -> anyhow::Result<()> {
    let noted = moves::take(payment, step);
    if let Some((movement, source)) = noted {
        let noted = Noted { movement, source: &source, step };
        books::note(tx, payment, &noted, now).await?;
        issue::issue(tx, payment, &noted, now).await?;
    }
    let moved = told(tx, payment, step, now).await?;
    // Of one that was superseded nobody waits for news.
    if let Some(moved) = moved.filter(|_| !payment.superseded) {
        feed::append(tx, &self::moved(payment, moved), now).await?;
    }
    Ok(())
}

/// What the provider shows, as steps of this payment; or why it is not this payment's money.
async fn understood(
    tx: &mut Tx<'_>,
    payment: &Payment,
    (seen, abilities): (&Seen, Abilities),
) -> anyhow::Result<Result<Vec<Step>, Mismatch>> {
    // On its way to the capture there is nothing that could be compared with.
    let beside = if seen.refunds.is_empty() && seen.disputes.is_empty() {
        Beside::default()
    } else {
        db::beside::of(tx, payment.id).await?
    };
    let steps = moves::steps(payment, &beside, seen, abilities);
    if steps.is_ok() && !db::beside::bind(tx, payment, &seen.objects).await? {
        return Ok(Err(Mismatch::Used));
    }
    Ok(steps)
}

/// Where the provider cannot end what waits for its customer, it ends here when nothing can come of
/// it any more. What the provider still looks at may come to be set aside days later.
fn give_up_waiting(payment: &mut Payment, (seen, abilities): (&Seen, Abilities), now: Timestamp) {
    let late = payment.pay_by + abilities.horizon <= now;
    let reviewed = seen.state == SeenState::Reviewed && now < payment.pay_by + LONGEST_REVIEW;
    let over = payment.spent || (late && !reviewed);
    if payment.state == State::Open && payment.wanted == Wanted::Cancel && over {
        payment.state = State::Cancelled;
    }
}

/// Writes down what the order's wish asks of the provider now; `true` when that is new.
pub async fn want(
    tx: &mut Tx<'_>,
    payment: &Payment,
    abilities: Abilities,
    now: Timestamp,
) -> anyhow::Result<bool> {
    if payment.wanted == Wanted::Nothing {
        return Ok(false);
    }
    let promised = db::outcome::promised(tx, payment.id).await?;
    let Some(due) = moves::due(payment, abilities, promised) else { return Ok(false) };
    let Due { kind, amount, source } = due;
    let reason = match (payment.wanted, kind) {
        (Wanted::Capture, Kind::Capture) => "the order is packed",
        (Wanted::Capture, _) => "less was packed than ordered",
        _ => payment.wanted_reason.as_deref().unwrap_or("the order was cancelled"),
    };
    let new = NewOperation { payment: payment.id, kind, amount, reason, source };
    Ok(db::operation::insert(tx, &new, now).await?.is_some())
}

/// The same for whatever account the payment is at. One that has been taken out of the settings is
/// asked, and the wish looked at, when it is there again.
pub async fn wanted(
    app: &App,
    tx: &mut Tx<'_>,
    payment: &Payment,
    now: Timestamp,
) -> anyhow::Result<bool> {
    let Some(account) = app.accounts.still_of(payment) else {
        db::payment::look(tx, payment.id, now).await?;
        return Ok(false);
    };
    want(tx, payment, account.client.abilities(), now).await
}

/// The payer has agreed: it is set aside, once; once more when they come back `again` after that was
/// refused. `true` when that is new.
async fn authorise(
    tx: &mut Tx<'_>,
    payment: &mut Payment,
    again: bool,
    now: Timestamp,
) -> anyhow::Result<bool> {
    if payment.wanted == Wanted::Cancel || payment.state != State::Open || payment.spent {
        return Ok(false);
    }
    if keeping::was_removed(&mut **tx, payment).await? {
        let attempt = "what it was to be paid with was removed";
        return over(tx, payment, (attempt, Why::NotAccepted), now).await;
    }
    let (tried, under_way, back) = db::operation::tried(tx, payment.id, Kind::Authorise).await?;
    // Whoever comes back too soon after another return is not asked about at once, and counts.
    if under_way || (tried > 0 && !again && !back) {
        return Ok(false);
    }
    if tried >= MOST_AUTHORISATIONS {
        return over(tx, payment, ("it was tried too often", Why::TooOften), now).await;
    }
    let source = format!("approval {}", tried + 1);
    let new = NewOperation {
        payment: payment.id,
        kind: Kind::Authorise,
        amount: payment.amount,
        reason: "the payer agreed",
        source: &source,
    };
    Ok(db::operation::insert(tx, &new, now).await?.is_some())
}

/// Nothing more can be paid with it, and its customer is told why.
async fn over(
    tx: &mut Tx<'_>,
    payment: &mut Payment,
    (attempt, why): (&str, Why),
    now: Timestamp,
) -> anyhow::Result<bool> {
    (payment.last_decline, payment.declined_why) = (Some(attempt.to_owned()), Some(why));
    payment.spent = true;
    tell_declined(tx, payment, why, now).await?;
    Ok(false)
}

/// Tells the house that an attempt did not succeed, where anybody waits for that.
pub async fn tell_declined(
    tx: &mut Tx<'_>,
    payment: &Payment,
    why: Why,
    now: Timestamp,
) -> anyhow::Result<()> {
    if !payment.superseded {
        let (reason, code) = (why.detail().to_owned(), why.told().as_str().to_owned());
        feed::append(tx, &moved(payment, MoneyMove::Declined { reason, code }), now).await?;
    }
    Ok(())
}

/// When to ask again without being told; never where nothing can come any more. PayPal may put what
/// is to be saved into its vault after the money has been taken.
fn look_at(app: &App, payment: &Payment, unsaved: bool, now: Timestamp) -> Option<Timestamp> {
    let seconds = match payment.state {
        State::Open if payment.wanted == Wanted::Cancel => {
            return Some(now + pace_after(app, payment.pay_by, now));
        }
        State::Open => app.config.poll_open_seconds,
        State::Authorised => app.config.poll_authorised_seconds,
        State::Captured if unsaved && now < payment.pay_by + SAVED_WITHIN => {
            app.config.poll_authorised_seconds
        }
        State::Starting | State::Captured | State::Cancelled => return None,
    };
    Some(now + SignedDuration::from_secs(seconds))
}

/// How soon what nobody wants any more is asked about again: the longer its time is over, the less
/// often.
pub fn pace_after(app: &App, pay_by: Timestamp, now: Timestamp) -> SignedDuration {
    let over = now.duration_since(pay_by).as_secs();
    SignedDuration::from_secs(over.min(LOOKS_AT_THE_DEAD).max(app.config.poll_open_seconds))
}

/// Keeps what a step brings beside the payment that has just taken it, and says what the house is
/// to be told.
async fn told(
    tx: &mut Tx<'_>,
    payment: &Payment,
    step: &Step,
    now: Timestamp,
) -> anyhow::Result<Option<MoneyMove>> {
    Ok(Some(match step {
        Step::Declined(decline) => MoneyMove::Declined {
            reason: decline.why.detail().into(),
            code: decline.why.told().as_str().into(),
        },
        Step::Authorised { amount } => MoneyMove::Authorised { amount: payment.money(*amount) },
        Step::Captured { amount } => MoneyMove::Captured { amount: payment.money(*amount) },
        Step::Ended { reason } => ended(tx, payment, reason).await?,
        Step::Refunded(refund) => {
            let reason = db::payment::insert_refund(tx, payment.id, refund, now).await?;
            MoneyMove::Refunded {
                amount: payment.money(refund.amount),
                reason: reason.unwrap_or_else(|| "refunded at the provider".into()),
            }
        }
        Step::RefundReturned(refund) => {
            db::beside::refund_returned(tx, payment.id, &refund.id, now).await?;
            tracing::error!(payment = %payment.id, refund = refund.id, "a refund came back");
            // Of what we asked for people are told as of any refund that fails.
            if refund.operation.is_none() {
                let (what, facts) = (format!("refund-returned {}", refund.id), json!(refund));
                db::payment::insert_mismatch(tx, payment.id, &what, &facts, now).await?;
            }
            MoneyMove::RefundReturned { amount: payment.money(refund.amount) }
        }
        Step::Fee { .. } => return Ok(None),
        Step::Disputed(dispute) => {
            db::beside::save_dispute(tx, payment.id, (dispute, None), now).await?;
            tracing::warn!(payment = %payment.id, dispute = dispute.id, "a payment is disputed");
            MoneyMove::Disputed { amount: payment.money(dispute.amount) }
        }
        Step::DisputeFee { dispute, is, .. } => {
            db::beside::dispute_fee(tx, payment.id, dispute, *is).await?;
            return Ok(None);
        }
        Step::DisputeChanged { dispute, is, .. } => {
            db::beside::dispute_amount(tx, payment.id, dispute, *is).await?;
            return Ok(None);
        }
        Step::DisputeEnded(dispute) => {
            db::beside::save_dispute(tx, payment.id, (dispute, None), now).await?;
            let won = dispute.state == DisputeState::Won;
            MoneyMove::DisputeEnded { amount: payment.money(dispute.amount), won }
        }
    }))
}

/// What the house is told where the provider has ended it. Nobody here wanted that where the money was
/// there and is gone; that it could not be taken is told once.
async fn ended(tx: &mut Tx<'_>, payment: &Payment, reason: &str) -> anyhow::Result<MoneyMove> {
    let wanted = payment.authorised > 0 && payment.wanted != Wanted::Cancel;
    if !wanted || db::operation::has_failed(tx, payment.id, Kind::Capture).await? {
        return Ok(MoneyMove::Voided);
    }
    Ok(MoneyMove::CaptureFailed { reason: format!("The provider ended it: {reason}.") })
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
