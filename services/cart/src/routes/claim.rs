use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use cart_api::{AgreedSlot, Claim, ClaimRefusal, Claimed, ClaimedLine, Slot};
use catalogue_api::Offers;
use delivery_api::Estimate;
use jiff::tz::TimeZone;
use kernel::CartId;
use store::violated;
use wire::{Fault, House, Json, Path, Problem};

use crate::{
    App,
    cart::State as CartState,
    db::{self, cart::CartRow, claim::NewClaim, coupon::Redeem},
    pricing::{Priced, Unpriced, price},
    slots::Shop,
};

/// How often a cart is quoted anew that changes while it is quoted.
const TRIES: u32 = 4;

/// Gives a cart to an order, all or nothing: for services of the house.
///
/// Quoted outside the transaction; inside it the cart must still have the version that was quoted,
/// and every coupon must still have a use left. The answer is kept with the claim, and a second
/// call by the same order gets it again to the letter.
pub async fn claim(
    _: House,
    State(app): State<App>,
    Path(cart): Path<CartId>,
    Json(claim): Json<Claim>,
) -> Result<Response, Fault<ClaimRefusal>> {
    for _ in 0..TRIES {
        let row = db::cart::cart(&app.db, cart).await?;
        let row = row
            .filter(|row| row.customer == claim.customer && row.state != CartState::Closed)
            .ok_or(ClaimRefusal::NoSuchCart)?;
        if let Some(order) = row.claimed_by {
            let answer = row.claim.filter(|_| order == claim.order);
            return answer.map(json).ok_or_else(|| ClaimRefusal::CartTaken { order }.into());
        }
        let claimed = agree(&app, row.clone(), &claim).await?;
        let answer = serde_json::to_string(&claimed).map_err(anyhow::Error::from)?;
        if settle(&app, &row, &claim, &claimed.coupons, &answer).await? {
            return Ok(json(answer));
        }
    }
    Err(Problem::unavailable("cart").into())
}

fn json(answer: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], answer).into_response()
}

/// What the order would get, if nothing stands in its way.
async fn agree(app: &App, row: CartRow, claim: &Claim) -> Result<Claimed, Fault<ClaimRefusal>> {
    if row.lines.is_empty() {
        return Err(ClaimRefusal::CartEmpty.into());
    }
    if row.destination.is_none() {
        return Err(ClaimRefusal::NoDestination.into());
    }
    let wanted_from = row.slot.map(|slot| slot.from);
    if let Some(expected) = claim.expected_slot.filter(|expected| expected.from != wanted_from) {
        let (expected, actual) = (expected.from, wanted_from);
        return Err(ClaimRefusal::SlotChanged { expected, actual }.into());
    }
    let priced = price(app, &row).await.map_err(|error| match error {
        // The store is gone.
        Unpriced::Catalogue(error) => Fault::from_call(error, |_| ClaimRefusal::StoreClosed.into()),
        Unpriced::Broken(error) => error.into(),
    })?;
    orderable(&row, &priced)?;
    let (destination, trip) = (row.destination.clone(), priced.trip);
    let (Some(destination), Some(trip)) = (destination, trip) else {
        return Err(Problem::unavailable("delivery").into());
    };
    let slot = in_slot(app, row.slot, &priced.offers, trip)?;
    let below = priced.below_least();
    let quoted = priced.quoted.map_err(|why| ClaimRefusal::NotPriced { why })?;
    if let Some(least) = below {
        return Err(ClaimRefusal::BelowLeastOrder { least }.into());
    }
    let (expected, actual) = (claim.expected_total, quoted.quote.total);
    if expected != actual {
        return Err(ClaimRefusal::TotalChanged { expected, actual }.into());
    }
    Ok(Claimed {
        cart: row.id,
        store: row.store,
        destination,
        lines: lines(&row, &priced.offers),
        quote: quoted.quote,
        quoted_at: Some(priced.at),
        coupons: quoted.used.iter().map(|code| code.as_str().to_owned()).collect(),
        store_facts: priced.offers.store,
        trip,
        slot,
    })
}

