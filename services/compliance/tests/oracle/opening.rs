//! What is said of stores before anybody has chosen a bottle: that it is what a verdict of a bottle says, but
//! for what is asked of bottles and buyers, and that nothing can be sold before it is said to be.

use compliance::{
    judge::{Case, judge, of_class},
    opening::{CLASSES, Sale, opening},
};
use compliance_api::{Facts, Item, Moment, Seller};
use jiff::{SignedDuration, Timestamp, civil::Time, tz::TimeZone};
use kernel::{AlcoholClass, Currency, Drink, Hours, Money};
use proptest::{
    prelude::*,
    test_runner::{RngAlgorithm, TestCaseError, TestRng, TestRunner},
};

use super::{config, generate, scene::Built};

/// What is asked of bottles, of how many, of buyers and of the kind of door.
const LATER: [&str; 9] = [
    "address-kind-unknown",
    "age-unknown",
    "alcohol-unknown",
    "below-price-floor",
    "document-not-shown",
    "too-many-litres",
    "too-many-units",
    "too-much-pure-alcohol",
    "under-age",
];
/// As far as every minute is looked at.
const MINUTES: i64 = 30 * 60;

fn deterministic(cases: u32) -> TestRunner {
    TestRunner::new_with_rng(config(cases), TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn facts(built: &Built, at: Timestamp, takes: u32) -> Facts {
    let back_by = Some(at + SignedDuration::from_secs(takes.into()));
    let moment = if built.facts.door_place.is_some() { Moment::Placement } else { Moment::Cart };
    Facts { moment, at, back_by, address_kind: None, ..built.facts.clone() }
}

fn case<'a>(built: &'a Built, facts: &'a Facts) -> Case<'a> {
    let licence = built.licence.as_ref();
    Case { facts, law: &built.law, licence, stated_date_of_birth: None }
}

fn bottle(class: AlcoholClass) -> Item {
    let drink = Drink { class, abv_bp: 500, volume_ml: 500, pack: 1 };
    let unit_price = Money::new(1_000_000, Currency::USD);
    Item { name: "One".into(), drink, quantity: 1, unit_price }
}

#[test]
fn a_class_is_judged_as_a_bottle_of_it_is() {
    let outcome = deterministic(800).run(&generate::scenes(), |scene| {
        let built = scene.build();
        for class in CLASSES {
            let any = facts(&built, built.facts.at, 1_200);
            let one = Facts { items: vec![bottle(class)], ..any.clone() };
            let of_class = of_class(&case(&built, &any), class);
            let judged = judge(&case(&built, &one));
            let now = judged.reasons.iter().filter(|one| !LATER.contains(&one.rule.as_str()));
            let now: Vec<&str> = now.map(|one| one.rule.as_str()).collect();
            let said: Vec<&str> = of_class.reasons.iter().map(|one| one.rule.as_str()).collect();
            prop_assert_eq!(said, now);
            prop_assert_eq!(of_class.minimum_age, judged.minimum_age);
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

/// The first minute at which the store is open and may sell any class, by looking at each.
fn first(built: &Built, seller: &Seller, now: Timestamp) -> Option<Timestamp> {
    let zone = TimeZone::get(&seller.time_zone).unwrap();
    let whole = Timestamp::from_second(now.as_second().div_euclid(60) * 60).unwrap();
    let minutes = (1..=MINUTES).map(|minute| whole + SignedDuration::from_mins(minute));
    std::iter::once(now).chain(minutes).find(|at| {
        let facts = facts(built, *at, seller.takes_seconds);
        let sells = |class: &AlcoholClass| of_class(&case(built, &facts), *class).allowed();
        seller.hours.open_at(*at, &zone) && CLASSES.iter().any(sells)
    })
}

fn holds(built: &Built, (from, until): (i8, i8)) -> Result<bool, String> {
    let seller = Seller {
        store: built.facts.store,
        place: built.facts.store_place,
        hours: Hours::daily(Time::constant(from, 0, 0, 0), Time::constant(until, 30, 0, 0)),
        time_zone: "America/Denver".into(),
        takes_seconds: 1_200,
    };
    let zone = TimeZone::get(&seller.time_zone).unwrap();
    let (law, licence, door_place) = (&built.law, built.licence.as_ref(), built.facts.door_place);
    let now = built.facts.at;
    let sale = Sale { law, licence, seller: &seller, zone: &zone, door_place };
    let said = opening(&sale, now);
    let soon = now + SignedDuration::from_mins(MINUTES - 1);
    let first = first(built, &seller, now);
    // A rulebook may begin within a minute.
    let same = |a: Timestamp, b: Timestamp| a <= b && b.duration_since(a).as_secs() < 60;
    let agree = match (said.next.filter(|at| *at <= soon), first.filter(|at| *at <= soon)) {
        (Some(next), Some(first)) => same(next, first),
        (None, None) => true,
        _ => false,
    };
    if !agree {
        return Err(format!("{now}: {said:?}, but by the minute {first:?}"));
    }
    let against: Vec<_> = said.against.iter().map(|one| one.class).collect();
    let open_now = seller.hours.open_at(now, &zone) && against.len() < CLASSES.len();
    if open_now != (said.next == Some(now)) {
        return Err(format!("{now}: {said:?}"));
    }
    Ok(said.next.is_some_and(|next| next > now))
}

#[test]
fn nothing_is_sold_before_it_is_said_to_be_and_then_it_is() {
    let later = std::cell::Cell::new(0_u32);
    let strategy = (generate::scenes(), (0..24_i8, 0..24_i8));
    let outcome = deterministic(150).run(&strategy, |(scene, hours)| {
        let is_later = holds(&scene.build(), hours).map_err(TestCaseError::fail)?;
        later.set(later.get() + u32::from(is_later));
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    assert!(later.get() > 20, "only {} had to wait", later.get());
}
