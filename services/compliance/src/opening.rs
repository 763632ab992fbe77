//! What the law says of a store's next days, before anybody has chosen a bottle. Pure.

use std::collections::BTreeSet;

use compliance_api::{ClassAgainst, Facts, Moment, Opening, Seller};
use jiff::{SignedDuration, Timestamp, civil::Time, tz::TimeZone};
use kernel::{AlcoholClass, Hours, PersonId, Place};
use uuid::Uuid;

use crate::{
    judge::{Case, Finding, of_class},
    jurisdiction::{Jurisdiction, Law},
    licence::Licence,
};

/// All that can be alcohol.
pub const CLASSES: [AlcoholClass; 3] =
    [AlcoholClass::Beer, AlcoholClass::Wine, AlcoholClass::Spirits];
/// As far as it is looked ahead.
const AHEAD: SignedDuration = SignedDuration::from_hours(8 * 24);

/// A store and a door, and the law of both.
pub struct Sale<'a> {
    pub law: &'a Law,
    pub licence: Option<&'a Licence>,
    pub seller: &'a Seller,
    /// By whose clock the store is open.
    pub zone: &'a TimeZone,
    pub door_place: Option<Place>,
}

/// What may not be sold at `now` and why, and when the store is open and may sell anything.
pub fn opening(sale: &Sale, now: Timestamp) -> Opening {
    let found = CLASSES.map(|class| (class, sale.judged(class, now)));
    let minimum_age = found.iter().filter_map(|(_, finding)| finding.minimum_age).max();
    let against = || found.iter().filter(|(_, finding)| !finding.allowed());
    let open = |at| sale.seller.hours.open_at(at, sale.zone);
    if open(now) && against().next().is_none() {
        return Opening { minimum_age, against: vec![], next: Some(now) };
    }
    let turns = sale.turns(now);
    let lawful = |class, at| sale.judged(class, at).allowed();
    let class_against = |(class, finding): &(AlcoholClass, Finding)| ClassAgainst {
        class: *class,
        reasons: finding.reasons.clone(),
        until: turns.iter().copied().find(|at| lawful(*class, *at)),
    };
    let against = against().map(class_against).collect();
    let sells = |at: &Timestamp| open(*at) && CLASSES.iter().any(|class| lawful(*class, *at));
    let next = std::iter::once(now).chain(turns.iter().copied()).find(sells);
    Opening { minimum_age, against, next }
}

impl Sale<'_> {
    /// What stands against a class that is ordered then.
    fn judged(&self, class: AlcoholClass, at: Timestamp) -> Finding {
        let takes = SignedDuration::from_secs(self.seller.takes_seconds.into());
        let facts = Facts {
            // To a certain door it is asked what placing an order would be.
            moment: if self.door_place.is_some() { Moment::Placement } else { Moment::Cart },
            subject: String::new(),
            store: self.seller.store,
            store_place: self.seller.place,
            door_place: self.door_place,
            address_kind: None,
            customer: PersonId::from_uuid(Uuid::nil()),
            at,
            back_by: at.checked_add(takes).ok(),
            shown_date_of_birth: None,
            shown_valid_until: None,
            items: vec![],
        };
        let (law, licence) = (self.law, self.licence);
        of_class(&Case { facts: &facts, law, licence, stated_date_of_birth: None }, class)
    }

    /// The instants after now at which the store may open or something may become lawful.
    fn turns(&self, now: Timestamp) -> BTreeSet<Timestamp> {
        let Ok(to) = now.checked_add(AHEAD) else { return BTreeSet::new() };
        let mut turns = self.seller.hours.turns(now, to, self.zone);
        let doors = self.door_place.into_iter();
        for jurisdiction in
            std::iter::once(self.seller.place).chain(doors).filter_map(|place| self.law.at(place))
        {
            turns.extend(self.turns_of(jurisdiction, now, to));
        }
        turns.remove(&now);
        turns
    }

    fn turns_of(
        &self,
        jurisdiction: &Jurisdiction,
        now: Timestamp,
        to: Timestamp,
    ) -> BTreeSet<Timestamp> {
        let zone = &jurisdiction.time_zone;
        let rulebooks = self.law.rulebooks.iter();
        let books = rulebooks.filter(|book| book.jurisdiction == jurisdiction.code);
        // Dry days and licences begin and end with days.
        let mut turns = Hours::daily(Time::midnight(), Time::midnight()).turns(now, to, zone);
        for book in books.filter(|book| book.valid_from <= to) {
            let rules = &book.rules;
            let classes = CLASSES.iter().filter_map(|class| rules.of(*class));
            let of_sale = classes.map(|class| &class.sale_hours);
            for hours in of_sale.chain(&rules.delivery_hours) {
                turns.extend(hours.turns(now, to, zone));
            }
            turns.extend((book.valid_from > now).then_some(book.valid_from));
        }
        turns
    }
}