/// What has to happen so that it comes within the chosen slot; a refusal when it cannot any more.
fn in_slot(
    app: &App,
    slot: Option<Slot>,
    offers: &Offers,
    trip: Estimate,
) -> Result<Option<AgreedSlot>, Fault<ClaimRefusal>> {
    let Some(slot) = slot else { return Ok(None) };
    let zone = TimeZone::get(&offers.store.time_zone).map_err(anyhow::Error::from)?;
    let shop = Shop::of(offers, &zone, trip, app.clock.now());
    match shop.against(slot) {
        Some(against) => Err(ClaimRefusal::SlotGone { why: against.detail().into() }.into()),
        None => Ok(Some(shop.agreed(slot))),
    }
}

fn orderable(row: &CartRow, priced: &Priced) -> Result<(), ClaimRefusal> {
    if priced.offers.reaches_door != Some(true) {
        return Err(ClaimRefusal::OutOfZone);
    }
    if row.slot.is_none() {
        if let Some(pause) = &priced.offers.paused {
            return Err(ClaimRefusal::StorePaused { until: pause.until, why: pause.sentence() });
        }
        if !priced.offers.open_now {
            return Err(ClaimRefusal::StoreClosed);
        }
    }
    for line in &row.lines {
        let offers = &priced.offers;
        if !offers.offers.iter().any(|offer| offer.product == line.product) {
            let known = offers.missing.iter().find(|missing| missing.product == line.product);
            let name = known.and_then(|missing| missing.name.clone());
            let product = name.unwrap_or_else(|| line.product.to_string());
            return Err(ClaimRefusal::NotOffered { product });
        }
    }
    match priced.refused.first().cloned() {
        Some((coupon, why)) => Err(ClaimRefusal::CouponRefused { coupon, why }),
        None => Ok(()),
    }
}

fn lines(row: &CartRow, offers: &Offers) -> Vec<ClaimedLine> {
    let line = |line: &db::cart::Line| {
        let offer = offers.offers.iter().find(|offer| offer.product == line.product)?;
        Some(ClaimedLine {
            product: line.product,
            quantity: line.quantity,
            category: offer.category.clone(),
            if_missing: line.if_missing.unwrap_or_default(),
            offer: Some(offer.clone()),
        })
    };
    row.lines.iter().filter_map(line).collect()
}

/// Makes the claim; `false` when the cart changed since it was quoted.
async fn settle(
    app: &App,
    row: &CartRow,
    claim: &Claim,
    codes: &[String],
    answer: &str,
) -> Result<bool, Fault<ClaimRefusal>> {
    let (order, customer, at) = (claim.order, claim.customer, app.clock.now());
    let new = NewClaim { cart: row.id, customer, order, version: row.version, answer, at };
    let mut tx = app.db.begin().await?;
    match db::claim::claim(&mut tx, &new).await {
        Ok(true) => {}
        Ok(false) if db::claim::is_given_up(&mut tx, order).await? => {
            return Err(ClaimRefusal::OrderGivenUp.into());
        }
        Ok(false) => return Ok(false),
        // One order has one cart.
        Err(error) if violated(&error) == Some("cart_order") => {
            return Err(ClaimRefusal::CartTaken { order }.into());
        }
        Err(error) => return Err(error.into()),
    }
    if !codes.is_empty() {
        let used = db::coupon::redeem(&mut tx, &Redeem { codes, order, customer, at }).await?;
        if let Some(coupon) = codes.iter().find(|code| !used.contains(code)) {
            // Still under the coupons' locks, so that the reason is the one that held.
            let rows =
                db::coupon::coupons(&mut *tx, std::slice::from_ref(coupon), customer).await?;
            let currency = row.currency;
            let why = rows
                .first()
                .and_then(|found| found.coupon.refusal(at, row.store, currency, found.by_customer));
            let (coupon, why) =
                (coupon.clone(), why.unwrap_or_else(crate::coupon::Coupon::used_up));
            return Err(ClaimRefusal::CouponRefused { coupon, why }.into());
        }
    }
    tx.commit().await?;
    Ok(true)
}
