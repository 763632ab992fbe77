use cart_api::{Claim, ClaimRefusal, Claimed, ClaimedLine};
use catalogue_api::{Hold, HoldLine};
use compliance_api::Verdict;
use jiff::{SignedDuration, Timestamp};
use kernel::{Actor, Role, StoreId};
use orders_api::{Move, State};
use payments_api::{Start, Started};
use serde::Serialize;
use wire::{CallError, Problem, Refusal};

use super::{PlaceRefusal, Saved};
use crate::{
    App,
    db::{self, Entry, Filling, OrderRow},
    lifecycle::{self, Command},
    moves::{self, Order},
    order::{self, Agreed},
    sale,
    view::{self, Happening, OrderView},
};

/// Why an order is not placed.
pub enum Stop {
    /// For a reason that stays; this attempt started no payment.
    Refused(Problem),
    /// Somebody does not answer; later it may go well.
    NotNow(Problem),
    /// Somebody else has taken over.
    Superseded,
    Broken(anyhow::Error),
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        Self::Broken(error.into())
    }
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}

impl<R: Refusal> From<CallError<R>> for Stop {
    fn from(error: CallError<R>) -> Self {
        match error {
            CallError::Unavailable(service) => Self::NotNow(Problem::unavailable(service)),
            CallError::Refused(refusal) if refusal.status().is_server_error() => {
                Self::NotNow(Problem::from(refusal).with_retry_after(2))
            }
            CallError::Refused(refusal) => Self::Refused(refusal.into()),
        }
    }
}

/// A placed order and how to pay for it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Placed {
    order: OrderView,
    payment: Started,
}

/// All that makes an order of a cart. Every step may have been made before.
pub async fn steps(app: &App, row: &OrderRow) -> Result<Saved, Stop> {
    let claimed = claim(app, row).await?;
    if claimed.quote.total.amount == 0 {
        return Err(Stop::Refused(PlaceRefusal::NothingToPay.into()));
    }
    let verdict = lawful(app, row, &claimed).await?;
    let minutes = SignedDuration::from_mins(app.config.payment_minutes);
    let lines = claimed.lines.clone();
    let agreed = order::agreed(claimed)?;
    let usual = app.clock.now() + minutes;
    let pay_by = row.pay_by.unwrap_or_else(|| agreed.contents.pay_by(usual));
    hold(app, row, (agreed.contents.store.store, &lines), pay_by).await?;
    let due_at = agreed.contents.due_at(row.created_at, agreed.contents.store.preparation_minutes);
    let filling = Filling { row, agreed: &agreed, verdict: &verdict, pay_by, due_at };
    if !db::fill(&app.db, &filling).await? {
        return Err(Stop::Superseded);
    }
    let start = Start {
        order: row.id,
        customer: row.customer,
        amount: agreed.contents.quote.total,
        store: agreed.contents.store.store,
        vendor: agreed.contents.store.vendor,
        classes: order::classes(&agreed.lines),
        with: row.pay_with.clone(),
        save_method: row.save_method,
        saved_method: row.saved_method,
        description: format!("Order {}", row.number),
        pay_by,
        sale: Some(sale::of(&agreed.contents, &agreed.lines, &row.number)?),
    };
    let payment = app.payments.start(&start).await?;
    let (pay_by, due_at) = (Some(pay_by), Some(due_at));
    let row = OrderRow { pay_by, due_at, payment: Some(payment), ..row.clone() };
    finish(app, row, agreed).await
}

async fn claim(app: &App, row: &OrderRow) -> Result<Claimed, Stop> {
    let claim = Claim {
        order: row.id,
        customer: row.customer,
        expected_total: row.expected_total,
        expected_slot: row.expected_slot,
    };
    let claimed = app.carts.claim(row.cart, &claim).await;
    if let Err(CallError::Refused(ClaimRefusal::CartTaken { order })) = claimed {
        // An order that has been cancelled may still have its claim: the claim came after its
        // end, or its payment lapsed. The cart is the customer's again.
        let other = db::existing(&app.db, order).await?;
        let ended = |row: &OrderRow| row.state == State::Cancelled && order != claim.order;
        if other.is_some_and(|other| ended(&other.row)) {
            app.carts.unclaim(row.cart, order, row.customer).await?;
            return Ok(app.carts.claim(row.cart, &claim).await?);
        }
    }
    Ok(claimed?)
}

