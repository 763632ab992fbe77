//! Writes to providers: each is a row before it is sent, and its id is the idempotency key.

use anyhow::Context;
use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use payments_api::MoneyMove;
use serde_json::json;
use store::Tx;

use crate::{
    App, db,
    db::operation::{NewOperation, Operation},
    decline::Why,
    failed_refund, keeping,
    payment::{Kind, Payment, State, Wanted},
    provider::{CallFailed, Of},
    settle::{MOST_AUTHORISATIONS, moved, settle, tell_declined},
    strays,
};

/// Operations, of different payments, that are carried out side by side.
const AT_ONCE: usize = 8;

/// What asks for a capture again; a number follows.
const AGAIN: &str = "again ";

/// So often something is asked about quickly, which takes about ten minutes; and then so seldom.
const LONG_IN_HAND: i32 = 24;
const IN_HAND: SignedDuration = SignedDuration::from_mins(5);

/// A capture that was declined is tried again so long after, one time after another.
const CAPTURED_AGAIN: [SignedDuration; 3] =
    [SignedDuration::from_mins(1), SignedDuration::from_mins(5), SignedDuration::from_mins(15)];

/// Carries out all that is due.
pub async fn run_due(app: App) -> anyhow::Result<()> {
    let accounts = app.accounts.keys();
    loop {
        let now = app.clock.now();
        let times = (now, now + app.config.claim());
        let due = db::operation::claim(&app.db, times, &accounts).await?;
        if due.is_empty() {
            return Ok(());
        }
        let app = &app;
        let each = |operation: Operation| async move {
            let Err(error) = carry_out(app, &operation).await else { return };
            let error = format!("{error:#}");
            tracing::warn!(operation = %operation.id, kind = ?operation.kind, error, "waits");
            // Where even that fails it is due again when the claim ends.
            let _ = put_off(app, &operation, &error).await;
        };
        stream::iter(due).for_each_concurrent(AT_ONCE, each).await;
    }
}

async fn carry_out(app: &App, operation: &Operation) -> anyhow::Result<()> {
    if operation.attempts > 1 {
        // Sent before, and what came of it is not known: ask before repeating.
        let payment = settle(app, operation.payment).await?;
        if db::operation::ended(&app.db, operation.id).await? {
            return Ok(());
        }
        if matches!(operation.kind, Kind::Refund | Kind::GiveBack)
            && db::outcome::is_in_hand(&app.db, operation.id).await?
        {
            return not_yet_shown(app, operation).await;
        }
        if unwanted(&payment, operation) {
            return give_up(app, operation, "the order was cancelled").await;
        }
    }
    let whole = db::payment::find_whole(&app.db, operation.payment).await?;
    let whole = whole.context("an operation without its payment")?;
    let db::payment::Whole { payment, own, .. } = whole;
    let Some(name) = payment.provider_payment.as_deref() else {
        return give_up(app, operation, "the provider does not know of the payment").await;
    };
    if operation.kind == Kind::Authorise && keeping::was_removed(&app.db, &payment).await? {
        return declined(app, operation, (Why::NotAccepted, true)).await;
    }
    let account = app.accounts.of_payment(&payment)?;
    let (key, amount) = (operation.id, payment.money(operation.amount));
    let of = Of { name, own: &own };
    let sent = match operation.kind {
        Kind::Authorise => account.authorise(key, name).await,
        Kind::Capture => account.capture(key, of, amount).await,
        Kind::Cancel => account.cancel(key, name).await,
        Kind::Refund => account.refund(key, of, amount).await,
        Kind::GiveBack => {
            let Some(owed) = db::stray::owed(&app.db, &payment, &operation.source).await? else {
                return put_off(app, operation, "it is disputed").await;
            };
            account.give_back(key, of, (&operation.source, owed)).await
        }
    };
    if let Err(failed) = &sent
        && failed.is_unknown()
    {
        return put_off(app, operation, &failed.to_string()).await;
    }
    settle(app, operation.payment).await?;
    match sent {
        Err(CallFailed::Refused(why)) => give_up(app, operation, &why).await,
        Err(CallFailed::Declined(why)) => declined(app, operation, (why, false)).await,
        Err(CallFailed::Over(why)) => declined(app, operation, (why, true)).await,
        // Done, but not yet shown: asked again before anything is repeated.
        _ if !db::operation::ended(&app.db, operation.id).await? => {
            not_yet_shown(app, operation).await
        }
        _ => Ok(()),
    }
}

/// How long to wait after so many attempts: 1 s, 2 s, 4 s … at most half a minute, so that what is
/// unknown is known within a minute of the provider's answering again.
pub fn gap(attempts: i32) -> SignedDuration {
    SignedDuration::from_secs(2_i64.pow(attempts.clamp(1, 10) as u32 - 1).min(30))
}

async fn put_off(app: &App, operation: &Operation, why: &str) -> anyhow::Result<()> {
    told_when_long(app, operation).await?;
    let due = app.clock.now() + gap(operation.attempts);
    Ok(db::operation::still_unknown(&app.db, operation.id, why, due).await?)
}

/// The provider has it in hand, perhaps for days: its webhook will tell, and it is asked about ever
/// less often.
async fn not_yet_shown(app: &App, operation: &Operation) -> anyhow::Result<()> {
    told_when_long(app, operation).await?;
    let why = "the provider has it in hand";
    let long = operation.attempts >= LONG_IN_HAND;
    let due = app.clock.now() + if long { IN_HAND } else { gap(operation.attempts) };
    Ok(db::operation::still_unknown(&app.db, operation.id, why, due).await?)
}

