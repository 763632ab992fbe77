//! What every quote holds to, over odd cases; and a few that can be checked by hand.

mod examples;
mod packed;

use cart_api::{Charge, ChargeKind, Quote};
use catalogue_api::{Deposit, Offer};
use kernel::{AlcoholClass, Currency, Drink, Money, ProductId};
use proptest::{collection::vec, option, prelude::*, sample::select};

use super::*;
use crate::{
    coupon,
    promotion::{self, Promotion, Scope},
    tariff::{DeliveryFee, Excise, ExciseBasis, ServiceFee, Tariff, TaxClass, TaxRate},
};

const CURRENCIES: [Currency; 3] = [Currency::USD, Currency::JPY, Currency::KWD];
const CLASSES: [AlcoholClass; 4] =
    [AlcoholClass::None, AlcoholClass::Beer, AlcoholClass::Wine, AlcoholClass::Spirits];

/// A basket that owns what it is made of.
#[derive(Debug, Clone)]
pub struct Case {
    pub currency: Currency,
    pub lines: Vec<(Offer, u32)>,
    pub promotions: Vec<Promotion>,
    pub coupons: Vec<Coupon>,
    pub tariff: Tariff,
    pub metres: Option<u32>,
    pub tip: i64,
}

impl Case {
    pub fn quoted(&self) -> Result<Quoted, QuoteError> {
        let lines: Vec<Wanted> = self
            .lines
            .iter()
            .map(|(offer, quantity)| Wanted { offer, quantity: *quantity })
            .collect();
        quote(&Basket {
            currency: self.currency,
            lines: &lines,
            promotions: &self.promotions,
            coupons: &self.coupons,
            tariff: &self.tariff,
            metres: self.metres,
            tip: self.tip,
            at: NOW,
        })
    }
}

pub const NOW: Timestamp = Timestamp::UNIX_EPOCH;

pub fn product(number: u128) -> ProductId {
    ProductId::from_uuid(uuid::Uuid::from_u128(number))
}

fn offer(currency: Currency, most: i64) -> impl Strategy<Value = Offer> {
    (
        // Lines at the same price are those that compete for the odd minor unit.
        prop_oneof![0..=most, select(vec![0, 1, 333, 1_000])],
        select(&CLASSES),
        (0_u32..=9_600, 1_u32..=5_000, 1_u32..=30),
        select(vec!["wine", "wine/red", "winery", "spirits/gin"]),
        select(vec!["standard", "reduced", "exempt"]),
        option::of(0_i64..=300),
    )
        .prop_map(move |(price, class, (abv_bp, volume_ml, pack), category, tax, deposit)| {
            Offer {
                product: product(0),
                name: "A bottle".into(),
                category: category.into(),
                drink: Drink { class, abv_bp, volume_ml, pack },
                price: Money::new(price, currency),
                tax_class: tax.into(),
                deposit: deposit.map(|each| Deposit { per_unit: Money::new(each, currency) }),
                free: 0,
            }
        })
}

fn tax_classes() -> impl Strategy<Value = Vec<TaxClass>> {
    let rates = || {
        // Up to ten rates that are up to the whole price together.
        vec(0_u32..=300_000, 0..=10).prop_map(|rates| {
            let mut left = WHOLE;
            let rates = rates.into_iter().map(|ppm| {
                let ppm = ppm.min(left);
                left -= ppm;
                TaxRate { label: "Tax".into(), ppm, authority: None }
            });
            rates.collect::<Vec<_>>()
        })
    };
    (rates(), rates()).prop_map(|(standard, reduced)| {
        vec![
            TaxClass { name: "standard".into(), rates: standard },
            TaxClass { name: "reduced".into(), rates: reduced },
            TaxClass { name: "exempt".into(), rates: vec![] },
        ]
    })
}

