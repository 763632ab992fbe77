//! What of an old order can be had again: as far as the store has it, beside what is in the cart
//! already. Pure.

use std::collections::BTreeSet;

use cart_api::IfMissing;
use catalogue_api::Offers;
use kernel::ProductId;
use serde::Serialize;

use crate::db::cart::Line;

/// So many of a product shall be in the cart.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    pub product: ProductId,
    pub quantity: u32,
    pub if_missing: Option<IfMissing>,
}

/// What became of one product that was wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Refilled {
    pub product: ProductId,
    /// Absent where the product is not known any more.
    pub name: Option<String>,
    pub outcome: Outcome,
    /// How many were wanted.
    pub wanted: u32,
    /// How many were in the cart before: putting that back undoes it.
    pub was: u32,
    /// How many are in the cart now.
    pub now: u32,
}

/// How much of what was wanted is in the cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RefillOutcome)]
pub enum Outcome {
    /// At least as many as were wanted.
    Whole,
    /// The store has fewer.
    Fewer,
    /// The store has no more.
    SoldOut,
    /// The store does not sell it any more.
    NotOffered,
    /// The cart holds as many different products as it may.
    NoRoom,
}

/// Nothing is taken out, and nobody gets more than they wanted or than there is: so the same words
/// said twice make no difference. A product that is named twice counts once. `most` is how many
/// different products a cart may hold.
pub fn refill(wanted: &[Wanted], there: &[Line], offers: &Offers, most: usize) -> Vec<Refilled> {
    let mut products: BTreeSet<ProductId> = there.iter().map(|line| line.product).collect();
    let mut named = BTreeSet::new();
    let mut one = |Wanted { product, quantity, .. }: &Wanted| {
        let line = there.iter().find(|line| line.product == *product);
        let was = line.map_or(0, |line| line.quantity);
        let offer = offers.offers.iter().find(|offer| offer.product == *product);
        let missing = offers.missing.iter().find(|missing| missing.product == *product);
        let name = offer.map(|offer| offer.name.clone());
        let name = name.or_else(|| missing.and_then(|missing| missing.name.clone()));
        let full = was == 0 && products.len() >= most;
        let (outcome, now) = match offer.map(|offer| offer.free) {
            _ if was >= *quantity => (Outcome::Whole, was),
            None => (Outcome::NotOffered, was),
            Some(free) if free <= was => (Outcome::SoldOut, was),
            Some(_) if full => (Outcome::NoRoom, was),
            Some(free) if free < *quantity => (Outcome::Fewer, free),
            Some(_) => (Outcome::Whole, *quantity),
        };
        if now > 0 {
            products.insert(*product);
        }
        Refilled { product: *product, name, outcome, wanted: *quantity, was, now }
    };
    let once = wanted.iter().filter(|wanted| named.insert(wanted.product));
    once.map(&mut one).collect()
}

#[cfg(test)]
mod tests {
    use catalogue_api::{Offer, StoreFacts};
    use kernel::{AlcoholClass, Currency, Drink, Hours, Money, Place, StoreId, VendorId};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn product(number: u8) -> ProductId {
        ProductId::from_uuid(Uuid::from_u128(number.into()))
    }

    fn offers(free: &[Option<u32>]) -> Offers {
        let drink = Drink { class: AlcoholClass::Wine, abv_bp: 1200, volume_ml: 750, pack: 1 };
        let offer = |(number, free): (usize, &Option<u32>)| {
            free.map(|free| Offer {
                product: product(number as u8),
                name: format!("Bottle {number}"),
                category: "wine".into(),
                drink,
                price: Money::new(999, Currency::USD),
                tax_class: "standard".into(),
                deposit: None,
                free,
            })
        };
        Offers {
            store: StoreFacts {
                store: StoreId::new(),
                vendor: VendorId::new(),
                name: "A store".into(),
                address: "418 E Locust St".into(),
                place: Place { lat: 41.59, lon: -93.61 },
                time_zone: "America/Chicago".into(),
                currency: Currency::USD,
                preparation_minutes: 8,
            },
            offers: free.iter().enumerate().filter_map(offer).collect(),
            missing: vec![],
            open_now: true,
            paused: None,
            least_order: None,
            hours: Hours::default(),
            reaches_door: None,
        }
    }

    fn lines(there: &[(u8, u32)]) -> Vec<Line> {
        let line = |(number, quantity): &(u8, u32)| Line {
            product: product(*number),
            quantity: *quantity,
            if_missing: None,
            seen_price: None,
        };
        there.iter().map(line).collect()
    }

    fn wants(wanted: &[(u8, u32)]) -> Vec<Wanted> {
        let want = |(number, quantity): &(u8, u32)| Wanted {
            product: product(*number),
            quantity: *quantity,
            if_missing: None,
        };
        wanted.iter().map(want).collect()
    }

    #[test]
    fn each_line_is_told_of() {
        let offers = offers(&[Some(9), Some(2), Some(0), None, Some(9), Some(3)]);
        let wanted = wants(&[(0, 2), (1, 3), (2, 1), (3, 1), (4, 1), (5, 4)]);
        let told = refill(&wanted, &lines(&[(4, 5), (5, 3)]), &offers, 100);
        let told: Vec<_> = told.iter().map(|one| (one.outcome, one.was, one.now)).collect();
        assert_eq!(
            told,
            [
                (Outcome::Whole, 0, 2),
                (Outcome::Fewer, 0, 2),
                (Outcome::SoldOut, 0, 0),
                (Outcome::NotOffered, 0, 0),
                (Outcome::Whole, 5, 5),
                (Outcome::SoldOut, 3, 3),
            ]
        );
        let told = refill(&wanted, &lines(&[(4, 5), (5, 3)]), &offers, 3);
        assert_eq!(told[1].outcome, Outcome::NoRoom, "one more went in, and the cart is full");
    }

    proptest! {
        #[test]
        fn nothing_is_taken_out_and_nothing_put_in_that_is_not_there(
            free in prop::collection::vec(prop::option::of(0..12_u32), 8),
            there in prop::collection::btree_map(0..8_u8, 1..12_u32, 0..8),
            wanted in prop::collection::vec((0..8_u8, 1..12_u32), 0..10),
            most in 1..10_usize,
        ) {
            let (offers, there) = (offers(&free), there.into_iter().collect::<Vec<_>>());
            let before = lines(&there);
            let told = refill(&wants(&wanted), &before, &offers, most);
            let mut after: std::collections::BTreeMap<_, _> =
                before.iter().map(|line| (line.product, line.quantity)).collect();
            for one in &told {
                let free = offers.offers.iter().find(|offer| offer.product == one.product);
                let free = free.map_or(0, |offer| offer.free);
                prop_assert!(one.now >= one.was && one.now <= one.was.max(one.wanted.min(free)));
                prop_assert_eq!(one.outcome == Outcome::Whole, one.now >= one.wanted);
                prop_assert_eq!(after.get(&one.product).copied().unwrap_or(0), one.was);
                if one.now > 0 {
                    after.insert(one.product, one.now);
                }
            }
            prop_assert!(after.len() <= most.max(there.len()));
            let after: Vec<Line> = after
                .into_iter()
                .map(|(product, quantity)| Line {
                    product,
                    quantity,
                    if_missing: None,
                    seen_price: None,
                })
                .collect();
            let again = refill(&wants(&wanted), &after, &offers, most);
            let quantities = |all: &[Refilled]| all.iter().map(|one| one.now).collect::<Vec<_>>();
            prop_assert_eq!(quantities(&told), quantities(&again));
            prop_assert!(again.iter().all(|one| one.was == one.now));
        }
    }
}
