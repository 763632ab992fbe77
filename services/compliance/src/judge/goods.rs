//! Is it too much, or too cheap?

use compliance_api::Item;
use kernel::{AlcoholClass, Drink, Rounding, rate_of};
use serde_json::json;

use super::{Applied, Finding, name};
use crate::rulebook::{Limits, PriceFloor};

/// Ten-thousandths of a millilitre of pure alcohol in a millilitre of it.
const PURE: u32 = 10_000;

/// The most alcohol, in hundredths of a percent, that a drink of no class may have: a rest of
/// fermentation, as in kefir or kombucha.
const MOST_WITHOUT_CLASS: u32 = 120;

/// What is not clear about an item is no reason to let it pass as free of alcohol.
pub(super) fn unclear(item: &Item, finding: &mut Finding) {
    match (item.drink.class, item.drink.abv_bp) {
        (AlcoholClass::None, abv_bp) if abv_bp > MOST_WITHOUT_CLASS => {
            let detail = "It has alcohol, and nobody said of which class.";
            finding.against_item("alcohol-unknown", item, detail, json!({"says": "class"}));
        }
        (AlcoholClass::Spirits, 0) => {
            let detail = "It is a spirit, and nobody said how strong.";
            finding.against_item("alcohol-unknown", item, detail, json!({"says": "strength"}));
        }
        _ => {}
    }
}

pub(super) fn check(goods: &[&Item], applied: Applied, finding: &mut Finding) {
    let (rules, place) = (&applied.book.rules, &applied.jurisdiction.name);
    within(rules.limits, Amount::of(goods.iter().copied()), (place, None), finding);
    for class in [AlcoholClass::Beer, AlcoholClass::Wine, AlcoholClass::Spirits] {
        let Some(limits) = rules.of(class).map(|rules| rules.limits) else { continue };
        let of_class = goods.iter().copied().filter(|item| item.drink.class == class);
        within(limits, Amount::of(of_class), (place, Some(class)), finding);
    }
    if let Some(floor) = rules.price_floor {
        for item in goods {
            above(floor, item, place, finding);
        }
    }
}

/// How much there is in all. Too large to count is too much: sums stop at the largest number.
#[derive(Default)]
struct Amount {
    containers: u128,
    millilitres: u128,
    /// In ten-thousandths of a millilitre.
    pure_alcohol: u128,
}

impl Amount {
    fn of<'a>(goods: impl Iterator<Item = &'a Item>) -> Self {
        goods.fold(Self::default(), |sum, item| {
            let Drink { abv_bp, volume_ml, pack, .. } = item.drink;
            let containers = u128::from(item.quantity) * u128::from(pack);
            let millilitres = containers.saturating_mul(u128::from(volume_ml));
            let pure_alcohol = millilitres.saturating_mul(u128::from(abv_bp));
            Self {
                containers: sum.containers.saturating_add(containers),
                millilitres: sum.millilitres.saturating_add(millilitres),
                pure_alcohol: sum.pure_alcohol.saturating_add(pure_alcohol),
            }
        })
    }
}

/// The limits of a place on a class of alcohol, or on all of it.
fn within(
    limits: Limits,
    amount: Amount,
    (place, class): (&str, Option<AlcoholClass>),
    finding: &mut Finding,
) {
    let what = class.map_or("alcohol", name);
    let facts = |most: u32| json!({"says": "most", "place": place, "most": most, "class": class});
    if let Some(most) = limits.containers
        && amount.containers > u128::from(most)
    {
        let detail = format!("{place} allows at most {most} containers of {what} per order.");
        finding.against("too-many-units", detail, facts(most));
    }
    if let Some(most) = limits.millilitres
        && amount.millilitres > u128::from(most)
    {
        let detail = format!("{place} allows at most {most} ml of {what} per order.");
        finding.against("too-many-litres", detail, facts(most));
    }
    if let Some(most) = limits.pure_alcohol_millilitres
        && amount.pure_alcohol > u128::from(most) * u128::from(PURE)
    {
        let detail = format!("{place} allows at most {most} ml of pure alcohol in {what}.");
        finding.against("too-much-pure-alcohol", detail, facts(most));
    }
}

fn above(floor: PriceFloor, item: &Item, place: &str, finding: &mut Finding) {
    let Some(least) = least(floor, item.drink) else {
        let detail = format!("Nobody can tell what {place} wants this to cost at least.");
        let facts = json!({"says": "unclear", "place": place});
        finding.against_item("below-price-floor", item, detail, facts);
        return;
    };
    let currency = floor.amount.currency;
    if item.unit_price.currency != currency || item.unit_price.amount < least {
        let least = kernel::Money::new(least, currency);
        let detail = format!("In {place} this must cost at least {least}.");
        let facts = json!({"says": "least", "place": place, "least": least});
        finding.against_item("below-price-floor", item, detail, facts);
    }
}

/// What one unit must cost at least, in minor units; none when that is too much to count.
fn least(floor: PriceFloor, drink: Drink) -> Option<i64> {
    let millilitres = i128::from(drink.volume_ml) * i128::from(drink.pack);
    let pure_alcohol = millilitres.checked_mul(i128::from(drink.abv_bp))?;
    let measure = i128::from(floor.per_millilitres) * i128::from(PURE);
    rate_of(floor.amount.amount, pure_alcohol, measure, Rounding::Up).ok()
}

#[cfg(test)]
mod tests {
    use kernel::{Currency, Money};

    use super::*;

    fn bottle(abv_bp: u32, volume_ml: u32) -> Drink {
        Drink { class: AlcoholClass::Spirits, abv_bp, volume_ml, pack: 1 }
    }

    /// The example of the Scottish Government's guidance: 65 p × 0.4 × 0.7 l × 100 = £18.20.
    #[test]
    fn a_bottle_of_whisky_in_scotland() {
        let floor = PriceFloor { amount: Money::new(65, Currency::GBP), per_millilitres: 10 };
        assert_eq!(least(floor, bottle(4000, 700)), Some(1820));
        assert_eq!(least(floor, bottle(3750, 700)), Some(1707), "1706.25 goes up");
    }

    #[test]
    fn what_cannot_be_counted_has_no_least_price() {
        let floor = PriceFloor { amount: Money::new(i64::MAX, Currency::GBP), per_millilitres: 1 };
        assert_eq!(least(floor, Drink { pack: u32::MAX, ..bottle(u32::MAX, u32::MAX) }), None);
    }
}