fn tariff(currency: Currency) -> impl Strategy<Value = Tariff> {
    let excise = (select(&CLASSES), any::<bool>(), 0_i64..=5_000_000_000).prop_map(
        |(class, pure, micros_per_litre)| Excise {
            label: "Excise".into(),
            class,
            per: if pure { ExciseBasis::PureAlcohol } else { ExciseBasis::Volume },
            micros_per_litre,
            authority: None,
        },
    );
    let delivery = (0_i64..=1_000, 0_i64..=200, 0_u32..=5_000, option::of(0_i64..=20_000));
    let service = (0_u32..=WHOLE, 0_i64..=500, 0_i64..=900);
    (
        (any::<bool>(), any::<bool>(), any::<bool>()),
        tax_classes(),
        vec(excise, 0..4),
        delivery,
        service,
    )
        .prop_map(
            move |((inclusive, on_excise, fees), tax_classes, excise, delivery, service)| Tariff {
                currency,
                prices_include_tax: inclusive,
                tax_on_excise: on_excise,
                tax_classes,
                excise,
                fee_tax_class: fees.then(|| "standard".into()),
                delivery: DeliveryFee {
                    base: delivery.0,
                    per_km: delivery.1,
                    free_metres: delivery.2,
                    free_from: delivery.3,
                },
                service: ServiceFee { ppm: service.0, least: service.1, most: service.2 },
                most_tip: 0,
            },
        )
}

fn promotion(currency: Currency) -> impl Strategy<Value = Promotion> {
    let benefit = prop_oneof![
        (1..=WHOLE).prop_map(|ppm| promotion::Benefit::Percent { ppm }),
        Just(promotion::Benefit::Percent { ppm: 333_333 }),
        (1_i64..=30_000)
            .prop_map(move |off| promotion::Benefit::Amount { off: Money::new(off, currency) }),
        (2_u32..=12, 1_u32..=11).prop_map(|(buy, pay)| promotion::Benefit::BuyPay { buy, pay }),
    ];
    let scope = prop_oneof![
        Just(Scope::Everything {}),
        Just(Scope::Category { category: "wine".into() }),
        (0_u128..6).prop_map(|number| Scope::Product { product: product(number) }),
    ];
    (benefit, scope, option::of(1_i64..=50_000), any::<bool>()).prop_map(
        move |(benefit, scope, min_spend, over)| Promotion {
            terms: promotion::Terms {
                label: "Promotion".into(),
                scope,
                benefit,
                min_spend: min_spend.map(|amount| Money::new(amount, currency)),
            },
            valid_from: Timestamp::MIN,
            valid_until: over.then_some(NOW),
        },
    )
}

fn a_coupon(currency: Currency) -> impl Strategy<Value = coupon::Terms> {
    let benefit = prop_oneof![
        (1..=WHOLE).prop_map(|ppm| coupon::Benefit::Percent { ppm }),
        (1_i64..=30_000)
            .prop_map(move |off| coupon::Benefit::Amount { off: Money::new(off, currency) }),
        Just(coupon::Benefit::FreeDelivery {}),
    ];
    (benefit, option::of(1_i64..=50_000)).prop_map(move |(benefit, min_spend)| coupon::Terms {
        benefit,
        min_spend: min_spend.map(|amount| Money::new(amount, currency)),
    })
}

pub fn coupon(code: &str, terms: coupon::Terms) -> Coupon {
    Coupon {
        code: Code::new(code).unwrap(),
        store: None,
        terms,
        valid_from: Timestamp::MIN,
        valid_until: None,
        max_uses: None,
        per_customer_uses: None,
        used: 0,
        active: true,
    }
}