async fn lawful(app: &App, row: &OrderRow, claimed: &Claimed) -> Result<Verdict, Stop> {
    let leaving = order::leaving_if_placed(claimed, app.clock.now());
    let facts = order::facts_at_placement(row.id, row.customer, claimed, leaving);
    let verdict = app.compliance.judge_leaving(facts, leaving).await?;
    if verdict.allowed {
        return Ok(verdict);
    }
    let (reasons, verdict) = (verdict.reasons, verdict.verdict);
    Err(Stop::Refused(PlaceRefusal::Unlawful { reasons, verdict }.into()))
}

/// Holds the stock until after the provider's own end of the payment, so that whoever pays in time
/// gets what was promised.
async fn hold(
    app: &App,
    row: &OrderRow,
    (store, lines): (StoreId, &[ClaimedLine]),
    pay_by: Timestamp,
) -> Result<(), Stop> {
    let beyond = SignedDuration::from_mins(app.config.hold_beyond_payment_minutes);
    let line = |line: &ClaimedLine| HoldLine { product: line.product, quantity: line.quantity };
    let hold = Hold {
        order: row.id,
        store,
        lines: lines.iter().map(line).collect(),
        until: pay_by + beyond,
    };
    app.catalogue.hold(&hold).await?;
    Ok(())
}

/// The order is placed, told of and answered, all at once.
async fn finish(app: &App, mut row: OrderRow, agreed: Agreed) -> Result<Saved, Stop> {
    let now = app.clock.now();
    let Ok(state) = lifecycle::next(row.state, false, Command::Place) else {
        return Err(Stop::Superseded);
    };
    let note = moves::note(&Move::Placed, lifecycle::consequence(Command::Place));
    let contents = agreed.contents.clone();
    (row.state, row.version, row.entries) = (state, row.version + 1, row.entries + 1);
    row.preparation_minutes = contents.store.preparation_minutes;
    row.total = contents.quote.total.amount;
    row.charges = agreed.charges.amount;
    row.store = Some(contents.store.store);
    row.contents = Some(contents);
    row.placed_at = Some(now);
    let person = row.customer.cast();
    let what = moves::what(&Move::Placed);
    let happened =
        Entry { at: now, what, who: "customer", person: Some(person), note, shown: true };
    let answer = (201, answer(&row, &agreed, &happened)?);
    let order = Order { row, lines: agreed.lines };
    let mut tx = app.db.begin().await?;
    if !db::finish(&mut tx, &order.row, &answer, &happened).await? {
        return Err(Stop::Superseded);
    }
    feed::append(&mut tx, &order.event(Move::Placed)?, now).await?;
    tx.commit().await?;
    Ok(answer)
}

fn answer(row: &OrderRow, agreed: &Agreed, happened: &Entry) -> anyhow::Result<serde_json::Value> {
    let placed = Happening {
        seq: row.entries,
        at: happened.at,
        what: happened.what.into(),
        state: row.state,
        who: happened.who.into(),
        note: happened.note.clone(),
    };
    let (contents, lines) = (agreed.contents.clone(), agreed.lines.clone());
    let customer = Actor { person: row.customer.cast(), roles: vec![Role::Customer] };
    let order = view::whole(row.clone(), contents, lines, (&customer, vec![placed]));
    let payment = row.payment.clone();
    let payment = payment.ok_or_else(|| anyhow::anyhow!("placed without a payment"))?;
    Ok(serde_json::to_value(Placed { order, payment })?)
}
