//! What drivers are shown.

use compliance_api::AddressKind;
use delivery_api::{RefusedBecause, Slot};
use jiff::Timestamp;
use kernel::{AlcoholClass, JobId, LineId, Money, OrderId, Place, StoreId};
use orders_api::OrderFacts;
use serde::Serialize;

use crate::{
    db::{CheckRow, JobRow, OfferRow},
    estimate::ride,
    job::{self, Deed, JobState},
    offer::OfferId,
};

/// A job as its driver sees it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DriverJob {
    job: JobId,
    order: OrderId,
    /// What people call the order: `K7Q2-9F`.
    number: String,
    state: JobState,
    /// Packed and paid for: it may be fetched.
    ready: bool,
    ready_at: Timestamp,
    /// It is not to leave the store before then, for the slot in which it is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    leaves_from: Option<Timestamp>,
    /// When it is wanted at the door; as soon as possible where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    slot: Option<Slot>,
    /// When it is expected at the door.
    eta: Option<Timestamp>,
    /// Whether that is by the built-in estimate, without a map; otherwise it is by Google Maps.
    eta_rough: bool,
    store: StoreStop,
    door: DoorStop,
    lines: Vec<DriverLine>,
    /// Whether an ID must be checked at the door.
    needs_check: bool,
    /// Until when a check at this door holds.
    checked_until: Option<Timestamp>,
    /// What may be done now.
    can: Vec<Deed>,
    /// Why it may be refused now, where it may.
    refusals: Vec<RefusedBecause>,
    /// The same once it is at the door, for a driver who gets there without a network; only on the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    at_door: Option<OnceThere>,
}

/// What may be done once the driver is at the door.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OnceThere {
    can: Vec<Deed>,
    refusals: Vec<RefusedBecause>,
}

/// Where to fetch it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StoreStop {
    store: StoreId,
    name: String,
    address: String,
    place: Place,
    /// IANA name.
    time_zone: String,
}

impl StoreStop {
    fn of(facts: &OrderFacts) -> Self {
        Self {
            store: facts.store,
            name: facts.store_name.clone(),
            address: facts.store_address.clone(),
            place: facts.store_place,
            time_zone: facts.time_zone.clone(),
        }
    }
}

/// Where to bring it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DoorStop {
    recipient: String,
    address: String,
    place: Place,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    kind: Option<AddressKind>,
    instructions: String,
}

/// What is in the bag.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DriverLine {
    line: LineId,
    name: String,
    quantity: u32,
    /// Handed over only after a check.
    alcohol: bool,
}

impl DriverJob {
    pub fn of(row: &JobRow, check: Option<CheckRow>, carrying: bool, now: Timestamp) -> Self {
        let check = check.filter(|check| check.holds(now));
        let facts = &row.facts;
        let line = |line: &orders_api::OrderLine| DriverLine {
            line: line.line,
            name: line.name.clone(),
            quantity: line.quantity,
            alcohol: line.drink.class != AlcoholClass::None,
        };
        let lines: Vec<_> = facts.lines.iter().map(line).collect();
        Self {
            job: row.id,
            order: row.order,
            number: facts.number.clone(),
            state: row.state,
            ready: row.ready,
            ready_at: row.ready_at,
            leaves_from: row.leaves_from,
            slot: facts.slot,
            eta: row.eta,
            eta_rough: row.eta_rough,
            store: StoreStop::of(facts),
            door: DoorStop {
                recipient: facts.destination.recipient.clone(),
                address: facts.destination.address.clone(),
                place: facts.destination.place,
                kind: facts.destination.kind,
                instructions: facts.destination.instructions.clone(),
            },
            needs_check: lines.iter().any(|line| line.alcohol),
            checked_until: check.map(|check| check.valid_until),
            can: row.can(check.is_some(), carrying, now),
            refusals: row.refusals().to_vec(),
            at_door: (row.state == JobState::PickedUp).then(|| OnceThere {
                can: row.can_at_door(false),
                refusals: job::AT_THE_DOOR.to_vec(),
            }),
            lines,
        }
    }
}

/// A job that a driver is asked to do.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OfferView {
    offer: OfferId,
    /// Answer until then; afterwards another is asked.
    expires_at: Timestamp,
    store: StoreStop,
    /// About where it goes; the address is for whoever accepts.
    towards: Place,
    ready_at: Timestamp,
    /// Along streets, by estimate.
    metres_to_store: u32,
    metres_to_door: u32,
    /// The whole way, by estimate.
    seconds: u32,
    /// Bottles and other things.
    items: u32,
    needs_check: bool,
    /// What is paid for handing it over, also if only a part of it is wanted; absent where that is not
    /// said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pay: Option<Money>,
    /// What the customer gives the driver on top. It was chosen with the order and cannot be changed
    /// by its customer; what is given back of all of an order before it is handed over takes its
    /// share of it. Absent where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    tip: Option<Money>,
    /// Pay and tip together, as far as they are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    earns: Option<Money>,
    can: Vec<Answer>,
}

/// How an offer may be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Accept,
    Decline,
}

impl OfferView {
    pub fn of(offer: &OfferRow, row: &JobRow, from: Place) -> Self {
        let facts = &row.facts;
        let (to_store, to_door) =
            (ride(from, facts.store_place), ride(facts.store_place, facts.destination.place));
        Self {
            offer: offer.id,
            expires_at: offer.expires_at,
            store: StoreStop::of(facts),
            towards: about(facts.destination.place),
            ready_at: row.ready_at,
            metres_to_store: to_store.metres,
            metres_to_door: to_door.metres,
            seconds: to_store.seconds + to_door.seconds,
            items: facts.lines.iter().map(|line| line.quantity).sum(),
            needs_check: facts.lines.iter().any(|line| line.drink.class != AlcoholClass::None),
            pay: row.pay,
            tip: facts.tip,
            earns: together(row.pay, facts.tip),
            can: vec![Answer::Accept, Answer::Decline],
        }
    }
}

fn together(pay: Option<Money>, tip: Option<Money>) -> Option<Money> {
    match (pay, tip) {
        (Some(pay), Some(tip)) => pay.plus(tip).ok(),
        (one, other) => one.or(other),
    }
}

/// A place to about a hundred metres.
pub fn about(place: Place) -> Place {
    let round = |degrees: f64| (degrees * 1_000.0).round() / 1_000.0;
    Place { lat: round(place.lat), lon: round(place.lon) }
}
