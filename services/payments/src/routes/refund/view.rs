use jiff::Timestamp;
use kernel::{Actor, Currency, CustomerId, Money, OrderId, PaymentId, PersonId, StoreId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wire::Reach;

use crate::{
    App,
    access::ACCESS,
    db::{refund_limit::Limits, refund_request::RequestRow},
    refunds::{Desk, Limit, SoFar, is_own},
};

/// Why money goes back, for those who count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundCode {
    Damaged,
    Missing,
    WrongItem,
    Late,
    Price,
    Goodwill,
    #[default]
    Other,
}

impl RefundCode {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Damaged => "damaged",
            Self::Missing => "missing",
            Self::WrongItem => "wrong_item",
            Self::Late => "late",
            Self::Price => "price",
            Self::Goodwill => "goodwill",
            Self::Other => "other",
        }
    }
}

/// A refund that was asked for.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Refund {
    refund: Uuid,
    payment: PaymentId,
    order: OrderId,
    amount: Money,
    /// `damaged`, `missing`, `wrong_item`, `late`, `price`, `goodwill` or `other`.
    code: String,
    reason: String,
    /// `waiting` (for a second person), `declined`, `lapsed` (nobody agreed in time); otherwise
    /// how far it is at the provider: `pending`, `unknown` (sent, and not yet confirmed), `done`
    /// or `failed`.
    state: String,
    asked_by: PersonId,
    #[schema(value_type = String, format = DateTime)]
    asked_at: Timestamp,
    /// Until when a second person may agree.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = String, format = DateTime)]
    lapses_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    decided_by: Option<PersonId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = String, format = DateTime)]
    decided_at: Option<Timestamp>,
    /// Why the second person agreed or did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    decision: Option<String>,
    /// What the asker may do now: `approve`, `decline`.
    can: Vec<&'static str>,
}

impl Refund {
    pub fn of(app: &App, row: RequestRow, actor: &Actor, limits: &Limits) -> Self {
        let lapsed = row.lapses_at.is_some_and(|at| at.to_jiff() <= app.clock.now());
        let waits = row.state == "waiting" && !lapsed;
        let state = match (row.state.as_str(), row.operation_state) {
            ("waiting", _) if lapsed => "lapsed".to_owned(),
            (_, Some(operation)) => operation,
            (state, None) => state.to_owned(),
        };
        let currency = row.currency.parse().unwrap_or(Currency::USD);
        let reach = wire::access::reach(ACCESS, "decide_refund", actor);
        let desk = Desk::of(actor, &reach, row.store_id.map(StoreId::from_uuid));
        let agrees = desk.is_some_and(|desk| {
            let limit = limit_of(app, limits, desk, &row.currency);
            actor.person.uuid() != row.asked_by
                && !is_own(actor, CustomerId::from_uuid(row.customer_id))
                && limit.allows_agreeing(desk, row.amount, SoFar::default())
        });
        let can = [("approve", waits && agrees), ("decline", waits && desk.is_some())];
        Self {
            refund: row.id,
            payment: PaymentId::from_uuid(row.payment_id),
            order: OrderId::from_uuid(row.order_id),
            amount: Money::new(row.amount, currency),
            code: row.code,
            reason: row.reason,
            state,
            asked_by: PersonId::from_uuid(row.asked_by),
            asked_at: row.asked_at.to_jiff(),
            lapses_at: row.lapses_at.map(jiff_sqlx::Timestamp::to_jiff),
            decided_by: row.decided_by.map(PersonId::from_uuid),
            decided_at: row.decided_at.map(jiff_sqlx::Timestamp::to_jiff),
            decision: row.decision,
            can: can.into_iter().filter_map(|(what, may)| may.then_some(what)).collect(),
        }
    }
}

/// What that desk may give back alone now: as operators set it, else as the settings say.
pub fn limit_of(app: &App, limits: &Limits, desk: Desk, currency: &str) -> Limit {
    let default = Limit::default_of(&app.config.refunds, desk, currency);
    limits.of((desk, currency), default, app.clock.now())
}

/// Whether that person has anything to do with a payment of this store.
pub fn desk_for(actor: &Actor, reach: &Reach, store: Option<Uuid>) -> Option<Desk> {
    Desk::of(actor, reach, store.map(StoreId::from_uuid))
}
