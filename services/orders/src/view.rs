//! An order as people see it.

use cart_api::{Destination, Quote, Slot};
use jiff::Timestamp;
use kernel::{Actor, Money, OrderId, Place, StoreId};
use orders_api::{LineChange, OrderLine, State};
use payments_api::Started;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wire::{Problem, Reach, Signed};

use crate::{
    access::ACCESS,
    db::{HistoryRow, OrderRow},
    lifecycle::{self, Action, By},
    order::Contents,
};

/// An order in a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OrderSummary {
    pub order: OrderId,
    /// Short, for people to say.
    pub number: String,
    pub state: State,
    /// Counts its moves.
    pub version: i64,
    /// What you may do to it now.
    pub can: Vec<Action>,
    pub store: StoreView,
    pub recipient: String,
    pub lines: Vec<OrderLine>,
    pub total: Money,
    /// What was packed other than it was ordered; nothing until it is packed.
    pub changes: Vec<LineChange>,
    /// What had been agreed to, where less is paid now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub agreed: Option<Money>,
    /// What goes back for what came back from the door.
    pub refund: Money,
    pub preparation_minutes: u32,
    pub placed_at: Timestamp,
    /// When it is wanted at the door; as soon as possible where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub slot: Option<Slot>,
    /// When the store has to have it packed.
    pub due_at: Timestamp,
    /// When it is cancelled unless it is paid.
    pub pay_by: Timestamp,
    /// When it is cancelled unless the store accepts it; absent until it is paid.
    pub accept_by: Option<Timestamp>,
    /// The given name of the driver, once there is one.
    pub driver_name: Option<String>,
    /// When it is expected at the door, once that can be said.
    pub eta: Option<Timestamp>,
    /// Why it was cancelled or went back.
    pub reason: Option<String>,
}

/// The store that it is from.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StoreView {
    pub store: StoreId,
    pub name: String,
    pub address: String,
    pub place: Place,
    /// IANA name.
    pub time_zone: String,
}

/// An order with all that belongs to it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OrderView {
    #[serde(flatten)]
    pub summary: OrderSummary,
    pub destination: Destination,
    pub quote: Quote,
    /// How to pay, for the customer, while it waits for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub payment: Option<Started>,
    /// What happened to it, oldest first.
    pub history: Vec<Happening>,
}

/// One thing that happened to an order.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Happening {
    /// Grows; also the id of the live stream's event.
    pub seq: i32,
    pub at: Timestamp,
    /// Such as `placed`, `payment_declined`, `driver_assigned`, `delivered`.
    pub what: String,
    /// The state after it.
    pub state: State,
    /// In which role: customer, store, operator, payments, delivery, tipple.
    pub who: String,
    /// Facts about it.
    #[schema(value_type = Object)]
    pub note: Value,
}

impl From<HistoryRow> for Happening {
    fn from(row: HistoryRow) -> Self {
        Self {
            seq: row.seq,
            at: row.at,
            what: row.what,
            state: row.to_state,
            who: row.who,
            note: row.note,
        }
    }
}

/// In which roles someone with this reach has to do with the order; none for a stranger.
fn roles(actor: &Actor, reach: &Reach, row: &OrderRow) -> Vec<By> {
    let mut roles = Vec::new();
    if reach.own && actor.customer() == row.customer {
        roles.push(By::Customer);
    }
    if row.store.is_some_and(|store| reach.stores.contains(&store)) {
        roles.push(By::Store);
    }
    if reach.all {
        roles.push(By::Operator);
    }
    roles
}

/// The roles in which an order is within reach. A stranger's and a missing order look alike.
pub fn roles_in(asker: &Signed, row: &OrderRow) -> Result<Vec<By>, Problem> {
    let roles = roles(asker, &asker.reach, row);
    if roles.is_empty() { Err(Problem::not_found("order")) } else { Ok(roles) }
}

/// What this person may do to the order now.
pub fn can(actor: &Actor, row: &OrderRow) -> Vec<Action> {
    let may = |action: &Action| {
        let reach = wire::access::reach(ACCESS, action.operation(), actor);
        let roles = roles(actor, &reach, row);
        roles.into_iter().any(|by| lifecycle::may(row.state, *action, by))
    };
    Action::ALL.into_iter().filter(may).collect()
}

/// An order as it stands in a list for this person.
pub fn summary(
    row: &OrderRow,
    contents: &Contents,
    lines: Vec<OrderLine>,
    actor: &Actor,
) -> OrderSummary {
    let (store, total) = (&contents.store, contents.quote.total);
    OrderSummary {
        order: row.id,
        number: row.number.clone(),
        state: row.state,
        version: row.version,
        can: can(actor, row),
        store: StoreView {
            store: store.store,
            name: store.name.clone(),
            address: store.address.clone(),
            place: store.place,
            time_zone: store.time_zone.clone(),
        },
        recipient: contents.destination.recipient.clone(),
        lines,
        total,
        changes: row.picked.as_ref().map(|kept| kept.changes.clone()).unwrap_or_default(),
        agreed: row.picked.as_ref().map(|kept| kept.agreed.total),
        refund: Money::new(row.refund, total.currency),
        preparation_minutes: row.preparation_minutes,
        placed_at: row.placed_at.unwrap_or(row.created_at),
        slot: contents.slot.map(|agreed| agreed.slot),
        due_at: row.due_at.or(row.placed_at).unwrap_or(row.created_at),
        pay_by: row.pay_by.unwrap_or(row.created_at),
        accept_by: row.accept_by,
        driver_name: row.driver_name.clone(),
        eta: row.eta,
        reason: row.reason.clone(),
    }
}

/// The whole order for this person.
pub fn whole(
    row: OrderRow,
    contents: Contents,
    lines: Vec<OrderLine>,
    (actor, history): (&Actor, Vec<Happening>),
) -> OrderView {
    let theirs = actor.is_customer() && actor.customer() == row.customer;
    let pays = theirs && row.state == State::Placed;
    OrderView {
        summary: summary(&row, &contents, lines, actor),
        destination: contents.destination,
        quote: contents.quote,
        payment: if pays { row.payment } else { None },
        history,
    }
}
