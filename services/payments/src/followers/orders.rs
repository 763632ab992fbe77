//! What an order's moves want of its payment. Only written down here; [`crate::operations`] does
//! it.

use anyhow::ensure;
use feed::Received;
use jiff::Timestamp;
use kernel::{Money, PaymentId};
use orders_api::{Move, OrderFacts, OrderMoved};
use store::Tx;
use uuid::Uuid;

use crate::{
    App, db,
    db::{operation::NewOperation, payment::NewPayment, sale::Handed},
    keeping::Choice,
    payment::{Kind, Payment, State, Wanted},
    settle::wanted,
};

pub async fn moved(app: App, received: Received<OrderMoved>) -> anyhow::Result<()> {
    let OrderMoved { order, moved, .. } = &received.event;
    if !matches!(
        moved,
        Move::Packed
            | Move::Delivered
            | Move::Cancelled { .. }
            | Move::Closed { .. }
            | Move::Lost { .. }
    ) {
        return Ok(());
    }
    let now = app.clock.now();
    let Some(mut tx) = received.once(&app.db).await? else { return Ok(()) };
    if matches!(moved, Move::Delivered | Move::Closed { .. } | Move::Lost { .. }) {
        let handed = order.lines.iter().map(|it| Handed { line: it.line, units: it.delivered });
        db::sale::over(&mut tx, order.order, &handed.collect::<Vec<_>>(), now).await?;
    }
    let new = match moved {
        Move::Packed => packed(&app, &mut tx, order, now).await?,
        Move::Cancelled { reason } => cancelled(&app, &mut tx, order, reason, now).await?,
        Move::Closed { refund } => {
            let why = (received.id(), "returned from the door");
            refunded(&mut tx, order, *refund, why, now).await?
        }
        Move::Lost { refund, .. } => {
            let why = (received.id(), "lost on the way");
            refunded(&mut tx, order, *refund, why, now).await?
        }
        _ => false,
    };
    tx.commit().await?;
    if new {
        app.wake_operations();
    }
    Ok(())
}

/// The bottles are ready to go: the money is taken now.
async fn packed(
    app: &App,
    tx: &mut Tx<'_>,
    order: &OrderFacts,
    now: Timestamp,
) -> anyhow::Result<bool> {
    let mut payment = of(tx, order).await?;
    if payment.wanted == Wanted::Cancel {
        return Ok(false);
    }
    payment.wanted = Wanted::Capture;
    // What was packed may cost less than what was ordered.
    if order.total.currency == payment.currency && order.total.amount < payment.amount {
        payment.capture_amount = Some(order.total.amount);
    }
    // What has been taken already stays as it was sold, and the rest is given back of its lines.
    if let Some(picked) = order.picked.as_ref().filter(|_| payment.captured == 0) {
        let checked = picked.sale.check(order.total);
        checked.map_err(|wrong| anyhow::anyhow!("{} {}", wrong.field, wrong.why))?;
        db::sale::resell(tx, order.order, (&picked.sale, order.total)).await?;
    }
    db::payment::wish(tx, &payment, now).await?;
    wanted(app, tx, &payment, now).await
}

/// No money for this order, now or ever.
async fn cancelled(
    app: &App,
    tx: &mut Tx<'_>,
    order: &OrderFacts,
    reason: &str,
    now: Timestamp,
) -> anyhow::Result<bool> {
    // An order may end before its payment was asked for: then it can never start.
    let first = app.accounts.first();
    let none = NewPayment {
        id: PaymentId::new(),
        order: order.order,
        customer: order.customer,
        amount: order.total.amount,
        currency: order.total.currency,
        description: "",
        store: Some(order.store),
        vendor: None,
        classes: &[],
        provider: first.provider,
        account: &first.name,
        pay_by: now,
        state: State::Cancelled,
        choice: Choice::default(),
        look_at: None,
    };
    if none.amount <= 0 || db::payment::insert(&mut **tx, &none, now).await? {
        return Ok(false);
    }
    let mut payment = of(tx, order).await?;
    payment.wanted = Wanted::Cancel;
    payment.wanted_reason = Some(reason.to_owned());
    db::payment::wish(tx, &payment, now).await?;
    db::operation::withdraw_capture(tx, payment.id, now).await?;
    wanted(app, tx, &payment, now).await
}

/// What was not handed over is back, or lost: its money follows, once.
async fn refunded(
    tx: &mut Tx<'_>,
    order: &OrderFacts,
    refund: Money,
    (event, reason): (Uuid, &str),
    now: Timestamp,
) -> anyhow::Result<bool> {
    if refund.amount <= 0 {
        return Ok(false);
    }
    let payment = of(tx, order).await?;
    ensure!(refund.currency == payment.currency, "a refund in another currency");
    if payment.wanted == Wanted::Cancel {
        return Ok(false);
    }
    ensure!(payment.state == State::Captured, "nothing has been captured yet");
    let promised = db::outcome::promised(tx, payment.id).await?;
    let left = payment.left(promised);
    if left < refund.amount {
        tracing::error!(payment = %payment.id, %refund, left, "less is left than is to go back");
    }
    let amount = refund.amount.min(left);
    if amount <= 0 {
        return Ok(false);
    }
    let source = format!("event:{event}");
    let new =
        NewOperation { payment: payment.id, kind: Kind::Refund, amount, reason, source: &source };
    Ok(db::operation::insert(tx, &new, now).await?.is_some())
}

async fn of(tx: &mut Tx<'_>, order: &OrderFacts) -> anyhow::Result<Payment> {
    let payment = db::payment::lock_of_order(tx, order.order).await?;
    payment.ok_or_else(|| anyhow::anyhow!("order {} has no payment", order.order))
}
