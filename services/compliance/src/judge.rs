//! The law applied: facts and rules in, reasons against it out. Pure: no clock, no I/O.
//!
//! The store's law and the door's law both apply, each by its own wall clock; all of it must
//! allow. What is not known is never in favour.

mod buyer;
mod goods;
mod hours;
mod places;
mod seller;

use std::collections::BTreeSet;

use compliance_api::{Facts, Item, Moment, Reason};
use jiff::{Timestamp, civil::Date};
use kernel::{AlcoholClass, Currency, Drink, Money, Place};
use serde_json::{Map, Value, json};

use crate::{
    jurisdiction::{Jurisdiction, Law},
    licence::Licence,
    rulebook::Rulebook,
};

/// All that the law looks at.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    pub facts: &'a Facts,
    pub law: &'a Law,
    /// The store's.
    pub licence: Option<&'a Licence>,
    /// What the customer stated when signing up.
    pub stated_date_of_birth: Option<Date>,
}

/// What the law says of a case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Finding {
    /// Why not; nothing stands against it when empty.
    pub reasons: Vec<Reason>,
    /// The age that the buyer must have reached, where any item is alcohol.
    pub minimum_age: Option<u8>,
    /// `<jurisdiction>@<version>` of each rulebook applied: the store's, then the door's; of each
    /// also those that come into force before the driver is back.
    pub rules: Vec<String>,
    /// Whether the buyer's date of birth was known and enough.
    pub of_age: Option<bool>,
}

impl Finding {
    /// Whether nothing stands against it.
    pub fn allowed(&self) -> bool {
        self.reasons.is_empty()
    }

    /// `facts` is an object: what the sentence is made of.
    fn against(&mut self, rule: &str, detail: impl Into<String>, facts: Value) {
        self.push(rule, detail.into(), None, facts);
    }

    fn against_item(&mut self, rule: &str, item: &Item, detail: impl Into<String>, facts: Value) {
        self.push(rule, detail.into(), Some(item.name.clone()), facts);
    }

    fn push(&mut self, rule: &str, detail: String, item: Option<String>, facts: Value) {
        let facts = if let Value::Object(facts) = facts { facts } else { Map::new() };
        let reason = Reason { rule: rule.into(), detail, item, facts };
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }
}

/// A jurisdiction whose rulebook applies, and for how long.
#[derive(Clone, Copy)]
struct Applied<'a> {
    jurisdiction: &'a Jurisdiction,
    book: &'a Rulebook,
    /// The sale, or when this version comes into force while the driver is on the way.
    from: Timestamp,
    /// When the next version does; none for the last before the driver is back.
    next: Option<Timestamp>,
}

/// Which law applies to a case, as far as it is known.
struct Reach<'a> {
    store: Option<&'a Jurisdiction>,
    door: Option<&'a Jurisdiction>,
    /// The rulebooks of both, each once: the store's, then the door's.
    books: Vec<Applied<'a>>,
}

/// What stands against this case, and by which rules.
pub fn judge(case: &Case) -> Finding {
    let mut finding = Finding::default();
    case.facts.items.iter().for_each(|item| goods::unclear(item, &mut finding));
    let goods: Vec<&Item> = case.facts.items.iter().filter(|item| is_alcohol(item)).collect();
    if goods.is_empty() {
        return finding;
    }
    let classes: BTreeSet<AlcoholClass> = goods.iter().map(|item| item.drink.class).collect();
    let reach = reach(case, &mut finding);
    seller::check(case, &reach, &goods, &mut finding);
    for applied in reach.books.iter().copied() {
        finding.rules.push(format!("{}@{}", applied.book.jurisdiction, applied.book.version));
        hours::check(case.facts, applied, &classes, &mut finding);
        places::check(case.facts, applied, &mut finding);
        goods::check(&goods, applied, &mut finding);
    }
    buyer::check(case, &reach, &classes, &mut finding);
    finding
}

/// What is asked of a buyer and of their door.
const OF_BUYERS: [&str; 2] = ["address-kind-unknown", "age-unknown"];

/// The same before anybody has chosen a bottle: what stands against any drink of that class, however
/// much of it and whatever it costs. What kind of address the door is and when the buyer was born has
/// not been asked yet, so that it is not known stands against nothing.
pub fn of_class(case: &Case, class: AlcoholClass) -> Finding {
    let mut finding = Finding::default();
    let drink = Drink { class, abv_bp: 500, volume_ml: 500, pack: 1 };
    let unit_price = Money::new(0, Currency::USD);
    let any = Item { name: name(class).into(), drink, quantity: 1, unit_price };
    let classes = BTreeSet::from([class]);
    let reach = reach(case, &mut finding);
    seller::check(case, &reach, &[&any], &mut finding);
    for applied in reach.books.iter().copied() {
        hours::check(case.facts, applied, &classes, &mut finding);
        places::check(case.facts, applied, &mut finding);
    }
    buyer::check(case, &reach, &classes, &mut finding);
    finding.reasons.retain(|reason| !OF_BUYERS.contains(&reason.rule.as_str()));
    finding
}

/// Whether the law of alcohol says anything about this item.
pub fn is_alcohol(item: &Item) -> bool {
    compliance_api::is_alcohol(&item.drink)
}

fn reach<'a>(case: &Case<'a>, finding: &mut Finding) -> Reach<'a> {
    let store = located(case, case.facts.store_place, ("the store's place", "store"), finding);
    let door = match case.facts.door_place {
        Some(place) => located(case, place, ("the door's place", "door"), finding),
        None if case.facts.moment == Moment::Cart => None,
        None => {
            let detail = "Nobody said where it is to be delivered.";
            finding.against("unknown-jurisdiction", detail, json!({"says": "no-door"}));
            None
        }
    };
    let mut books = store.map_or_else(Vec::new, |store| applied(case, store, finding));
    if let Some(door) = door.filter(|door| store.is_none_or(|store| store.code != door.code)) {
        books.extend(applied(case, door, finding));
    }
    Reach { store, door, books }
}

fn located<'a>(
    case: &Case<'a>,
    place: Place,
    (what, whose): (&str, &str),
    finding: &mut Finding,
) -> Option<&'a Jurisdiction> {
    let found = case.law.at(place);
    if found.is_none() {
        let detail = format!("No law is known for {what}, so nothing may be sold.");
        finding.against("unknown-jurisdiction", detail, json!({"says": whose}));
    }
    found
}

/// The rulebooks of a jurisdiction from the sale until the driver is back, in turn.
fn applied<'a>(
    case: &Case<'a>,
    jurisdiction: &'a Jurisdiction,
    finding: &mut Finding,
) -> Vec<Applied<'a>> {
    let facts = case.facts;
    let turns = case.law.in_turn(&jurisdiction.code, facts.at, facts.back_by.unwrap_or(facts.at));
    if turns.is_empty() {
        let detail = format!("No rulebook of {} is in force at that time.", jurisdiction.name);
        let facts = json!({"says": "no-rulebook", "place": jurisdiction.name});
        finding.against("unknown-jurisdiction", detail, facts);
    }
    let next = turns.iter().skip(1).map(|(from, _)| Some(*from)).chain([None]);
    let turns = turns.iter().zip(next);
    turns.map(|((from, book), next)| Applied { jurisdiction, book, from: *from, next }).collect()
}

const fn name(class: AlcoholClass) -> &'static str {
    match class {
        AlcoholClass::None => "soft drinks",
        AlcoholClass::Beer => "beer",
        AlcoholClass::Wine => "wine",
        AlcoholClass::Spirits => "spirits",
    }
}
