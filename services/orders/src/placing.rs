//! Placing an order: its steps in other services, each safe to repeat by the order's id, so that
//! whatever interrupts it, the same function goes on or undoes it.
//!
//! Whoever places an order has a lease on it. After that a retry of the customer or the recovery
//! job takes over; the attempt's number keeps the one before from changing the order any more.

mod abandon;
mod steps;

use anyhow::Context as _;
use cart_api::ExpectedSlot;
use kernel::{CartId, CustomerId, Money, OrderId, SavedMethodId};
use orders_api::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use wire::{Fault, Problem, Refusal, StatusCode};

pub use self::steps::Placed;
use self::{
    abandon::{Doom, abandon},
    steps::{Stop, steps},
};
use crate::{
    App,
    db::{self, Begun, OrderRow},
    order,
};

/// What a customer asked for.
pub struct Request {
    pub customer: CustomerId,
    pub key: String,
    pub cart: CartId,
    pub expected_total: Money,
    /// None where it was not shown.
    pub expected_slot: Option<ExpectedSlot>,
    /// The way to pay that the customer chose.
    pub pay_with: Option<String>,
    /// What they pay with is to be kept; it has been kept.
    pub save_method: bool,
    pub saved_method: Option<SavedMethodId>,
}

/// A status and a body: what the key answers from now on.
pub type Saved = (i32, Value);

/// Why a cart does not become an order, where it is not for another service to say.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum PlaceRefusal {
    /// The key was sent with another request before.
    IdempotencyKeyReused,
    /// The request with this key is still under way.
    IdempotencyKeyRunning,
    /// The cart is an order already, or is becoming one.
    CartTaken { order: OrderId },
    /// Discounts leave nothing to pay, and what is not paid for is not sold.
    NothingToPay,
    /// The law forbids it.
    Unlawful { reasons: Vec<compliance_api::Reason>, verdict: kernel::VerdictId },
}

impl Refusal for PlaceRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::CONFLICT,
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::IdempotencyKeyReused => {
                "This Idempotency-Key was used for another request. Make a new one.".into()
            }
            Self::IdempotencyKeyRunning => {
                "The request with this Idempotency-Key is still under way. Try again shortly."
                    .into()
            }
            Self::CartTaken { .. } => "This cart has become an order already.".into(),
            Self::NothingToPay => {
                "Nothing is left to pay, and what is not paid for cannot be sold. Take a coupon \
                 off."
                    .into()
            }
            Self::Unlawful { reasons, .. } => {
                reasons.iter().map(|reason| reason.detail.as_str()).collect::<Vec<_>>().join(" ")
            }
        }
    }

    fn field(&self) -> Option<String> {
        matches!(self, Self::IdempotencyKeyReused).then(|| "Idempotency-Key".into())
    }
}

pub type Fate<T> = Result<T, Fault<PlaceRefusal>>;

/// How often somebody who is in the way is asked to make way, or another number is drawn.
const TRIES: u32 = 5;

/// Makes an order of a cart, or says what came of it when the same was asked before.
pub async fn place(app: &App, request: &Request) -> Fate<Saved> {
    // A token may outlive its person by a few seconds.
    if store::erased::is_erased(&app.db, request.customer.uuid()).await? {
        return Err(Problem::unauthenticated("The account is gone.").into());
    }
    let mut asked = format!("{} {:?}", request.cart, request.expected_total);
    if let Some(ExpectedSlot { from }) = request.expected_slot {
        asked = format!("{asked} wanted {from:?}");
    }
    if let Some(way) = &request.pay_with {
        asked = format!("{asked} {way}");
    }
    if request.save_method || request.saved_method.is_some() {
        asked = format!("{asked} saved {} {:?}", request.save_method, request.saved_method);
    }
    let request_hash = Sha256::digest(asked);
    for _ in 0..TRIES {
        let now = app.clock.now();
        let new = db::NewOrder {
            id: OrderId::new(),
            number: &order::number(kernel::random_bytes()),
            customer: request.customer,
            key: &request.key,
            request_hash: &request_hash,
            cart: request.cart,
            expected_total: request.expected_total,
            expected_slot: request.expected_slot,
            pay_with: request.pay_with.as_deref(),
            save_method: request.save_method,
            saved_method: request.saved_method,
            at: now,
            leased_until: now + app.config.lease(),
        };
        match db::begin(&app.db, &new).await? {
            Begun::New(row) => return run(app, &row, Patience::Short).await,
            Begun::NumberTaken => {}
            Begun::KnownKey => {
                if let Some(saved) = known(app, request, &request_hash).await? {
                    return Ok(saved);
                }
            }
            Begun::CartTaken => make_way(app, request).await?,
        }
    }
    Err(Problem::unavailable("orders").into())
}

