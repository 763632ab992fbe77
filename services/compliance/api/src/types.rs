use std::collections::BTreeSet;

use garde::Validate;
use jiff::{Timestamp, civil::Date};
use kernel::{AlcoholClass, Drink, Hours, Money, PersonId, Place, StoreId, VerdictId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The longest trip that the law is asked about, in seconds.
pub const LONGEST_TRIP: u32 = 1_000_000;

/// When in an order's life the law is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// While the customer fills the cart: age is asked only where it is known.
    Cart,
    /// When the order is placed.
    Placement,
    /// When the driver takes it out of the store.
    Dispatch,
    /// When it would change hands.
    Door,
}

/// What kind of place the door is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AddressKind {
    Home,
    Office,
    Hotel,
    Campus,
    Hostel,
    Hospital,
    Other,
}

/// What is to be judged. What is not known is absent, and what is absent is never in favour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
pub struct Facts {
    #[garde(skip)]
    pub moment: Moment,
    /// The cart, order or job that it is about.
    #[garde(length(max = 100), custom(wire::plain_text))]
    pub subject: String,
    #[garde(skip)]
    pub store: StoreId,
    #[garde(custom(wire::on_the_globe))]
    pub store_place: Place,
    #[garde(inner(custom(wire::on_the_globe)))]
    pub door_place: Option<Place>,
    #[garde(skip)]
    pub address_kind: Option<AddressKind>,
    #[garde(skip)]
    pub customer: PersonId,
    /// The instant of the sale or hand-over that is judged.
    #[garde(custom(in_our_time))]
    pub at: Timestamp,
    /// When the driver is back at the store at the latest, should the door refuse. Hours must hold
    /// until then, and nothing is placed or sent out without.
    #[garde(inner(custom(in_our_time)))]
    pub back_by: Option<Timestamp>,
    /// The date of birth on the document shown at the door; nobody keeps it.
    #[garde(skip)]
    pub shown_date_of_birth: Option<Date>,
    /// The last day on which that document is valid; nobody keeps it either.
    #[garde(skip)]
    pub shown_valid_until: Option<Date>,
    #[garde(length(max = 200), dive)]
    pub items: Vec<Item>,
}

/// One line of the sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    #[garde(length(max = 1000), custom(wire::plain_text))]
    #[schema(max_length = 1000)]
    pub name: String,
    #[garde(custom(credible))]
    pub drink: Drink,
    #[garde(range(max = kernel::MAX_QUANTITY))]
    #[schema(maximum = 999)]
    pub quantity: u32,
    /// What one unit costs after discounts and before taxes and deposits: what a price floor is
    /// compared with.
    #[garde(skip)]
    pub unit_price: Money,
}

/// At or below this much alcohol by volume, in hundredths of a percent, a drink is not alcohol.
pub const NOT_ALCOHOL_BP: u32 = 50;

/// Whether the law of alcohol says anything about this drink.
pub fn is_alcohol(drink: &Drink) -> bool {
    drink.class != AlcoholClass::None && drink.abv_bp > NOT_ALCOHOL_BP
}

/// A sale that might be at several times, alike but for when its driver leaves the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
pub struct Outlook {
    /// Its `at` and `back_by` are not looked at.
    #[garde(dive)]
    pub facts: Facts,
    #[garde(length(max = 200), dive)]
    pub times: Vec<Leaving>,
}

/// From when until when a driver may leave the store. Whatever the instant, it takes as long from it
/// until the driver is back as from the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Leaving {
    #[garde(custom(in_our_time))]
    pub first: Timestamp,
    #[garde(custom(in_our_time))]
    pub last: Timestamp,
    /// When the driver who leaves at the last instant is back at the latest, should the door refuse.
    #[garde(custom(in_our_time))]
    pub back_by: Timestamp,
}

/// Stores that might sell alcohol from now on, before anybody has chosen a bottle: to one door or,
/// without one, to whoever is near.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
pub struct Openings {
    #[garde(custom(in_our_time))]
    pub at: Timestamp,
    #[garde(inner(custom(wire::on_the_globe)))]
    pub door_place: Option<Place>,
    #[garde(length(max = 100), dive)]
    pub sellers: Vec<Seller>,
}

