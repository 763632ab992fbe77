use anyhow::bail;
use catalogue_api::HoldRefusal;
use feed::Received;
use jiff::SignedDuration;
use kernel::{Money, OrderId};
use orders_api::{Move, State};
use payments_api::{MoneyMove, PaymentMoved};
use serde_json::json;
use store::Tx;
use wire::CallError;

use crate::{
    App, db,
    db::Moving,
    lifecycle::{By, Command},
    moves::{self, Doer, Order, Step},
};

/// The money of an order has moved.
pub async fn moved(app: App, received: Received<PaymentMoved>) -> anyhow::Result<()> {
    let event = &received.event;
    // Asked before the transaction, for no other service is called within one. An order that is
    // cancelled meanwhile gives this stock back as it gives back any other.
    let stock = match event.moved {
        MoneyMove::Authorised { .. } => allocate(&app, event.order).await?,
        _ => None,
    };
    let doer = Doer::service("payments", app.clock.now());
    let Some(mut tx) = received.once(&app.db).await? else { return Ok(()) };
    let Some(mut order) = Order::lock(&mut tx, event.order).await? else {
        tracing::warn!(order = %event.order, "a payment of an order that nobody knows");
        return Ok(tx.commit().await?);
    };
    if order.row.state == State::Placing {
        bail!("the order is not placed yet");
    }
    match &event.moved {
        MoneyMove::Authorised { amount } => {
            authorised(&app, &mut tx, (&mut order, event), (*amount, stock), &doer).await?;
        }
        MoneyMove::Captured { .. } => captured(&mut tx, &mut order, event, &doer).await?,
        MoneyMove::CaptureFailed { reason } => {
            let step = Step::cancel(By::House, "capture-failed");
            tracing::warn!(order = %order.row.id, reason, "the money could not be captured");
            if !moves::make(&mut tx, &mut order, step, &doer).await? {
                moves::note_ignored(&mut tx, &mut order, event, &doer).await?;
            }
        }
        MoneyMove::Declined { reason, code } => {
            let note = ("payment_declined", json!({ "reason": reason, "code": code }));
            moves::note_down(&mut tx, &mut order, note, &doer).await?;
        }
        MoneyMove::Voided => {
            moves::note_down(&mut tx, &mut order, ("payment_voided", json!({})), &doer).await?;
        }
        MoneyMove::Refunded { amount, reason } => {
            let note = ("refunded", json!({ "amount": amount, "reason": reason }));
            moves::note_down(&mut tx, &mut order, note, &doer).await?;
        }
        // Between the house and the bank: the customer's order stands as it is.
        MoneyMove::RefundReturned { .. }
        | MoneyMove::Disputed { .. }
        | MoneyMove::DisputeEnded { .. } => {
            let note = ("money", serde_json::to_value(&event.moved)?);
            moves::note_aside(&mut tx, &mut order, note, &doer).await?;
        }
    }
    tx.commit().await?;
    app.live.ring(event.order);
    Ok(())
}

/// What came of asking for the stock; none where nobody had to be asked.
type Allocated = Option<Result<(), HoldRefusal>>;

/// Makes the hold final, taking the stock again should the hold have lapsed; says why not.
async fn allocate(app: &App, order: OrderId) -> anyhow::Result<Allocated> {
    if db::state(&app.db, order).await? != Some(State::Placed) {
        return Ok(None);
    }
    match app.catalogue.allocate(order).await {
        Ok(_) => Ok(Some(Ok(()))),
        Err(CallError::Refused(refusal)) => Ok(Some(Err(refusal))),
        Err(error) => Err(error.into()),
    }
}

async fn authorised(
    app: &App,
    tx: &mut Tx<'_>,
    (order, event): (&mut Order, &PaymentMoved),
    (amount, stock): (Money, Allocated),
    doer: &Doer,
) -> anyhow::Result<()> {
    if order.row.state != State::Placed {
        // Cancelled meanwhile: payments gives the money back by itself, for it follows that.
        return moves::note_ignored(tx, order, event, doer).await;
    }
    let Some(stock) = stock else { bail!("placed only now: the stock is not allocated yet") };
    let step = if amount != order.total()? {
        Step::cancel(By::House, "payment-differs")
    } else if let Err(refusal) = stock {
        let out = matches!(refusal, HoldRefusal::OutOfStock { .. });
        Step::cancel(By::House, if out { "out-of-stock" } else { "stock-given-back" })
    } else {
        let minutes = SignedDuration::from_mins(app.config.store_accept_minutes);
        let accept_by = order.contents()?.accept_by(doer.at + minutes);
        let moving = Moving { accept_by: Some(accept_by), ..Moving::default() };
        Step { command: Command::Pay, moved: Move::Paid, moving }
    };
    moves::make(tx, order, step, doer).await?;
    Ok(())
}

/// Once packed and paid for, it may leave: both are told, the later one by whoever comes last.
async fn captured(
    tx: &mut Tx<'_>,
    order: &mut Order,
    event: &PaymentMoved,
    doer: &Doer,
) -> anyhow::Result<()> {
    let total = order.total()?;
    match order.row.state {
        State::Placed => bail!("captured before it was authorised"),
        State::Paid | State::Accepted | State::Packed
            if order.row.captured_at.is_none()
                && event.captured.currency == total.currency
                && event.captured.amount >= total.amount =>
        {
            order.row.captured_at = Some(doer.at);
            db::set_captured(tx, order.row.id, doer.at).await?;
            if order.row.state == State::Packed {
                moves::tell_captured(tx, order, doer).await?;
            }
            Ok(())
        }
        _ => moves::note_ignored(tx, order, event, doer).await,
    }
}
