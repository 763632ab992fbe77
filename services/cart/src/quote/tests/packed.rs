//! What holds of an order that is packed in part.

use proptest::sample::Index;

use super::*;
use crate::quote::packed::{PackedError, Part, packed};

/// For each line how many are there, how many are put in for the rest, and which of the offers.
type Picks = Vec<(Index, Index, Option<Index>)>;

/// The agreed quote, the one of what is packed, and how many of what.
type Both = (Quote, Quote, Vec<(u32, u32)>);

/// The agreed quote and the one of what is packed, with what is put in: offers of their own.
fn packed_of(case: &Case, picks: &Picks, others: &[Offer]) -> Option<Both> {
    let agreed = case.quoted().unwrap().quote;
    let mut counts = Vec::new();
    let mut others = others.iter();
    let parts: Vec<Part> = case
        .lines
        .iter()
        .zip(picks)
        .map(|((offer, ordered), (there, rest, instead))| {
            let quantity = there.index(*ordered as usize + 1) as u32;
            let put_in = rest.index((ordered - quantity) as usize + 1) as u32;
            let other = instead.and(others.next()).filter(|_| put_in > 0);
            counts.push((quantity, other.map_or(0, |_| put_in)));
            Part { offer, quantity, instead: other.map(|other| (other, put_in)) }
        })
        .collect();
    match packed(&agreed, &parts, &case.tariff) {
        Ok(quote) => Some((agreed, quote, counts)),
        Err(PackedError::CostsMore(..)) => None,
        Err(error) => panic!("{error}"),
    }
}

