//! The rules of a jurisdiction, as data.

use std::collections::BTreeSet;

use compliance_api::AddressKind;
use jiff::{Timestamp, civil::Date};
use kernel::{AlcoholClass, Hours, LeapDay, Money, Span, Zone};
use serde::{Deserialize, Serialize};

use crate::area;

/// One version of a jurisdiction's rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Rulebook {
    pub jurisdiction: String,
    pub version: i32,
    pub valid_from: Timestamp,
    pub rules: Rules,
}

/// What a rulebook says. Everything that may be said without limits is absent; nothing that
/// permits a sale is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    pub beer: ClassRules,
    pub wine: ClassRules,
    pub spirits: ClassRules,
    /// Hours in which alcohol may be on its way to a door, where they are narrower than the
    /// hours of sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false)]
    pub delivery_hours: Option<Hours>,
    /// Days without any sale, from midnight to midnight.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 1000, example = json!(["2026-10-02"]))]
    pub dry_days: BTreeSet<Date>,
    /// Areas from which and into which nothing may be sold.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub dry_zones: Vec<DryZone>,
    /// Kinds of doors to which nothing may be brought.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub forbidden_address_kinds: Vec<AddressKind>,
    /// The most of all classes together that one order may hold.
    #[serde(default)]
    pub limits: Limits,
    #[serde(default)]
    #[schema(required = false)]
    pub price_floor: Option<PriceFloor>,
    /// When someone born on 29 February has a birthday in other years.
    #[serde(default)]
    pub leap_day_birthday: LeapDay,
    /// Nothing is promised or sent out later than this before the hours end.
    #[serde(default)]
    #[schema(maximum = 720)]
    pub last_dispatch_margin_minutes: u16,
}

/// What holds for one class of drinks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClassRules {
    /// In years; whoever buys must have had that birthday.
    #[schema(minimum = 1, maximum = 120)]
    pub minimum_age: u8,
    /// A week without any hours forbids the class.
    pub sale_hours: Hours,
    /// The most of this class that one order may hold.
    #[serde(default)]
    pub limits: Limits,
}

/// The most of something in one order; what is absent is not limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Bottles, cans and other containers: a six-pack is six.
    #[serde(default)]
    #[schema(required = false)]
    pub containers: Option<u32>,
    #[serde(default)]
    #[schema(required = false)]
    pub millilitres: Option<u32>,
    #[serde(default)]
    #[schema(required = false)]
    pub pure_alcohol_millilitres: Option<u32>,
}

/// An area without alcohol.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DryZone {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    pub zone: Zone,
}

/// The least that alcohol may cost: `amount` for every `per_millilitres` of pure alcohol, rounded
/// up to the minor unit. Scotland's minimum unit price is 65 pence for every 10 ml.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceFloor {
    pub amount: Money,
    /// 1000 for a litre, 10 for a unit.
    #[schema(minimum = 1, maximum = 100000)]
    pub per_millilitres: u32,
}

impl Rules {
    /// What holds for a class; nothing for what is not alcohol.
    pub const fn of(&self, class: AlcoholClass) -> Option<&ClassRules> {
        match class {
            AlcoholClass::None => None,
            AlcoholClass::Beer => Some(&self.beer),
            AlcoholClass::Wine => Some(&self.wine),
            AlcoholClass::Spirits => Some(&self.spirits),
        }
    }

    /// The first thing that makes no sense: the field and what is wrong with it.
    pub fn flaw(&self) -> Option<(String, &'static str)> {
        let classes = [("beer", &self.beer), ("wine", &self.wine), ("spirits", &self.spirits)];
        for (name, class) in classes {
            if !(1..=120).contains(&class.minimum_age) {
                return Some((format!("{name}.minimum_age"), "must be between 1 and 120"));
            }
            if let Some(flaw) = flaw_of_hours(&class.sale_hours) {
                return Some((format!("{name}.sale_hours"), flaw));
            }
        }
        if let Some(flaw) = self.delivery_hours.as_ref().and_then(flaw_of_hours) {
            return Some(("delivery_hours".into(), flaw));
        }
        self.flaw_of_the_rest().map(|(field, flaw)| (field.into(), flaw))
    }

    fn flaw_of_the_rest(&self) -> Option<(&'static str, &'static str)> {
        if self.dry_days.len() > 1000 {
            return Some(("dry_days", "are more than 1000"));
        }
        if self.dry_zones.len() > 200 {
            return Some(("dry_zones", "are more than 200"));
        }
        if self.dry_zones.iter().any(|dry| !is_name(&dry.name)) {
            return Some(("dry_zones", "need names of 1 to 100 characters"));
        }
        if let Some(flaw) = self.dry_zones.iter().find_map(|dry| area::flaw(&dry.zone)) {
            return Some(("dry_zones", flaw));
        }
        if self.forbidden_address_kinds.len() > 20 {
            return Some(("forbidden_address_kinds", "are more than 20"));
        }
        if self.price_floor.is_some_and(|floor| !floor.is_valid()) {
            return Some(("price_floor", "needs a positive amount and measure"));
        }
        (self.last_dispatch_margin_minutes > 720)
            .then_some(("last_dispatch_margin_minutes", "must be at most 720"))
    }
}

impl PriceFloor {
    fn is_valid(&self) -> bool {
        (1..=1_000_000_000_000).contains(&self.amount.amount)
            && (1..=100_000).contains(&self.per_millilitres)
    }
}

/// A text that can be shown and kept as a name.
pub fn is_name(text: &str) -> bool {
    (1..=100).contains(&text.chars().count())
        && !text.trim().is_empty()
        && wire::plain_text(text, &()).is_ok()
}

/// Hours are looked at minute by minute, so nothing finer may be said.
fn flaw_of_hours(hours: &Hours) -> Option<&'static str> {
    if hours.exceptions.len() > 1000 {
        return Some("has more than 1000 exceptions");
    }
    let days = || hours.week.iter().chain(hours.exceptions.values());
    if days().any(|day| day.len() > 10) {
        return Some("has a day with more than 10 spans");
    }
    let whole = |span: &Span| {
        [span.from, span.until].iter().all(|at| at.second() == 0 && at.subsec_nanosecond() == 0)
    };
    days().flatten().any(|span| !whole(span)).then_some("must begin and end on whole minutes")
}
