//! Rules about what an order is made of and what of it goes back. Pure.

use anyhow::{Context as _, ensure};
use cart_api::{AgreedSlot, Claimed, Destination, Quote, Slot};
use catalogue_api::StoreFacts;
use compliance_api::{Facts, Item, Leaving, Moment};
use delivery_api::Estimate;
use jiff::{SignedDuration, Timestamp};
use kernel::{AlcoholClass, CustomerId, LineId, Money, MoneyError, OrderId, spread};
use orders_api::OrderLine;
use serde::{Deserialize, Serialize};

/// What was agreed to, as it was then: no later change of a store or an address changes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contents {
    pub store: StoreFacts,
    pub destination: Destination,
    pub quote: Quote,
    /// None for as soon as possible.
    #[serde(default)]
    pub slot: Option<AgreedSlot>,
}

impl Contents {
    /// When the store has to have it packed that begins with it then: as the slot wants it.
    pub fn due_at(&self, begins: Timestamp, preparation_minutes: u32) -> Timestamp {
        let minutes = SignedDuration::from_mins(preparation_minutes.into());
        self.slot.map_or(begins + minutes, |slot| slot.packed_by)
    }

    /// Until when the customer may pay: as long as everyone, unless it could not come in time then.
    pub fn pay_by(&self, usual: Timestamp) -> Timestamp {
        self.slot.map_or(usual, |slot| slot.pay_by.min(usual))
    }

    /// Until when the store may accept it: as long as every order, or until it has to begin; never
    /// so long that it cannot come in time.
    pub fn accept_by(&self, usual: Timestamp) -> Timestamp {
        self.slot.map_or(usual, |slot| slot.accept_by.max(usual.min(slot.begin_by)))
    }
}

/// A claimed cart as an order keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreed {
    pub contents: Contents,
    pub lines: Vec<OrderLine>,
    /// Fees and tip.
    pub charges: Money,
}

/// Reads a claimed cart; an error when it does not add up.
pub fn agreed(claimed: Claimed) -> anyhow::Result<Agreed> {
    let quote = &claimed.quote;
    let charges = sum(quote.total, quote.charges.iter().map(|charge| charge.amount))?;
    let goods = sum(quote.total, quote.lines.iter().map(|line| line.total))?;
    ensure!(
        goods.plus(charges)? == quote.total && charges.amount >= 0,
        "the quote of cart {} does not add up",
        claimed.cart
    );
    let line = |quoted: &cart_api::QuotedLine| {
        let of_product = claimed.lines.iter().find(|line| line.product == quoted.product);
        let of_product = of_product.context("a quoted product is not in the cart")?;
        Ok(OrderLine {
            line: LineId::new(),
            product: quoted.product,
            name: quoted.name.clone(),
            category: of_product.category.clone(),
            drink: quoted.drink,
            quantity: quoted.quantity,
            delivered: 0,
            net_unit_price: quoted.net_unit_price,
            total: quoted.total,
            if_missing: of_product.if_missing,
        })
    };
    let lines = quote.lines.iter().map(line).collect::<anyhow::Result<_>>()?;
    let contents = Contents {
        store: claimed.store_facts,
        destination: claimed.destination,
        quote: claimed.quote,
        slot: claimed.slot,
    };
    Ok(Agreed { contents, lines, charges })
}

fn sum(like: Money, amounts: impl Iterator<Item = Money>) -> Result<Money, MoneyError> {
    amounts.into_iter().try_fold(Money::zero(like.currency), Money::plus)
}

/// The kinds of drink in an order, each once.
pub fn classes(lines: &[OrderLine]) -> Vec<AlcoholClass> {
    let mut classes: Vec<AlcoholClass> = Vec::new();
    for line in lines {
        if !classes.contains(&line.drink.class) {
            classes.push(line.drink.class);
        }
    }
    classes
}

/// From when until when a driver may leave who brings it within that slot, or, without one, at `soon`
/// at the latest.
pub fn leaving(slot: Option<Slot>, trip: Estimate, now: Timestamp, soon: Timestamp) -> Leaving {
    let (first, last) = slot.map_or((now, soon), |slot| trip.leaving(slot));
    let last = last.max(now);
    Leaving { first: first.max(now), last, back_by: trip.back_by(last) }
}

/// From when until when a driver may leave with what is placed at `now`.
pub fn leaving_if_placed(claimed: &Claimed, now: Timestamp) -> Leaving {
    let (slot, trip) = (claimed.slot.map(|agreed| agreed.slot), claimed.trip);
    let soon = trip.leaves_if_placed(now, claimed.store_facts.preparation_minutes);
    leaving(slot, trip, now, soon)
}

/// What the law is asked when the order is placed: should the door refuse, the driver must be back
/// within the hours.
pub fn facts_at_placement(
    order: OrderId,
    customer: CustomerId,
    claimed: &Claimed,
    leaving: Leaving,
) -> Facts {
    let item = |line: &cart_api::QuotedLine| Item {
        name: line.name.clone(),
        drink: line.drink,
        quantity: line.quantity,
        unit_price: line.net_unit_price,
    };
    Facts {
        moment: Moment::Placement,
        subject: order.to_string(),
        store: claimed.store,
        store_place: claimed.store_facts.place,
        door_place: Some(claimed.destination.place),
        address_kind: claimed.destination.kind,
        customer: customer.cast(),
        at: leaving.first,
        back_by: Some(leaving.back_by),
        shown_date_of_birth: None,
        shown_valid_until: None,
        items: claimed.quote.lines.iter().map(item).collect(),
    }
}