/// People are told of a capture that an order has waited for for long.
async fn told_when_long(app: &App, operation: &Operation) -> anyhow::Result<()> {
    if operation.kind == Kind::Capture && operation.attempts >= LONG_IN_HAND {
        let mut tx = app.db.begin().await?;
        alert(&mut tx, operation, "capture-pending", app.clock.now()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// A person must look at what came of an operation.
async fn alert(
    tx: &mut Tx<'_>,
    operation: &Operation,
    what: &'static str,
    now: Timestamp,
) -> anyhow::Result<()> {
    let Operation { id, payment, amount, attempts, .. } = operation;
    let facts = json!({"operation": id, "amount": amount, "attempts": attempts});
    if db::payment::insert_mismatch(tx, *payment, what, &facts, now).await? {
        tracing::error!(operation = %id, %payment, what, "a person must look");
    }
    Ok(())
}

/// It will not be done. Of a capture the house is told, for the order waits for it; money that is to go
/// back is asked for again.
async fn give_up(app: &App, operation: &Operation, why: &str) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let payment = db::payment::lock(&mut tx, operation.payment).await?;
    if !db::operation::fail(&mut tx, operation.id, why, now).await? {
        return Ok(());
    }
    tracing::warn!(operation = %operation.id, kind = ?operation.kind, why, "is not done");
    match payment {
        Some(payment) if awaited(&payment, operation) && !payment.superseded => {
            let event = moved(&payment, MoneyMove::CaptureFailed { reason: why.to_owned() });
            feed::append(&mut tx, &event, now).await?;
        }
        // What the payer agreed to cannot be had: they are told, unless that was seen already.
        Some(mut payment)
            if operation.kind == Kind::Authorise
                && payment.state == State::Open
                && !payment.spent =>
        {
            payment.last_decline = Some(operation.id.to_string());
            (payment.declined_why, payment.spent) = (Some(Why::Other), true);
            db::payment::declined(&mut tx, &payment, now).await?;
            tell_declined(&mut tx, &payment, Why::Other, now).await?;
        }
        Some(payment) if operation.kind == Kind::GiveBack => {
            strays::give_back(&mut tx, &payment, &operation.source, now).await?;
        }
        Some(payment) if operation.kind == Kind::Refund => {
            failed_refund::failed(&mut tx, &payment, operation, now).await?;
        }
        _ => {}
    }
    tx.commit().await?;
    Ok(())
}

/// The payer agreed, and their bank did not: they may try again, with another payment where it is
/// `over` for this one. So it is with what they kept: nobody can choose something else for it.
async fn declined(
    app: &App,
    operation: &Operation,
    (why, over): (Why, bool),
) -> anyhow::Result<()> {
    if operation.kind == Kind::Capture {
        return capture_again(app, operation, why).await;
    }
    if operation.kind != Kind::Authorise {
        return give_up(app, operation, why.as_str()).await;
    }
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let payment = db::payment::lock(&mut tx, operation.payment).await?;
    let mut payment = payment.context("an operation without its payment")?;
    if !db::operation::fail(&mut tx, operation.id, why.as_str(), now).await? {
        return Ok(());
    }
    let (tried, ..) = db::operation::tried(&mut tx, payment.id, Kind::Authorise).await?;
    let last = tried >= MOST_AUTHORISATIONS && !over;
    let why = if last { Why::TooOften } else { why };
    (payment.last_decline, payment.declined_why) = (Some(operation.id.to_string()), Some(why));
    payment.spent |= over || last || payment.saved_method.is_some();
    db::payment::declined(&mut tx, &payment, now).await?;
    tell_declined(&mut tx, &payment, why, now).await?;
    Ok(tx.commit().await?)
}

/// What an order waits for was declined: it is tried again a few times, for the money may be there
/// in a moment, and given up when it is not.
async fn capture_again(app: &App, operation: &Operation, why: Why) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let payment = db::payment::lock(&mut tx, operation.payment).await?;
    let payment = payment.context("an operation without its payment")?;
    let (tried, ..) = db::operation::tried(&mut tx, operation.payment, Kind::Capture).await?;
    let wait = usize::try_from(tried - 1).ok().and_then(|turn| CAPTURED_AGAIN.get(turn));
    let Some(wait) = wait.filter(|_| awaited(&payment, operation)) else {
        if awaited(&payment, operation) {
            alert(&mut tx, operation, "capture-declined", now).await?;
        }
        tx.commit().await?;
        return give_up(app, operation, why.as_str()).await;
    };
    if db::operation::fail(&mut tx, operation.id, why.as_str(), now).await? {
        let source = format!("{AGAIN}{tried}");
        let new = NewOperation {
            payment: operation.payment,
            kind: Kind::Capture,
            amount: operation.amount,
            reason: "the capture was declined",
            source: &source,
        };
        db::operation::insert_due(&mut tx, &new, now, now + *wait).await?;
    }
    Ok(tx.commit().await?)
}

/// The order does not want it any more. Money that cannot be let go is taken to be given back.
fn unwanted(payment: &Payment, operation: &Operation) -> bool {
    operation.kind == Kind::Capture
        && payment.wanted == Wanted::Cancel
        && (operation.source == "order" || operation.source.starts_with(AGAIN))
}

fn awaited(payment: &Payment, operation: &Operation) -> bool {
    operation.kind == Kind::Capture
        && payment.state == State::Authorised
        && payment.wanted != Wanted::Cancel
}
