use axum::extract::State as Shared;
use garde::Validate;
use kernel::{OrderId, PaymentId, SavedMethodId};
use payments_api::{OfferedWay, StartRefusal, Started};
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Never, Path, Problem, Signed};

use super::show::{PaymentView, within};
use crate::{
    App,
    account::Account,
    db,
    db::payment::NewPayment,
    keeping::{self, Choice},
    payment::{Payment, State, Wanted},
    start,
    ways::Basket,
};

/// The payment of an order, as it is being made now.
#[utoipa::path(
    get, path = "/v1/payments/orders/{order}/payment", tag = "payments",
    operation_id = "payment_of_order",
    params(("order" = OrderId, Path)),
    responses(
        (status = OK, body = PaymentView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn payment_of_order(
    actor: Signed,
    Shared(app): Shared<App>,
    Path(order): Path<OrderId>,
) -> Result<Json<PaymentView>, Fault<Never>> {
    let payment = within(&actor, db::payment::of_order(&app.db, order).await?)?;
    Ok(Json(PaymentView::of(&app, &payment, &actor)))
}

/// So many payments one order may have: each is something at a provider.
pub const MOST: u32 = 20;

/// Ways to pay.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OfferedWays {
    ways: Vec<OfferedWay>,
}

/// The ways to pay that are offered for this payment's order, best first.
#[utoipa::path(
    get, path = "/v1/payments/payments/{payment}/ways", tag = "payments",
    operation_id = "offered_ways",
    params(("payment" = PaymentId, Path)),
    responses(
        (status = OK, body = OfferedWays),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn offered_ways(
    actor: Signed,
    Shared(app): Shared<App>,
    Path(payment): Path<PaymentId>,
) -> Result<Json<OfferedWays>, Fault<Never>> {
    let payment = within(&actor, db::payment::find(&app.db, payment).await?)?;
    let offered = start::offered(&app, &basket(&payment)).await?;
    Ok(Json(OfferedWays { ways: start::told(&offered) }))
}

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// One of those that are offered: `stripe:us`.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(max_length = 100)]
    way: String,
    /// You agree that the provider keeps what you pay with, for later.
    #[garde(skip)]
    #[serde(default)]
    save_method: bool,
    /// One of your saved ways to pay, at that account: it is paid with this.
    #[garde(skip)]
    #[serde(default)]
    #[schema(nullable = false)]
    saved_method: Option<SavedMethodId>,
}

/// Pays in another way: a new payment takes the place of this one, of which nothing will be kept.
/// The same again gives the same payment, unless nothing can be paid with that any more.
#[utoipa::path(
    post, path = "/v1/payments/payments/{payment}/way", tag = "payments",
    operation_id = "choose_way",
    request_body = Chosen,
    params(("payment" = PaymentId, Path)),
    responses(
        (status = OK, body = Started),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn choose_way(
    actor: Signed,
    Shared(app): Shared<App>,
    Path(payment): Path<PaymentId>,
    Json(input): Json<Chosen>,
) -> Result<Json<Started>, Fault<StartRefusal>> {
    let payment = within(&actor, db::payment::find(&app.db, payment).await?)?;
    let offered = start::offered(&app, &basket(&payment)).await?;
    let chosen = offered.iter().find(|(account, _)| account.key() == input.way);
    let Some((account, _)) = chosen else {
        return Err(StartRefusal::WayNotOffered { offered: start::told(&offered) }.into());
    };
    let choice = Choice { saves: input.save_method, method: input.saved_method };
    let kept_at = keeping::check(&app, payment.customer, choice).await?;
    if kept_at.is_some_and(|key| key != account.key()) {
        return Err(StartRefusal::SavedMethodUnusable.into());
    }
    let current = replaced(&app, payment.order, (account, choice.at(account))).await?;
    Ok(Json(start::start(&app, current).await?))
}

/// The order's payment at `account` with this choice: as it is, or new in the place of another that
/// waits.
pub async fn replaced(
    app: &App,
    order: OrderId,
    (account, choice): (&Account, Choice),
) -> Result<Payment, Fault<StartRefusal>> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let payment = db::payment::lock_of_order(&mut tx, order).await?;
    let payment = payment.ok_or_else(|| Problem::not_found("payment"))?;
    let waits = matches!(payment.state, State::Starting | State::Open)
        && payment.wanted == Wanted::Nothing
        && now < payment.pay_by;
    if !waits {
        return Err(StartRefusal::NotWaiting.into());
    }
    if account.has(&payment) && Choice::of(&payment) == choice && !payment.spent {
        return Ok(payment);
    }
    if db::payment::count_of_order(&mut tx, order).await? >= i64::from(MOST) {
        return Err(StartRefusal::TooManyPayments { most: MOST }.into());
    }
    db::payment::supersede(&mut tx, payment.id, now).await?;
    let new = NewPayment {
        id: PaymentId::new(),
        order,
        customer: payment.customer,
        amount: payment.amount,
        currency: payment.currency,
        description: &payment.description,
        store: payment.store,
        vendor: payment.vendor,
        classes: &payment.classes,
        provider: account.provider,
        account: &account.name,
        pay_by: payment.pay_by,
        state: State::Starting,
        choice,
        look_at: Some(now + app.config.claim()),
    };
    db::payment::insert(&mut *tx, &new, now).await?;
    // What waits at the other one is ended there, or watched until nothing can come of it.
    let superseded = db::payment::lock(&mut tx, payment.id).await?;
    if let Some(superseded) = superseded {
        crate::settle::wanted(app, &mut tx, &superseded, now).await?;
    }
    let current = db::payment::lock(&mut tx, new.id).await?;
    tx.commit().await?;
    app.wake_operations();
    Ok(current.ok_or_else(|| anyhow::anyhow!("a payment that is not there"))?)
}

fn basket(payment: &Payment) -> Basket {
    Basket { store: payment.store, currency: payment.currency, classes: payment.classes.clone() }
}