/// What a used key answers; none when it was given free meanwhile.
async fn known(app: &App, request: &Request, request_hash: &[u8]) -> Fate<Option<Saved>> {
    let found = db::placement(&app.db, request.customer, &request.key).await?;
    let Some(placement) = found else { return Ok(None) };
    if placement.request_hash != request_hash {
        return Err(PlaceRefusal::IdempotencyKeyReused.into());
    }
    if let (Some(status), Some(body)) = (placement.status, placement.body) {
        return Ok(Some((status, body)));
    }
    match take_over(app, placement.order_id).await? {
        Some(row) => run(app, &row, Patience::Short).await.map(Some),
        None => Err(running()),
    }
}

fn running() -> Fault<PlaceRefusal> {
    Problem::from(PlaceRefusal::IdempotencyKeyRunning).with_retry_after(1).into()
}

/// The cart has a live order. One that was given up half-way, or that nobody works on any more,
/// makes way for the customer's new wish; every other stands.
async fn make_way(app: &App, request: &Request) -> Fate<()> {
    let live = db::live_order_of_cart(&app.db, request.cart, request.customer).await?;
    let Some(row) = live else { return Ok(()) };
    let order = row.id;
    if row.state == State::Placing
        && let Some(row) = take_over(app, order).await?
    {
        let _ = abandon(app, &row, Doom::not_now("superseded")).await;
        let gone = db::existing(&app.db, order).await?;
        if gone.is_none_or(|gone| gone.row.state == State::Cancelled) {
            return Ok(());
        }
        return Err(Problem::unavailable("orders").into());
    }
    Err(PlaceRefusal::CartTaken { order }.into())
}

async fn take_over(app: &App, order: OrderId) -> sqlx::Result<Option<OrderRow>> {
    let now = app.clock.now();
    db::take_over(&app.db, order, now, now + app.config.lease()).await
}

/// How long a part of the house may stay silent before an order is given up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Patience {
    /// A customer waits for the answer.
    Short,
    /// Nobody waits.
    Long,
}

/// Goes through the steps, or undoes them.
async fn run(app: &App, row: &OrderRow, patience: Patience) -> Fate<Saved> {
    if row.doom.is_some() {
        return abandon(app, row, Doom::not_now("interrupted")).await;
    }
    let limit = std::time::Duration::from_secs(app.config.placing_lease_seconds.into()) * 3 / 4;
    let stop = match tokio::time::timeout(limit, Box::pin(steps(app, row))).await {
        Ok(Ok(saved)) => return Ok(saved),
        Ok(Err(stop)) => stop,
        Err(_) => Stop::NotNow(Problem::unavailable("orders")),
    };
    let (doom, fault) = match stop {
        Stop::Superseded => return answer_of(app, row.id).await,
        // An attempt before this one may have got as far as the payment.
        Stop::Refused(problem) => (Doom::refused(&problem, row.contents.is_some())?, None),
        Stop::NotNow(problem) => (Doom::not_now("not-available"), Some(problem.into())),
        Stop::Broken(error) => (Doom::not_now("broken"), Some(Fault::Broken(error))),
    };
    match fault {
        None => abandon(app, row, doom).await,
        Some(fault) if patience == Patience::Long => Err(fault),
        Some(fault) => {
            // Whatever comes of undoing, the customer learns what was in the way.
            if let Ok(saved) = abandon(app, row, doom).await {
                return Ok(saved);
            }
            Err(fault)
        }
    }
}

/// The answer to an order that somebody else works on or has finished.
async fn answer_of(app: &App, order: OrderId) -> Fate<Saved> {
    let existing = db::existing(&app.db, order).await?.context("an order is gone")?;
    match existing.answer {
        Some(saved) => Ok(saved),
        None if existing.row.state == State::Placing => Err(running()),
        None => Err(Problem::unavailable("orders").into()),
    }
}

/// The job that takes up orders whose placing was interrupted: goes on with young ones and gives
/// up old ones.
pub async fn recover(app: App) -> anyhow::Result<()> {
    for order in db::lapsed_placing(&app.db, app.clock.now()).await? {
        let Some(row) = take_over(&app, order).await? else { continue };
        let old = row.created_at
            + jiff::SignedDuration::from_secs(app.config.placing_give_up_seconds)
            <= app.clock.now();
        let came = if old && row.doom.is_none() {
            abandon(&app, &row, Doom::not_now("interrupted")).await
        } else {
            run(&app, &row, Patience::Long).await
        };
        if let Err(Fault::Broken(error)) = came {
            tracing::warn!(%order, error = format!("{error:#}"), "placing will be tried again");
        }
    }
    Ok(())
}