/// What the customer gets back for the units that were not handed over: of each line its share,
/// so that kept and given back add up to the line to the minor unit; `charges` too where they are
/// to be given back.
pub fn refund(lines: &[OrderLine], charges: Option<Money>, like: Money) -> anyhow::Result<Money> {
    let mut refund = charges.unwrap_or(Money::zero(like.currency));
    for line in lines {
        let back = line.quantity.checked_sub(line.delivered).context("more came than went")?;
        let shares = spread(line.total.amount, &[line.delivered.into(), back.into()]);
        refund = refund.plus(Money::new(shares[1], line.total.currency))?;
    }
    ensure!(refund.amount <= like.amount, "a refund of {refund} is more than {like}");
    Ok(refund)
}

/// A short name for people to say: six characters without `I`, `L`, `O` and `U`.
pub fn number(random: [u8; 4]) -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let bits = u32::from_be_bytes(random);
    let letter = |place: u32| char::from(LETTERS[(bits >> (5 * place)) as usize % 32]);
    let all: String = (0..6).map(letter).collect();
    format!("{}-{}", &all[..4], &all[4..])
}

/// A number as it is kept, of how somebody typed it. Letters that no number has are those that look
/// like them.
pub fn said(typed: &str) -> String {
    let letter = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let mut all: String =
        typed.chars().filter(|c| !c.is_whitespace() && *c != '-').map(letter).collect();
    if let Some((at, _)) = all.char_indices().nth(4) {
        all.insert(at, '-');
    }
    all
}

#[cfg(test)]
mod tests {
    use kernel::{AlcoholClass, Currency, Drink, ProductId};
    use proptest::prelude::*;

    use super::*;

    fn line(quantity: u32, delivered: u32, total: i64, currency: Currency) -> OrderLine {
        OrderLine {
            line: LineId::new(),
            product: ProductId::new(),
            name: "Rye".into(),
            category: "spirits/whiskey/rye".into(),
            drink: Drink { class: AlcoholClass::Spirits, abv_bp: 4500, volume_ml: 750, pack: 1 },
            quantity,
            delivered,
            net_unit_price: Money::zero(currency),
            total: Money::new(total, currency),
            if_missing: cart_api::IfMissing::None,
        }
    }

    fn total(lines: &[OrderLine], charges: Money) -> Money {
        lines.iter().fold(charges, |sum, line| sum.plus(line.total).unwrap())
    }

    #[test]
    fn two_thirds_of_a_dollar_go_back() {
        let lines = [line(3, 1, 100, Currency::USD)];
        let all = Money::new(100, Currency::USD);
        assert_eq!(refund(&lines, None, all).unwrap().amount, 67);
    }

    #[test]
    fn a_number_can_be_said() {
        assert_eq!(number([0; 4]), "0000-00");
        assert_eq!(number([0xff; 4]), "ZZZZ-ZZ");
        for typed in ["K7Q2-9F", " k7q29f", "k7q2 9f"] {
            assert_eq!(said(typed), "K7Q2-9F");
        }
        assert_eq!((said("oil").as_str(), said("").as_str()), ("011", ""));
    }

    proptest! {
        /// In every currency, what is kept and what goes back add up to the total; what went back
        /// whole is refunded whole, what was delivered whole is not refunded at all.
        #[test]
        fn kept_and_refunded_add_up(
            raw in prop::collection::vec((1_u32..1000, 0_u32..1000, 0_i64..100_000_000), 1..20),
            charges in 0_i64..100_000,
            currency in prop::sample::select(vec![Currency::USD, Currency::JPY, Currency::KWD]),
        ) {
            let lines: Vec<_> = raw.iter()
                .map(|(quantity, some, total)| line(*quantity, some % (quantity + 1), *total, currency))
                .collect();
            let charges = Money::new(charges, currency);
            let total = total(&lines, charges);
            let back = refund(&lines, None, total).unwrap();
            let mirrored: Vec<_> = lines.iter()
                .map(|line| OrderLine { delivered: line.quantity - line.delivered, ..line.clone() })
                .collect();
            let kept = refund(&mirrored, None, total).unwrap();
            // Each line's half unit may fall to either side, but never outside of the line.
            let slack = i64::try_from(lines.len()).unwrap();
            prop_assert!((back.amount + kept.amount + charges.amount - total.amount).abs() <= slack);
            prop_assert!(back.amount >= 0 && back.amount <= total.amount - charges.amount);

            let whole: Vec<_> =
                lines.iter().map(|line| OrderLine { delivered: line.quantity, ..line.clone() }).collect();
            prop_assert_eq!(refund(&whole, None, total).unwrap().amount, 0);
            let none: Vec<_> =
                lines.iter().map(|line| OrderLine { delivered: 0, ..line.clone() }).collect();
            prop_assert_eq!(refund(&none, Some(charges), total).unwrap(), total);
        }

        /// Handing over one unit more never gives more money back.
        #[test]
        fn a_refund_falls_with_what_is_kept(quantity in 1_u32..50, total in 0_i64..1_000_000) {
            let all = Money::new(total, Currency::USD);
            let back = |delivered| {
                refund(&[line(quantity, delivered, total, Currency::USD)], None, all).unwrap().amount
            };
            for delivered in 0..quantity {
                prop_assert!(back(delivered) >= back(delivered + 1));
            }
        }
    }
}