fn with_others() -> impl Strategy<Value = (Case, Picks, Vec<Offer>)> {
    case(200_000).prop_flat_map(|case| {
        let currency = case.currency;
        let picks = vec((any::<Index>(), any::<Index>(), option::of(any::<Index>())), 8);
        (Just(case), picks, vec(offer(currency, 200_000), 8)).prop_map(
            |(case, picks, mut others)| {
                for (number, other) in others.iter_mut().enumerate() {
                    other.product = product(100 + number as u128);
                }
                (case, picks, others)
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Its parts add up to the minor unit; nothing is negative but discounts; neither the whole nor
    /// any line, with what is put in for it, costs more than was agreed to.
    #[test]
    fn it_adds_up_and_never_rises((case, picks, others) in with_others()) {
        let Some((agreed, quote, counts)) = packed_of(&case, &picks, &others) else { return Ok(()) };
        let lines: i64 = quote.lines.iter().map(|line| line.total.amount).sum();
        let charges: i64 = quote.charges.iter().map(|charge| charge.amount.amount).sum();
        prop_assert_eq!(quote.total.amount, lines + charges);
        prop_assert!(quote.total.amount <= agreed.total.amount);
        prop_assert_eq!(&quote.charges, &agreed.charges);
        let on_top = quote.tax.amount - quote.tax_included.amount;
        let parts = quote.subtotal.amount - quote.discount.amount + on_top
            + quote.deposit.amount + quote.fees.amount + quote.tip.amount;
        prop_assert_eq!(quote.total.amount, parts);
        for charge in all(&quote) {
            prop_assert_eq!(charge.amount.amount < 0, is_discount(charge), "{:?}", charge);
        }
        let mut left = quote.lines.iter();
        for (line, (there, put_in)) in agreed.lines.iter().zip(counts) {
            let mut cost = 0;
            for quantity in [there, put_in].into_iter().filter(|quantity| *quantity > 0) {
                let now = left.next().unwrap();
                prop_assert_eq!(now.quantity, quantity);
                prop_assert!(now.total.amount >= 0 && now.net_unit_price.amount >= 0);
                cost += now.total.amount;
            }
            prop_assert!(cost <= line.total.amount, "{} for {}", cost, line.total.amount);
            if there == line.quantity {
                prop_assert_eq!(cost, line.total.amount);
            }
        }
        prop_assert!(left.next().is_none());
    }

    /// Each authority gets what its rate says of what is really sold, each rate rounded on its own,
    /// also of what is put in; and excise by the litres that are really sold.
    #[test]
    fn taxes_are_those_of_what_is_sold((mut case, picks, others) in with_others()) {
        case.tariff.prices_include_tax = false;
        case.tariff.tax_on_excise = false;
        let Some((agreed, quote, _)) = packed_of(&case, &picks, &others) else { return Ok(()) };
        let offers: Vec<&Offer> = case.lines.iter().map(|(offer, _)| offer).chain(&others).collect();
        for line in quote.lines.iter().filter(|line| !agreed.lines.contains(line)) {
            let offer = offers.iter().find(|offer| offer.product == line.product).unwrap();
            let net = line.unit_price.amount * i64::from(line.quantity)
                + line.charges.iter().filter(|c| is_discount(c)).map(|c| c.amount.amount).sum::<i64>();
            let taxes: Vec<i64> = line.charges.iter().filter(|c| c.kind == ChargeKind::SalesTax)
                .map(|charge| charge.amount.amount).collect();
            let rates = case.tariff.rates(&offer.tax_class).unwrap();
            let owed: Vec<i64> = rates.iter()
                .map(|rate| ((i128::from(net) * i128::from(rate.ppm) * 2 + 1_000_000) / 2_000_000) as i64)
                .filter(|tax| *tax > 0).collect();
            prop_assert_eq!(taxes, owed);
            let deposit = offer.deposit.as_ref().map_or(0, |d| d.per_unit.amount) * i64::from(line.quantity);
            let paid: i64 = line.charges.iter().filter(|c| c.kind == ChargeKind::Deposit)
                .map(|charge| charge.amount.amount).sum();
            prop_assert_eq!(paid, deposit);
        }
    }

    /// One unit more never costs less, and all of them cost what was agreed to.
    #[test]
    fn more_units_never_cost_less(case in case(20_000)) {
        let agreed = case.quoted().unwrap().quote;
        for ((offer, ordered), line) in case.lines.iter().zip(&agreed.lines) {
            let mut before = 0;
            for quantity in 0..=(*ordered).min(40) {
                let part = Part { offer, quantity, instead: None };
                let quote = packed(&agreed, &[part], &case.tariff).unwrap();
                prop_assert!(quote.total.amount >= before);
                before = quote.total.amount;
            }
            if *ordered <= 40 {
                prop_assert_eq!(before, agreed.total.amount, "{}", line.name);
            }
        }
    }
}

fn bottle(number: u128, price: i64, deposit: Option<i64>) -> Offer {
    Offer {
        product: product(number),
        name: "A bottle".into(),
        category: "wine".into(),
        drink: Drink { class: AlcoholClass::Wine, abv_bp: 1_200, volume_ml: 750, pack: 1 },
        price: usd(price),
        tax_class: "standard".into(),
        deposit: deposit.map(|each| Deposit { per_unit: usd(each) }),
        free: 9,
    }
}

fn usd(amount: i64) -> Money {
    Money::new(amount, Currency::USD)
}

/// Three at 10.00 with ten percent off and a tax of ten percent: 29.70.
fn three() -> Case {
    let rate = TaxRate { label: "Tax".into(), ppm: 100_000, authority: None };
    let percent = promotion::Benefit::Percent { ppm: 100_000 };
    Case {
        currency: Currency::USD,
        lines: vec![(bottle(1, 1_000, None), 3)],
        promotions: vec![Promotion {
            terms: promotion::Terms {
                label: "Ten off".into(),
                scope: Scope::Everything {},
                benefit: percent,
                min_spend: None,
            },
            valid_from: Timestamp::MIN,
            valid_until: None,
        }],
        coupons: vec![],
        tariff: Tariff {
            currency: Currency::USD,
            prices_include_tax: false,
            tax_on_excise: false,
            tax_classes: vec![TaxClass { name: "standard".into(), rates: vec![rate] }],
            excise: vec![],
            fee_tax_class: None,
            delivery: DeliveryFee { base: 0, per_km: 0, free_metres: 0, free_from: None },
            service: ServiceFee { ppm: 0, least: 0, most: 0 },
            most_tip: 0,
        },
        metres: None,
        tip: 0,
    }
}

#[test]
fn what_is_put_in_costs_its_own_price_but_no_more() {
    let case = three();
    let agreed = case.quoted().unwrap().quote;
    assert_eq!(agreed.total, usd(2_970));
    let totals = |other: &Offer, quantity| {
        let part = Part { offer: &case.lines[0].0, quantity: 1, instead: Some((other, quantity)) };
        let quote = packed(&agreed, &[part], &case.tariff)?;
        Ok::<_, PackedError>(quote.lines.iter().map(|line| line.total.amount).collect::<Vec<_>>())
    };
    // One that is there is 9.00 and 0.90 tax; two dearer ones come to what the missing two do.
    assert_eq!(totals(&bottle(2, 1_500, None), 2).unwrap(), [990, 1_980]);
    // A cheaper one is its own price, taxed as such.
    assert_eq!(totals(&bottle(2, 500, None), 2).unwrap(), [990, 1_100]);
    // A deposit that the ordered one had not is found in the price.
    assert_eq!(totals(&bottle(2, 1_500, Some(100)), 1).unwrap(), [990, 990]);
    let part =
        Part { offer: &case.lines[0].0, quantity: 1, instead: Some((&bottle(2, 1_500, None), 2)) };
    let quote = packed(&agreed, &[part], &case.tariff).unwrap();
    let discounts = quote.lines.iter().map(|line| line.charges[0].of.clone().unwrap());
    let matched = ChargeOf { matched: true, ..ChargeOf::default() };
    assert_eq!(discounts.collect::<Vec<_>>(), [ChargeOf::name("Ten off"), matched]);
    let dear = totals(&bottle(2, 1_500, Some(991)), 1);
    assert_eq!(dear, Err(PackedError::CostsMore(product(2), usd(990))));
    let many = totals(&bottle(2, 500, None), 3);
    assert_eq!(many, Err(PackedError::NotOrdered(product(1))));
    let same = totals(&bottle(1, 500, None), 2);
    assert_eq!(same, Err(PackedError::Quote(QuoteError::Twice(product(1)))));
}
