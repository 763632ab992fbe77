use jiff::Timestamp;
use kernel::{Actor, Currency, CustomerId, LineId, Money, OrderId, PaymentId, PersonId, StoreId};
use payments_api::ComplaintId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    access::ACCESS,
    db::complaint::{ComplaintRow, NamedUnits},
    refunds::{Desk, is_own},
};

/// What is wrong with what was brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ComplaintReason {
    /// There was less than was paid for.
    Missing,
    /// Something else came.
    WrongItem,
    /// It was broken or spoilt.
    Damaged,
    Other,
}

impl ComplaintReason {
    /// Also the code of the refund that is made of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::WrongItem => "wrong_item",
            Self::Damaged => "damaged",
            Self::Other => "other",
        }
    }
}

/// How a complaint stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ComplaintState {
    /// Nobody has answered it, or what was agreed to could not be given back.
    Open,
    /// Somebody agreed, and a second person has to.
    Second,
    /// The money is on its way back.
    Agreed,
    Refunded,
    Declined,
}

impl ComplaintState {
    const ALL: [Self; 5] = [Self::Open, Self::Second, Self::Agreed, Self::Refunded, Self::Declined];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Second => "second",
            Self::Agreed => "agreed",
            Self::Refunded => "refunded",
            Self::Declined => "declined",
        }
    }

    pub fn of(row: &ComplaintRow) -> Self {
        Self::ALL.into_iter().find(|state| state.as_str() == row.standing).unwrap_or(Self::Open)
    }
}

/// Units of one line of an order.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ComplaintLine {
    pub line: LineId,
    pub name: String,
    pub units: u32,
}

impl From<NamedUnits> for ComplaintLine {
    fn from(NamedUnits { line, name, units }: NamedUnits) -> Self {
        Self { line, name, units }
    }
}

/// What its customer asked money back for, as they see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MyComplaint {
    complaint: ComplaintId,
    lines: Vec<ComplaintLine>,
    /// With the fees and the tip.
    whole: bool,
    /// `missing`, `wrong_item`, `damaged` or `other`.
    reason: String,
    words: String,
    /// What was paid for it: no more goes back.
    worth: Money,
    #[schema(value_type = String, format = DateTime)]
    asked_at: Timestamp,
    /// Never `second`: until the second person has agreed it is `open`.
    state: ComplaintState,
    /// What goes back, once that is agreed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    amount: Option<Money>,
    /// What the house says to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    answer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = String, format = DateTime)]
    decided_at: Option<Timestamp>,
}

impl From<ComplaintRow> for MyComplaint {
    fn from(row: ComplaintRow) -> Self {
        let state = match ComplaintState::of(&row) {
            ComplaintState::Second => ComplaintState::Open,
            told => told,
        };
        let decided = state != ComplaintState::Open;
        let money = in_currency(&row);
        Self {
            complaint: ComplaintId::from_uuid(row.id),
            lines: row.lines.into_iter().map(ComplaintLine::from).collect(),
            whole: row.whole,
            reason: row.reason,
            words: row.words,
            worth: money(row.worth),
            asked_at: row.asked_at.to_jiff(),
            state,
            amount: row.agreed.filter(|_| decided).map(money),
            answer: row.answer.filter(|_| decided),
            decided_at: row.decided_at.filter(|_| decided).map(jiff_sqlx::Timestamp::to_jiff),
        }
    }
}

/// What a customer asked money back for, for those who answer.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ComplaintView {
    complaint: ComplaintId,
    payment: PaymentId,
    order: OrderId,
    /// Of the order, for people to say.
    number: String,
    store: Option<StoreId>,
    store_name: String,
    customer: CustomerId,
    lines: Vec<ComplaintLine>,
    /// With the fees and the tip.
    whole: bool,
    /// `missing`, `wrong_item`, `damaged` or `other`.
    reason: String,
    words: String,
    /// What was paid for it: no more goes back.
    worth: Money,
    #[schema(value_type = String, format = DateTime)]
    asked_at: Timestamp,
    state: ComplaintState,
    /// What was agreed to last, also where that came to nothing and it is `open` again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    amount: Option<Money>,
    /// What the customer is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    answer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    decided_by: Option<PersonId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = String, format = DateTime)]
    decided_at: Option<Timestamp>,
    /// The refund that was made of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    refund: Option<Uuid>,
    /// What the asker may do now: `answer`.
    can: Vec<&'static str>,
}

impl ComplaintView {
    pub fn of(row: ComplaintRow, actor: &Actor) -> Self {
        let (state, money) = (ComplaintState::of(&row), in_currency(&row));
        let customer = CustomerId::from_uuid(row.customer_id);
        let reach = wire::access::reach(ACCESS, "answer_complaint", actor);
        let answers = state == ComplaintState::Open
            && Desk::of(actor, &reach, row.store_id.map(StoreId::from_uuid)).is_some()
            && !is_own(actor, customer);
        Self {
            complaint: ComplaintId::from_uuid(row.id),
            payment: PaymentId::from_uuid(row.payment_id),
            order: OrderId::from_uuid(row.order_id),
            number: row.number.unwrap_or_default(),
            store: row.store_id.map(StoreId::from_uuid),
            store_name: row.store_name.unwrap_or_default(),
            customer,
            lines: row.lines.into_iter().map(ComplaintLine::from).collect(),
            whole: row.whole,
            reason: row.reason,
            words: row.words,
            worth: money(row.worth),
            asked_at: row.asked_at.to_jiff(),
            state,
            amount: row.agreed.map(money),
            answer: row.answer,
            decided_by: row.decided_by.map(PersonId::from_uuid),
            decided_at: row.decided_at.map(jiff_sqlx::Timestamp::to_jiff),
            refund: row.request_id,
            can: if answers { vec!["answer"] } else { Vec::new() },
        }
    }
}

fn in_currency(row: &ComplaintRow) -> impl Fn(i64) -> Money + use<> {
    let currency = row.currency.parse().unwrap_or(Currency::USD);
    move |amount| Money::new(amount, currency)
}
