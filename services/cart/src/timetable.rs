//! The slots of a cart, each with what stands against it: the store's hours and what things take,
//! and the law for this basket at this door.

use catalogue_api::{Offers, StoreFacts};
use compliance_api::{Facts, Item, Leaving, Moment, Outlook, Reason};
use delivery_api::{Estimate, Slot};
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{App, db::cart::CartRow, pricing::Priced, slots::Shop};

/// A time that may be chosen, or why not.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SlotView {
    pub from: Timestamp,
    /// Not part of it.
    pub until: Timestamp,
    pub available: bool,
    /// Why not; empty when available.
    pub reasons: Vec<SlotReason>,
}

/// As soon as possible, or why not.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SoonView {
    pub available: bool,
    /// Why not; empty when available.
    pub reasons: Vec<SlotReason>,
}

/// Why a time cannot be chosen, and what to do.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SlotReason {
    /// Stable: `too-soon`, `store-closed`, `store-paused`, `unlawful` or `law-unknown`.
    pub code: &'static str,
    /// A sentence for people.
    pub detail: String,
    /// What to do, for people.
    pub advice: &'static str,
    /// The rule of the law.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub rule: Option<String>,
    /// What the law's sentence is made of; see `Reason` of compliance.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(required = false, value_type = Object)]
    pub facts: Map<String, Value>,
}

impl SlotReason {
    fn new(code: &'static str, detail: &str, advice: &'static str) -> Self {
        Self { code, detail: detail.into(), advice, rule: None, facts: Map::new() }
    }

    fn law(reason: Reason) -> Self {
        let advice = match reason.rule.as_str() {
            "outside-sale-hours" | "not-delivered-back-in-time" | "dry-day" => {
                "Choose another time, or take the alcohol out of the cart."
            }
            "licence-expired" | "licence-not-yet-valid" => {
                "Choose another time, or buy it from another store."
            }
            "no-licence" | "licence-suspended" | "licence-class" => "Buy it from another store.",
            "too-many-units" | "too-many-litres" | "too-much-pure-alcohol" => {
                "Take some of it out of the cart."
            }
            "address-kind-unknown" => "Say in the address what kind of place it is.",
            "forbidden-address-kind" | "dry-zone" => "Choose another address.",
            "age-unknown" => "Say in your account when you were born.",
            "under-age" => "Take the alcohol out of the cart.",
            _ => "Take it out of the cart.",
        };
        let Reason { rule, detail, facts, .. } = reason;
        Self { code: "unlawful", detail, advice, rule: Some(rule), facts }
    }
}

/// What can be chosen.
pub struct Timetable {
    pub soon: SoonView,
    pub slots: Vec<SlotView>,
}

/// Asks the law about each time, as placement will; outside every transaction. `trip` is the way to
/// the cart's door.
pub async fn timetable(
    app: &App,
    row: &CartRow,
    (priced, trip): (&Priced, Estimate),
) -> anyhow::Result<Timetable> {
    let (now, store) = (app.clock.now(), &priced.offers.store);
    let zone = TimeZone::get(&store.time_zone)?;
    let shop = Shop::of(&priced.offers, &zone, trip, now);
    let slots = shop.slots();
    let wanted = std::iter::once(None).chain(slots.iter().copied().map(Some));
    let times = wanted.map(|slot| leaving(store, trip, slot, now)).collect();
    let outlook = Outlook { facts: facts(row, priced, Moment::Placement, now), times };
    let law = app.compliance.outlook(&outlook).await.ok();
    let mut law = law.filter(|said| said.len() == slots.len() + 1).map(Vec::into_iter);
    let mut lawful = || match law.as_mut().and_then(Iterator::next) {
        Some(reasons) => reasons.into_iter().map(SlotReason::law).collect(),
        None => vec![law_unknown()],
    };
    let mut reasons: Vec<SlotReason> = lawful();
    if let Some(reason) = not_now(&priced.offers) {
        reasons.insert(0, reason);
    }
    let soon = SoonView { available: reasons.is_empty(), reasons };
    let view = |slot: Slot| {
        let mut reasons = lawful();
        if let Some(against) = shop.against(slot) {
            reasons.insert(0, of_shop(against));
        }
        let Slot { from, until } = slot;
        SlotView { from, until, available: reasons.is_empty(), reasons }
    };
    Ok(Timetable { soon, slots: slots.into_iter().map(view).collect() })
}

fn of_shop(against: crate::slots::Against) -> SlotReason {
    match against {
        crate::slots::Against::TooSoon => {
            SlotReason::new("too-soon", against.detail(), "Choose a later slot.")
        }
        crate::slots::Against::StorePaused => store_paused(against.detail()),
        crate::slots::Against::StoreClosed => store_closed(against.detail()),
    }
}

/// Why the store does nothing as soon as possible.
fn not_now(offers: &Offers) -> Option<SlotReason> {
    match &offers.paused {
        Some(pause) => Some(store_paused(&pause.sentence())),
        None if offers.open_now => None,
        None => Some(store_closed("The store is closed right now.")),
    }
}

fn store_paused(detail: &str) -> SlotReason {
    SlotReason::new("store-paused", detail, "Choose a later slot, or try again after a while.")
}

fn store_closed(detail: &str) -> SlotReason {
    SlotReason::new("store-closed", detail, "Choose a slot in which the store is open.")
}

fn law_unknown() -> SlotReason {
    let detail = "Whether it may be sold then cannot be checked right now.";
    SlotReason::new("law-unknown", detail, "Try again shortly.")
}

/// When the driver may leave who brings it within the slot, or as soon as possible.
pub fn leaving(store: &StoreFacts, trip: Estimate, slot: Option<Slot>, now: Timestamp) -> Leaving {
    let soon = (now, trip.leaves_if_placed(now, store.preparation_minutes));
    let (first, last) = slot.map_or(soon, |slot| trip.leaving(slot));
    let last = last.max(now);
    Leaving { first: first.max(now), last, back_by: trip.back_by(last) }
}

/// What the law looks at in this cart, for a driver who leaves at `at`. When that one is back is left
/// to say.
pub fn facts(row: &CartRow, priced: &Priced, moment: Moment, at: Timestamp) -> Facts {
    let item = |line: &cart_api::QuotedLine| Item {
        name: line.name.clone(),
        drink: line.drink,
        quantity: line.quantity,
        unit_price: line.net_unit_price,
    };
    let quoted = priced.quoted.as_ref().ok();
    Facts {
        moment,
        subject: row.id.to_string(),
        store: row.store,
        store_place: priced.offers.store.place,
        door_place: row.destination.as_ref().map(|destination| destination.place),
        address_kind: row.destination.as_ref().and_then(|to| to.kind),
        customer: row.customer.cast(),
        at,
        back_by: None,
        shown_date_of_birth: None,
        shown_valid_until: None,
        items: quoted.map_or_else(Vec::new, |quoted| quoted.quote.lines.iter().map(item).collect()),
    }
}
