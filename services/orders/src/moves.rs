//! Moving an order: under its row lock, by the table of moves, with its history and its event in
//! one transaction.

use anyhow::Context as _;
use jiff::Timestamp;
use kernel::{Money, OrderId, PersonId};
use orders_api::{Move, OrderFacts, OrderLine, OrderMoved, Picked};
use payments_api::Sale;
use serde_json::{Value, json};
use store::Tx;

use crate::{
    db::{self, Entry, Moving, OrderRow},
    lifecycle::{self, By, Command},
    sale,
};

/// An order with its lines, as its row lock shows it.
#[derive(Debug, Clone)]
pub struct Order {
    pub row: OrderRow,
    pub lines: Vec<OrderLine>,
}

/// Who moves it, and when.
#[derive(Debug, Clone, Copy)]
pub struct Doer {
    /// customer, store, operator, payments, delivery or tipple.
    pub who: &'static str,
    pub person: Option<PersonId>,
    pub at: Timestamp,
}

impl Doer {
    pub const fn service(who: &'static str, at: Timestamp) -> Self {
        Self { who, person: None, at }
    }

    pub const fn person(by: By, person: PersonId, at: Timestamp) -> Self {
        let who = match by {
            By::Customer => "customer",
            By::Store => "store",
            By::Operator => "operator",
            By::House => "tipple",
        };
        Self { who, person: Some(person), at }
    }

    const fn entry<'a>(&self, what: &'a str, note: Value, shown: bool) -> Entry<'a> {
        Entry { at: self.at, what, who: self.who, person: self.person, note, shown }
    }
}

impl Order {
    /// Locks it until the transaction ends.
    pub async fn lock(tx: &mut Tx<'_>, id: OrderId) -> sqlx::Result<Option<Self>> {
        Ok(db::lock(tx, id).await?.map(|(row, lines)| Self { row, lines }))
    }

    /// What is paid for it.
    pub fn total(&self) -> anyhow::Result<Money> {
        Ok(self.contents()?.quote.total)
    }

    /// Its fees and tip.
    pub fn charges(&self) -> anyhow::Result<Money> {
        Ok(Money::new(self.row.charges, self.total()?.currency))
    }

    /// What was agreed to.
    pub fn contents(&self) -> anyhow::Result<&crate::order::Contents> {
        self.row.contents.as_ref().context("an order without contents")
    }

    /// What its followers need of it.
    pub fn facts(&self) -> anyhow::Result<OrderFacts> {
        let (row, contents) = (&self.row, self.contents()?);
        Ok(OrderFacts {
            order: row.id,
            cart: Some(row.cart),
            number: row.number.clone(),
            customer: row.customer,
            store: contents.store.store,
            store_name: contents.store.name.clone(),
            store_address: contents.store.address.clone(),
            store_place: contents.store.place,
            time_zone: contents.store.time_zone.clone(),
            preparation_minutes: row.preparation_minutes,
            destination: contents.destination.clone(),
            lines: self.lines.clone(),
            charges: self.charges()?,
            tip: Some(contents.quote.tip),
            total: contents.quote.total,
            placed_at: row.placed_at.unwrap_or(row.created_at),
            picked: self.picked()?,
            slot: contents.slot.map(|agreed| agreed.slot),
        })
    }

    /// What of it is other than was agreed to.
    fn picked(&self) -> anyhow::Result<Option<Picked>> {
        let Some(kept) = &self.row.picked else { return Ok(None) };
        let sale = sale::of(self.contents()?, &self.lines, &self.row.number)?;
        // Followers keep what they are told; whose it is stands in the destination.
        let sale = Sale { recipient: String::new(), address: String::new(), ..sale };
        Ok(Some(Picked { agreed: kept.agreed.total, changes: kept.changes.clone(), sale }))
    }

    /// The event that tells of the move which brought it here.
    pub fn event(&self, moved: Move) -> anyhow::Result<OrderMoved> {
        let (state, version) = (self.row.state, self.row.version);
        Ok(OrderMoved { order: self.facts()?, state, moved, version })
    }
}

/// A move to be made.
pub struct Step {
    pub command: Command,
    pub moved: Move,
    pub moving: Moving,
}

impl Step {
    /// Ends an order that no driver may take yet.
    pub fn cancel(by: By, reason: &str) -> Self {
        Self::end(Command::Cancel(by), reason)
    }

    /// Ends an order of which delivery says that it stays in the store.
    pub fn stop(reason: &str) -> Self {
        Self::end(Command::Stop, reason)
    }

    fn end(command: Command, reason: &str) -> Self {
        let moving = Moving { reason: Some(reason.into()), ..Moving::default() };
        Self { command, moved: Move::Cancelled { reason: reason.into() }, moving }
    }

