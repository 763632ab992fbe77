use axum::extract::State;
use catalogue_api::OffersRefusal;
use garde::Validate;
use jiff::Timestamp;
use kernel::{Actor, CartId};
use serde::{Deserialize, Serialize};
use wire::{Fault, IfMatch, Json, Path, Problem, Refusal, Signed};

use crate::{
    App,
    cart::{Cart, State as CartState, Tagged},
    change::Change,
    db::{self, cart::CartRow},
    pricing::{Priced, Unpriced, price},
    refusal::ChangeRefusal,
    timetable::{SlotReason, SlotView, SoonView, Timetable, timetable},
};

/// When a cart could be brought.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CartSlots {
    /// IANA name of the store's, by whose days and hours the slots go.
    time_zone: String,
    /// Absent while `missing` says what has to be known first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    as_soon_as_possible: Option<SoonView>,
    /// Those of today and tomorrow in which the store is open, in turn: also those that cannot be
    /// chosen, with the reasons.
    slots: Vec<SlotView>,
    /// Why nothing can be said of times yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    missing: Option<SlotsMissing>,
}

/// What has to be known, or to change, before anything can be said of times.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SlotsMissing {
    /// Stable: `cart-empty`, `no-destination`, `out-of-zone`, `trip-unknown` or `not-priced`.
    code: &'static str,
    /// A sentence for people.
    detail: &'static str,
}

/// When the cart could be brought to its door: by the store's hours, what things take and the law
/// for what is in it, until the driver would be back if the door refused.
#[utoipa::path(
    get, path = "/v1/cart/carts/{cart}/slots", tag = "cart", operation_id = "cart_slots",
    params(("cart" = CartId, Path)),
    responses(
        (status = OK, body = CartSlots),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn cart_slots(
    State(app): State<App>,
    actor: Signed,
    Path(cart): Path<CartId>,
) -> Result<Json<CartSlots>, Fault<OffersRefusal>> {
    let row = own(&app, &actor, cart).await?;
    let priced = price(&app, &row).await.map_err(|error| match error {
        Unpriced::Catalogue(error) => Fault::from_call(error, Fault::Refused),
        Unpriced::Broken(error) => error.into(),
    })?;
    let time_zone = priced.offers.store.time_zone.clone();
    Ok(Json(match listed(&app, &row, &priced).await? {
        Ok(Timetable { soon, slots }) => {
            CartSlots { time_zone, as_soon_as_possible: Some(soon), slots, missing: None }
        }
        Err(missing) => CartSlots {
            time_zone,
            as_soon_as_possible: None,
            slots: vec![],
            missing: Some(missing),
        },
    }))
}

async fn own<R: Refusal>(app: &App, actor: &Actor, cart: CartId) -> Result<CartRow, Fault<R>> {
    let row = db::cart::cart(&app.db, cart).await?;
    let row = row.filter(|row| row.customer == actor.customer() && row.state != CartState::Closed);
    Ok(row.ok_or_else(|| Problem::not_found("cart"))?)
}

async fn listed(
    app: &App,
    row: &CartRow,
    priced: &Priced,
) -> anyhow::Result<Result<Timetable, SlotsMissing>> {
    let missing = |code, detail| Ok(Err(SlotsMissing { code, detail }));
    if row.lines.is_empty() {
        return missing("cart-empty", "Put something into the cart first.");
    }
    if row.destination.is_none() {
        return missing("no-destination", "Say first where it should be delivered.");
    }
    if priced.offers.reaches_door != Some(true) {
        return missing("out-of-zone", "The store does not deliver to that address.");
    }
    if priced.quoted.is_err() {
        return missing("not-priced", "What it costs cannot be worked out.");
    }
    match priced.trip {
        Some(trip) => Ok(Ok(timetable(app, row, (priced, trip)).await?)),
        None => missing("trip-unknown", "How far it is cannot be told right now. Try again soon."),
    }
}

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutSlot {
    /// When one of the cart's slots begins; as soon as possible where it is absent.
    #[garde(inner(custom(compliance_api::in_our_time)))]
    #[serde(default)]
    from: Option<Timestamp>,
}

/// Says when it is wanted: within one of the cart's slots, or as soon as possible.
#[utoipa::path(
    put, path = "/v1/cart/carts/{cart}/slot", tag = "cart", operation_id = "put_slot",
    params(
        ("cart" = CartId, Path),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read"),
    ),
    request_body = PutSlot,
    responses(
        (status = OK, body = Cart),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn put_slot(
    State(app): State<App>,
    actor: Signed,
    Path(cart): Path<CartId>,
    if_match: Option<IfMatch>,
    Json(PutSlot { from }): Json<PutSlot>,
) -> Result<Tagged<Cart>, Fault<ChangeRefusal>> {
    // Others are asked before the cart is locked. What changes meanwhile is looked at again by
    // whoever reads the cart, and when it is ordered.
    let slot = match from {
        Some(from) => Some(available(&app, &actor, cart, from).await?),
        None => None,
    };
    let mut change = Change::begin(&app, &actor, cart, if_match).await?;
    db::change::set_slot(&mut change.tx, cart, slot).await?;
    change.commit().await
}

async fn available(
    app: &App,
    actor: &Actor,
    cart: CartId,
    from: Timestamp,
) -> Result<cart_api::Slot, Fault<ChangeRefusal>> {
    let row = own(app, actor, cart).await?;
    let priced = price(app, &row).await.map_err(|error| match error {
        Unpriced::Catalogue(error) => {
            Fault::from_call(error, |_| Problem::not_found("store").into())
        }
        Unpriced::Broken(error) => error.into(),
    })?;
    let table = listed(app, &row, &priced).await?;
    let table = table.map_err(|missing| ChangeRefusal::SlotGone { why: missing.detail.into() })?;
    let found = table.slots.into_iter().find(|slot| slot.from == from);
    let slot = found.ok_or(ChangeRefusal::NoSuchSlot)?;
    if !slot.available {
        let why = |reason: &SlotReason| format!("{} {}", reason.detail, reason.advice);
        let why = slot.reasons.iter().map(why).collect::<Vec<_>>().join(" ");
        return Err(ChangeRefusal::SlotGone { why }.into());
    }
    Ok(cart_api::Slot { from: slot.from, until: slot.until })
}