fn case(most: i64) -> impl Strategy<Value = Case> {
    let quantity = prop_oneof![1_u32..=12, 1_u32..=999];
    select(&CURRENCIES).prop_flat_map(move |currency| {
        (
            vec((offer(currency, most), quantity.clone()), 0..8),
            vec(promotion(currency), 0..4),
            vec(a_coupon(currency), 0..4),
            tariff(currency),
            (option::of(0_u32..=40_000), 0_i64..=5_000),
        )
            .prop_map(move |(mut lines, promotions, terms, tariff, (metres, tip))| {
                for (number, (offer, _)) in lines.iter_mut().enumerate() {
                    offer.product = product(number as u128);
                }
                let coupons = terms.into_iter().enumerate();
                let coupons = coupons.map(|(n, terms)| coupon(&format!("CODE{n}"), terms));
                let coupons = coupons.collect();
                Case { currency, lines, promotions, coupons, tariff, metres, tip }
            })
    })
}

fn all(quote: &Quote) -> impl Iterator<Item = &Charge> {
    quote.lines.iter().flat_map(|line| &line.charges).chain(&quote.charges)
}

fn of(quote: &Quote, kinds: &[ChargeKind]) -> i64 {
    all(quote).filter(|charge| kinds.contains(&charge.kind)).map(|c| c.amount.amount).sum()
}

