use axum::extract::State as Shared;
use kernel::{Actor, Money, OrderId, PaymentId};
use serde::Serialize;
use wire::{Fault, Json, Never, Path, Problem, Signed};

use crate::{
    App,
    access::ACCESS,
    db,
    decline::{Next, Why},
    payment::{Payment, State, Wanted},
    refunds::{Desk, is_own},
    start,
};

/// A payment.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PaymentView {
    payment: PaymentId,
    order: OrderId,
    provider: String,
    /// Which of the platform's accounts there.
    account: String,
    state: State,
    amount: Money,
    authorised: Money,
    captured: Money,
    refunded: Money,
    /// Another payment of this order has taken its place.
    superseded: bool,
    /// Held back by disputes that are open or lost.
    disputed: Money,
    /// The provider's page, or else ours, while it can be paid there; for the customer only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pay_url: Option<String>,
    /// Why the last attempt did not succeed, while another may follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    declined: Option<Declined>,
    /// What the asker may do now: `pay`, `refund`.
    can: Vec<&'static str>,
}

/// Why an attempt to pay did not succeed.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Declined {
    /// `insufficient_funds`, `expired`, `wrong_code`, `not_authenticated`, `limit`, `not_accepted`,
    /// `too_often`, `try_again`, `abandoned` or `other`.
    code: &'static str,
    /// One sentence for the customer.
    detail: &'static str,
    next: Next,
}

impl Declined {
    const fn of(why: Why) -> Self {
        Self { code: why.told().as_str(), detail: why.detail(), next: why.next() }
    }
}

impl PaymentView {
    pub fn of(app: &App, payment: &Payment, actor: &Actor) -> Self {
        let theirs = actor.is_customer() && payment.customer == actor.customer();
        let payable = theirs && payment.state == State::Open && app.clock.now() < payment.pay_by;
        let reach = wire::access::reach(ACCESS, "refund_payment", actor);
        let refundable = Desk::of(actor, &reach, payment.store).is_some()
            && !is_own(actor, payment.customer)
            && payment.captured > payment.refunded;
        // Nobody wants it any more: what may still come of it goes back.
        let ending = payment.wanted == Wanted::Cancel && payment.state == State::Open;
        let payable = payable && !ending;
        let can = [("pay", payable), ("refund", refundable)];
        Self {
            payment: payment.id,
            order: payment.order,
            provider: payment.provider.clone(),
            account: payment.account.clone(),
            state: if ending { State::Cancelled } else { payment.state },
            amount: payment.money(payment.amount),
            authorised: payment.money(payment.authorised),
            captured: payment.money(payment.captured),
            refunded: payment.money(payment.refunded),
            superseded: payment.superseded,
            disputed: payment.money(payment.disputed),
            declined: payment
                .declined_why
                .filter(|_| payment.state == State::Open && !ending)
                .map(Declined::of),
            pay_url: start::pay_url(app, payment).filter(|_| payable),
            can: can.into_iter().filter_map(|(what, may)| may.then_some(what)).collect(),
        }
    }
}

/// A payment within the asker's reach, as the table of access gives it for the operation.
pub fn within(actor: &Signed, payment: Option<Payment>) -> Result<Payment, Problem> {
    let reach = &actor.reach;
    let theirs = |payment: &Payment| reach.own && payment.customer == actor.customer();
    payment
        .filter(|it| reach.all || theirs(it) || it.store.is_some_and(|store| reach.store(store)))
        .ok_or_else(|| Problem::not_found("payment"))
}

/// A payment.
#[utoipa::path(
    get, path = "/v1/payments/payments/{payment}", tag = "payments", operation_id = "payment",
    params(("payment" = PaymentId, Path)),
    responses(
        (status = OK, body = PaymentView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn show(
    actor: Signed,
    Shared(app): Shared<App>,
    Path(payment): Path<PaymentId>,
) -> Result<Json<PaymentView>, Fault<Never>> {
    let payment = within(&actor, db::payment::find(&app.db, payment).await?)?;
    Ok(Json(PaymentView::of(&app, &payment, &actor)))
}