    /// A move that changes nothing but the state.
    pub fn plain(command: Command, moved: Move) -> Self {
        Self { command, moved, moving: Moving::default() }
    }
}

/// Makes the move if the table has it; `false`, and nothing changed, when it has not.
pub async fn make(
    tx: &mut Tx<'_>,
    order: &mut Order,
    step: Step,
    doer: &Doer,
) -> anyhow::Result<bool> {
    let from = order.row.state;
    let captured = order.row.captured_at.is_some();
    let Ok(to) = lifecycle::next(from, captured, step.command) else { return Ok(false) };
    order.row.state = to;
    order.row.version += 1;
    order.row.entries += 1;
    apply(order, &step.moving);
    if step.moved == Move::Accepted {
        let due_at = order.contents()?.due_at(doer.at, order.row.preparation_minutes);
        order.row.due_at = Some(due_at);
    }
    let mut note = note(&step.moved, lifecycle::consequence(step.command));
    if let (Move::Packed, Some(kept)) = (&step.moved, &order.row.picked) {
        note["agreed"] = json!(kept.agreed.total);
        note["total"] = json!(order.total()?);
        note["changes"] = json!(kept.changes);
    }
    let happened = doer.entry(what(&step.moved), note, true);
    db::move_order(tx, &order.row, from, &step.moving, &happened).await?;
    feed::append(tx, &order.event(step.moved)?, doer.at).await?;
    Ok(true)
}

fn apply(order: &mut Order, moving: &Moving) {
    let row = &mut order.row;
    row.accept_by = moving.accept_by.or(row.accept_by);
    row.preparation_minutes = moving.preparation_minutes.unwrap_or(row.preparation_minutes);
    row.refund = moving.refund.unwrap_or(row.refund);
    row.reason = moving.reason.clone().or(row.reason.take());
    if let Some(delivered) = &moving.delivered {
        let units = delivered.iter().copied();
        order.lines.iter_mut().zip(units).for_each(|(line, units)| line.delivered = units);
    }
}

/// Tells that the money is ours: once it is packed, a driver may take it out.
pub async fn tell_captured(tx: &mut Tx<'_>, order: &mut Order, doer: &Doer) -> anyhow::Result<()> {
    order.row.version += 1;
    order.row.entries += 1;
    let happened = doer.entry("captured", json!({}), true);
    db::insert_note(tx, &order.row, &happened).await?;
    feed::append(tx, &order.event(Move::Captured)?, doer.at).await
}

/// Keeps in the history what has not moved the order.
pub async fn note_down(
    tx: &mut Tx<'_>,
    order: &mut Order,
    (what, note): (&str, Value),
    doer: &Doer,
) -> sqlx::Result<()> {
    order.row.entries += 1;
    db::insert_note(tx, &order.row, &doer.entry(what, note, true)).await
}

/// Keeps for operators what somebody said about it.
pub async fn note_aside(
    tx: &mut Tx<'_>,
    order: &mut Order,
    (what, note): (&str, Value),
    doer: &Doer,
) -> sqlx::Result<()> {
    order.row.entries += 1;
    db::insert_note(tx, &order.row, &doer.entry(what, note, false)).await
}

/// Keeps for operators that something came which does not fit where the order stands.
pub async fn note_ignored(
    tx: &mut Tx<'_>,
    order: &mut Order,
    event: &impl serde::Serialize,
    doer: &Doer,
) -> anyhow::Result<()> {
    order.row.entries += 1;
    let event = serde_json::to_value(event)?;
    tracing::info!(order = %order.row.id, state = order.row.state.name(), "ignored an event");
    Ok(db::insert_note(tx, &order.row, &doer.entry("ignored", event, false)).await?)
}

/// The name of a move in the history.
pub const fn what(moved: &Move) -> &'static str {
    match moved {
        Move::Placed => "placed",
        Move::Paid => "paid",
        Move::Accepted => "accepted",
        Move::Packed => "packed",
        Move::Captured => "captured",
        Move::OutForDelivery => "out_for_delivery",
        Move::Delivered => "delivered",
        Move::Returning { .. } => "returning",
        Move::Closed { .. } => "closed",
        Move::Lost { .. } => "lost",
        Move::Cancelled { .. } => "cancelled",
    }
}

/// What the history keeps of a move: why, how much goes back, and what it means.
pub fn note(moved: &Move, (stock, purse): (lifecycle::Stock, lifecycle::Purse)) -> Value {
    let mut note = json!({ "stock": stock, "money": purse });
    match moved {
        Move::Returning { reason, refund } | Move::Lost { reason, refund } => {
            note["reason"] = json!(reason);
            note["refund"] = json!(refund);
        }
        Move::Closed { refund } => note["refund"] = json!(refund),
        Move::Cancelled { reason } => note["reason"] = json!(reason),
        _ => {}
    }
    note
}
