use axum::extract::State;
use cart_api::{Cause, Claimed, Quote, Why};
use catalogue_api::{Offers, OffersRefusal};
use compliance_api::{Moment, Verdict};
use jiff::{Timestamp, tz::TimeZone};
use kernel::{CartId, Money, ProductId};
use serde::Serialize;
use serde_json::{Map, Value};
use wire::{CallError, Fault, Json, Never, Path, Problem, Signed, etag};

use crate::{
    App,
    cart::{Cart, State as CartState, Tagged},
    db::{
        self,
        cart::{CartRow, Line},
    },
    pricing::{Priced, Unpriced, price},
    slots::Shop,
    timetable,
    tip::{self, TipChoice},
};

/// A cart with what it costs now, and what stands in the way of ordering it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CartPage {
    #[serde(flatten)]
    cart: Cart,
    /// Of what the store offers; what was agreed, once an order has the cart. Absent when it
    /// cannot be worked out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    quote: Option<Quote>,
    /// Tips to choose from, by what the goods cost: empty where there is no quote, and once an order
    /// has the cart. Any other up to the tariff's largest may be put as well.
    tip_choices: Vec<TipChoice>,
    problems: Vec<CartProblem>,
    /// What costs something else than it did when its customer was last shown it; nothing once an
    /// order has the cart.
    price_changes: Vec<PriceChange>,
    /// What the customer may do with it now.
    can: Vec<CartAct>,
}

/// What one unit cost when its customer was last shown it, and what it costs now. That stays until
/// the line is put with the price of now.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PriceChange {
    product: ProductId,
    name: String,
    before: Money,
    now: Money,
}

/// Something that stands in the way of ordering.
#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub struct CartProblem {
    /// Stable: `no-destination`, `out-of-zone`, `store-closed`, `store-paused`, `slot-gone`,
    /// `not-offered`, `out-of-stock`, `coupon-refused`, `not-priced`, `below-least-order`,
    /// `unlawful`, `trip-unknown` or `law-unknown`.
    code: &'static str,
    /// A sentence for people.
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    product: Option<ProductId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    coupon: Option<String>,
    /// The rule of the law.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    rule: Option<String>,
    /// What the law's sentence is made of; see `Reason` of compliance.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(required = false, value_type = Object)]
    facts: Map<String, Value>,
    /// What the product is called, where everyone may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    name: Option<String>,
    /// How much of the product is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    free: Option<u32>,
    /// Of a coupon, and of a total that cannot be worked out: why, as a clause.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    why: Option<String>,
    /// The same, for whoever says it in another language.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    cause: Option<Cause>,
    /// When it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    until: Option<Timestamp>,
    /// What the store says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    reason: Option<String>,
    /// What the order has to be worth at list price.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    least: Option<Money>,
}

/// What a customer may do with a cart.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CartAct {
    Change,
    /// Go on to where door, time and coupons are said: what is in the cart can be ordered as it is.
    Proceed,
    CheckOut,
}

impl CartProblem {
    fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), ..Self::default() }
    }
}