/// A store, as far as it matters for when it may sell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
pub struct Seller {
    #[garde(skip)]
    pub store: StoreId,
    #[garde(custom(wire::on_the_globe))]
    pub place: Place,
    /// When it is open.
    #[garde(skip)]
    pub hours: Hours,
    /// IANA name of the zone by whose clock it is.
    #[garde(custom(a_time_zone))]
    pub time_zone: String,
    /// How long it takes from an order until its driver is back, should the door refuse; without a door,
    /// until it could change hands at least. Hours must hold until then.
    #[garde(range(max = LONGEST_TRIP))]
    pub takes_seconds: u32,
}

/// What the law says of alcohol from one store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The age that buyers must have reached, the highest of all classes; absent where no rules are
    /// known.
    pub minimum_age: Option<u8>,
    /// The classes that may not be sold now.
    pub against: Vec<ClassAgainst>,
    /// When the store is open and may sell any class, not before now and within eight days.
    pub next: Option<Timestamp>,
}

/// Why a class of drinks may not be sold now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassAgainst {
    pub class: AlcoholClass,
    pub reasons: Vec<Reason>,
    /// When the law allows it, whether the store is open then or not; absent where it does not
    /// within eight days.
    pub until: Option<Timestamp>,
}

fn a_time_zone(name: &str, (): &()) -> garde::Result {
    let known = name.len() <= 60 && jiff::tz::TimeZone::get(name).is_ok();
    if known { Ok(()) } else { Err(garde::Error::new("is not the name of a time zone")) }
}

fn credible(drink: &Drink, (): &()) -> garde::Result {
    if drink.is_credible() { Ok(()) } else { Err(garde::Error::new("is more than a drink can be")) }
}

/// A garde rule: an instant that a law of today can say anything about.
pub fn in_our_time(at: &Timestamp, (): &()) -> garde::Result {
    let years = 1900..=2999;
    if years.contains(&at.to_zoned(jiff::tz::TimeZone::UTC).year()) {
        return Ok(());
    }
    Err(garde::Error::new("is not between the years 1900 and 2999"))
}

/// What the law says, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Verdict {
    /// Under this id the verdict is kept, with the facts and the version of the rules.
    pub verdict: VerdictId,
    pub allowed: bool,
    /// Why not; empty when allowed.
    pub reasons: Vec<Reason>,
    /// The age that the buyer must have reached, where any item is alcohol.
    pub minimum_age: Option<u8>,
    /// `<jurisdiction>@<version>` of each rulebook applied: the store's, then the door's; one when
    /// they are the same, and of each also what comes into force before the driver is back.
    pub rules: Vec<String>,
}

impl Verdict {
    /// Whether one of the rulebooks ends before the driver is back.
    pub fn rules_change(&self) -> bool {
        rules_change(&self.rules)
    }
}

/// Whether more than one version of a rulebook is among them, each `<jurisdiction>@<version>`.
pub fn rules_change(rules: &[String]) -> bool {
    let code = |rules: &String| rules.rsplit_once('@').map(|(code, _)| code.to_owned());
    rules.iter().map(code).collect::<BTreeSet<_>>().len() < rules.len()
}

/// One rule that stands against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Reason {
    /// Stable, such as `under-age`, `outside-sale-hours`, `dry-zone`, `licence-expired`.
    pub rule: String,
    /// A sentence for people.
    pub detail: String,
    /// The item at fault, where one is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(required = false)]
    pub item: Option<String>,
    /// What `detail` is made of, for whoever says it in another language: `says` is stable and tells
    /// which of the rule's sentences it is, the others are what it names. Empty of what was said
    /// before there were any.
    #[serde(skip_serializing_if = "Map::is_empty", default)]
    #[schema(required = false, value_type = Object)]
    pub facts: Map<String, Value>,
}