fn is_discount(charge: &Charge) -> bool {
    matches!(charge.kind, ChargeKind::Promotion | ChargeKind::Coupon)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// The total is the lines and the charges, to the minor unit, and every part of it adds up.
    #[test]
    fn it_adds_up(case in case(200_000)) {
        let quote = case.quoted().unwrap().quote;
        let lines: i64 = quote.lines.iter().map(|line| line.total.amount).sum();
        let charges: i64 = quote.charges.iter().map(|charge| charge.amount.amount).sum();
        prop_assert_eq!(quote.total.amount, lines + charges);
        let negative: i64 = all(&quote).map(|charge| charge.amount.amount.min(0)).sum();
        prop_assert_eq!(quote.discount.amount, -negative);
        let included: i64 = all(&quote).map(|charge| charge.included.amount).sum();
        prop_assert_eq!(quote.tax_included.amount, included);
        let on_top = quote.tax.amount - included;
        prop_assert_eq!(on_top, of(&quote, &[ChargeKind::SalesTax, ChargeKind::Excise]));
        let parts = quote.subtotal.amount - quote.discount.amount + on_top
            + quote.deposit.amount + quote.fees.amount + quote.tip.amount;
        prop_assert_eq!(quote.total.amount, parts);
        for line in &quote.lines {
            let list = line.unit_price.amount * i64::from(line.quantity);
            let charged: i64 = line.charges.iter().map(|charge| charge.amount.amount).sum();
            prop_assert_eq!(line.total.amount, list + charged);
        }
        let tip = if case.lines.is_empty() { 0 } else { case.tip };
        prop_assert_eq!(quote.tip.amount, tip);
    }

    /// Nothing is negative but discounts, and those never take more than there is.
    #[test]
    fn nothing_is_negative(case in case(200_000)) {
        let quote = case.quoted().unwrap().quote;
        for charge in all(&quote) {
            prop_assert_eq!(charge.amount.amount < 0, is_discount(charge), "{:?}", charge);
            prop_assert!(charge.included.amount >= 0);
        }
        for line in &quote.lines {
            let list = line.unit_price.amount * i64::from(line.quantity);
            let discounts: i64 =
                line.charges.iter().filter(|c| is_discount(c)).map(|c| c.amount.amount).sum();
            prop_assert!(list + discounts >= 0);
            prop_assert!(line.total.amount >= 0);
            prop_assert_eq!(line.net_unit_price.amount, (list + discounts) / i64::from(line.quantity));
        }
        let fees: i64 = quote.charges.iter().map(|charge| charge.amount.amount).sum();
        prop_assert!(fees >= 0 && quote.total.amount >= 0);
    }

    /// Taxes are on top or contained, never both; what a price contains is not more than the price.
    #[test]
    fn contained_tax_is_within_the_price(case in case(3_000)) {
        let quote = case.quoted().unwrap().quote;
        if !case.tariff.prices_include_tax {
            prop_assert_eq!(quote.tax_included.amount, 0);
            return Ok(());
        }
        prop_assert_eq!(quote.tax, quote.tax_included);
        for line in &quote.lines {
            let price = line.unit_price.amount * i64::from(line.quantity)
                + line.charges.iter().filter(|c| is_discount(c)).map(|c| c.amount.amount).sum::<i64>();
            let included: i64 = line.charges.iter().map(|charge| charge.included.amount).sum();
            prop_assert!(included <= price, "{} in {}", included, price);
        }
        let included: i64 = quote.charges.iter().map(|charge| charge.included.amount).sum();
        prop_assert!(included <= quote.fees.amount);
    }

    /// Every tax line is within half a minor unit of its rate on the discounted line.
    #[test]
    fn each_tax_is_rounded_on_its_own(mut case in case(200_000)) {
        case.tariff.prices_include_tax = false;
        case.tariff.tax_on_excise = false;
        let quote = case.quoted().unwrap().quote;
        for (line, (offer, _)) in quote.lines.iter().zip(&case.lines) {
            let net = line.unit_price.amount * i64::from(line.quantity)
                + line.charges.iter().filter(|c| is_discount(c)).map(|c| c.amount.amount).sum::<i64>();
            let rates = case.tariff.rates(&offer.tax_class).unwrap();
            let exact: i128 = rates.iter().map(|r| i128::from(net) * i128::from(r.ppm)).sum();
            let taxed: i64 = line.charges.iter().filter(|c| c.kind == ChargeKind::SalesTax)
                .map(|charge| charge.amount.amount).sum();
            let error = (i128::from(taxed) * 1_000_000 - exact).abs();
            prop_assert!(error * 2 <= rates.len() as i128 * 1_000_000);
        }
    }

    /// The order of lines and coupons changes nothing: no line, no charge, no total.
    #[test]
    fn order_does_not_matter(case in case(200_000), turns in 0_usize..8) {
        let one = case.quoted().unwrap();
        let mut turned = case.clone();
        turned.lines.reverse();
        turned.coupons.reverse();
        if !turned.lines.is_empty() {
            let turns = turns % turned.lines.len();
            turned.lines.rotate_left(turns);
        }
        let mut other = turned.quoted().unwrap();
        let given: Vec<_> = turned.lines.iter().map(|(offer, _)| offer.product).collect();
        let answered: Vec<_> = other.quote.lines.iter().map(|line| line.product).collect();
        prop_assert_eq!(given, answered, "lines come back in the order of the cart");
        other.quote.lines.sort_by_key(|line| line.product);
        prop_assert_eq!(one, other);
    }

    /// A coupon counts as used if and only if it took something off.
    #[test]
    fn used_coupons_are_those_that_help(case in case(200_000)) {
        let Quoted { quote, used, unmet } = case.quoted().unwrap();
        for coupon in &case.coupons {
            let label = format!("Coupon {}", coupon.code.as_str());
            let helped = all(&quote).any(|charge| charge.label == label);
            prop_assert_eq!(helped, used.contains(&coupon.code));
            let short = unmet.iter().any(|(code, _)| *code == coupon.code);
            prop_assert!(!(helped && short));
        }
    }

    /// Whatever the amounts, the answer is a quote or an error, never a wrong sum or a panic.
    #[test]
    fn too_much_is_an_error(mut case in case(200_000), prices in vec(any::<i64>(), 8), tip in any::<i64>()) {
        case.tip = tip;
        for ((offer, _), price) in case.lines.iter_mut().zip(prices) {
            offer.price.amount = price;
        }
        if let Ok(Quoted { quote, .. }) = case.quoted() {
            let lines = quote.lines.iter().map(|line| i128::from(line.total.amount));
            let charges = quote.charges.iter().map(|charge| i128::from(charge.amount.amount));
            prop_assert_eq!(i128::from(quote.total.amount), lines.chain(charges).sum::<i128>());
            prop_assert!(quote.total.amount >= 0);
        }
    }
}