/// A cart with what it costs now, each amount explained, and what stands in the way of ordering
/// it.
#[utoipa::path(
    get, path = "/v1/cart/carts/{cart}", tag = "cart", operation_id = "show_cart",
    params(("cart" = CartId, Path)),
    responses(
        (status = OK, body = CartPage),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn show_cart(
    State(app): State<App>,
    actor: Signed,
    Path(cart): Path<CartId>,
) -> Result<Tagged<CartPage>, Fault<OffersRefusal>> {
    let row = db::cart::cart(&app.db, cart).await?;
    let row = row.filter(|row| row.customer == actor.customer() && row.state != CartState::Closed);
    let row = row.ok_or_else(|| Problem::not_found("cart"))?;
    let version = row.version;
    let page = if row.state == CartState::Open { live(&app, row).await? } else { agreed(row)? };
    Ok((etag(version), Json(page)))
}

/// What was agreed with the order that has it.
fn agreed(row: CartRow) -> anyhow::Result<CartPage> {
    let claim = row.claim.as_deref().map(serde_json::from_str::<Claimed>).transpose()?;
    let quote = claim.map(|claim| claim.quote);
    let (tip_choices, problems, price_changes, can) = (vec![], vec![], vec![], vec![]);
    Ok(CartPage { cart: row.into(), quote, tip_choices, problems, price_changes, can })
}

/// Whether it is about what is in the cart, who buys it or of whom: nothing that is said at the checkout mends that.
fn of_the_goods(problem: &CartProblem) -> bool {
    let unlawful = matches!(
        problem.rule.as_deref(),
        Some(
            "under-age"
                | "too-many-units"
                | "too-many-litres"
                | "too-much-pure-alcohol"
                | "below-price-floor"
                | "alcohol-unknown"
                | "no-licence"
                | "licence-suspended"
                | "licence-class"
        )
    );
    unlawful
        || matches!(
            problem.code,
            "not-offered" | "out-of-stock" | "not-priced" | "below-least-order"
        )
}

fn price_changes(row: &CartRow, offers: &Offers) -> Vec<PriceChange> {
    let change = |line: &Line| {
        let offer = offers.offers.iter().find(|offer| offer.product == line.product)?;
        let before = Money::new(line.seen_price?, row.currency);
        let changed = offer.price.currency == row.currency && offer.price != before;
        let (product, name, now) = (line.product, offer.name.clone(), offer.price);
        changed.then_some(PriceChange { product, name, before, now })
    };
    row.lines.iter().filter_map(change).collect()
}

async fn live(app: &App, row: CartRow) -> Result<CartPage, Fault<OffersRefusal>> {
    let priced = price(app, &row).await.map_err(|error| match error {
        Unpriced::Catalogue(error) => Fault::from_call(error, Fault::Refused),
        Unpriced::Broken(error) => error.into(),
    })?;
    let mut problems = problems(&row, &priced);
    problems.extend(slot_gone(app, &row, &priced)?);
    let quote = match priced.quoted {
        Ok(ref quoted) => Some(quoted.quote.clone()),
        Err(ref why) => {
            let detail = format!("The total cannot be worked out: {why}.");
            let Why { why, cause } = why.clone();
            let why = Some(why);
            problems.push(CartProblem { why, cause, ..CartProblem::new("not-priced", detail) });
            None
        }
    };
    if let Some(least) = priced.below_least() {
        let detail =
            format!("Orders at this store start at {least}. Put something more into the cart.");
        let least = Some(least);
        problems.push(CartProblem { least, ..CartProblem::new("below-least-order", detail) });
    }
    if quote.as_ref().is_some_and(|quote| !quote.lines.is_empty()) {
        problems.extend(law(app, &row, &priced).await);
    }
    let mut can = vec![CartAct::Change];
    if !row.lines.is_empty() && !problems.iter().any(of_the_goods) {
        can.push(CartAct::Proceed);
        can.extend(problems.is_empty().then_some(CartAct::CheckOut));
    }
    let goods = quote.as_ref().map(|quote| quote.subtotal);
    let tip_choices = goods.map_or_else(Vec::new, |goods| tip::choices(goods, priced.most_tip));
    let price_changes = price_changes(&row, &priced.offers);
    Ok(CartPage { cart: row.into(), quote, tip_choices, problems, price_changes, can })
}

fn problems(row: &CartRow, priced: &Priced) -> Vec<CartProblem> {
    let offers = &priced.offers;
    let mut problems = Vec::new();
    if row.destination.is_none() {
        problems.push(CartProblem::new("no-destination", "Say where it should be delivered."));
    } else if offers.reaches_door != Some(true) {
        let detail = "The store does not deliver to that address.";
        problems.push(CartProblem::new("out-of-zone", detail));
    } else if priced.trip.is_none() {
        let detail = "How far it is cannot be told right now, so the delivery fee may be higher.";
        problems.push(CartProblem::new("trip-unknown", detail));
    }
    if row.slot.is_none() {
        problems.extend(not_now(offers));
    }
    problems.extend(row.lines.iter().filter_map(|line| {
        let offer = offers.offers.iter().find(|offer| offer.product == line.product);
        let problem = match offer {
            Some(offer) if offer.free >= line.quantity => return None,
            Some(offer) => {
                let detail = format!("{}: only {} left.", offer.name, offer.free);
                let (name, free) = (Some(offer.name.clone()), Some(offer.free));
                CartProblem { name, free, ..CartProblem::new("out-of-stock", detail) }
            }
            None => {
                let known = offers.missing.iter().find(|missing| missing.product == line.product);
                let name = known.and_then(|missing| missing.name.clone());
                let what = name.as_deref().unwrap_or("A product in the cart");
                let detail = format!("{what} is not offered here. Take it out of the cart.");
                CartProblem { name, ..CartProblem::new("not-offered", detail) }
            }
        };
        Some(CartProblem { product: Some(line.product), ..problem })
    }));
    problems.extend(priced.refused.iter().map(|(coupon, why)| CartProblem {
        coupon: Some(coupon.clone()),
        why: Some(why.why.clone()),
        cause: why.cause,
        ..CartProblem::new("coupon-refused", format!("Coupon {coupon} {why}."))
    }));
    problems
}

/// Why the store does nothing as soon as possible.
fn not_now(offers: &Offers) -> Option<CartProblem> {
    let Some(pause) = &offers.paused else {
        let closed = || CartProblem::new("store-closed", "The store is closed right now.");
        return (!offers.open_now).then(closed);
    };
    let (until, reason) = (Some(pause.until), Some(pause.reason.clone()));
    Some(CartProblem { until, reason, ..CartProblem::new("store-paused", pause.sentence()) })
}

/// Whether it can still come within the slot that was chosen; not known without a way.
fn slot_gone(app: &App, row: &CartRow, priced: &Priced) -> anyhow::Result<Option<CartProblem>> {
    let Some((slot, trip)) = row.slot.zip(priced.trip) else { return Ok(None) };
    let zone = TimeZone::get(&priced.offers.store.time_zone)?;
    let shop = Shop::of(&priced.offers, &zone, trip, app.clock.now());
    Ok(shop.against(slot).map(|against| {
        let detail = format!("{} Choose another slot.", against.detail());
        CartProblem::new("slot-gone", detail)
    }))
}

async fn law(app: &App, row: &CartRow, priced: &Priced) -> Vec<CartProblem> {
    match verdict(app, row, priced).await {
        Ok(verdict) if verdict.allowed => vec![],
        Ok(verdict) => verdict
            .reasons
            .into_iter()
            .map(|reason| CartProblem {
                rule: Some(reason.rule),
                name: reason.item,
                facts: reason.facts,
                ..CartProblem::new("unlawful", reason.detail)
            })
            .collect(),
        Err(_) => {
            let detail = "Whether it may be sold cannot be checked right now. Try again shortly.";
            vec![CartProblem::new("law-unknown", detail)]
        }
    }
}

/// Of the slot that was chosen, or of as soon as possible; only of now without a way.
async fn verdict(app: &App, row: &CartRow, priced: &Priced) -> Result<Verdict, CallError<Never>> {
    let now = app.clock.now();
    let facts = timetable::facts(row, priced, Moment::Cart, now);
    let Some(trip) = priced.trip else { return app.compliance.judge(&facts).await };
    let leaving = timetable::leaving(&priced.offers.store, trip, row.slot, now);
    app.compliance.judge_leaving(facts, leaving).await
}
