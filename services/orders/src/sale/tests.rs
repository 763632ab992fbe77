use cart_api::{ChargedTax, Destination, QuotedLine};
use catalogue_api::StoreFacts;
use kernel::{AlcoholClass, Currency, Drink, LineId, Place, ProductId, StoreId, VendorId};
use proptest::prelude::*;

use super::*;

const PLACE: Place = Place { lat: 41.59, lon: -93.62 };
const DRINK: Drink = Drink { class: AlcoholClass::Wine, abv_bp: 1200, volume_ml: 750, pack: 1 };

fn charge(kind: ChargeKind, amount: i64, included: i64, currency: Currency) -> Charge {
    let tax = matches!(kind, ChargeKind::SalesTax | ChargeKind::Excise)
        .then(|| ChargedTax { authority: "Treasury".into(), ppm: Some(70_000) });
    let (amount, included) = (Money::new(amount, currency), Money::new(included, currency));
    Charge { kind, label: format!("{kind:?}"), of: None, amount, included, tax }
}

/// Price, quantity, discount, tax, deposit.
type Raw = (i64, u32, i64, i64, i64);

/// A line as the cart quotes it, the tax on top of or within the price.
fn quoted(raw: &Raw, included: bool, currency: Currency) -> QuotedLine {
    let (price, quantity, discount, tax, deposit) = *raw;
    let list = price * i64::from(quantity);
    let discount = discount.min(list);
    let tax = tax.min(list - discount);
    let taxed = if included { (0, tax) } else { (tax, 0) };
    let charges = vec![
        charge(ChargeKind::Promotion, -discount, 0, currency),
        charge(ChargeKind::Deposit, deposit, 0, currency),
        charge(ChargeKind::SalesTax, taxed.0, taxed.1, currency),
    ];
    QuotedLine {
        product: ProductId::new(),
        name: "Riesling".into(),
        drink: DRINK,
        quantity,
        unit_price: Money::new(price, currency),
        charges,
        total: Money::new(list - discount + deposit + taxed.0, currency),
        net_unit_price: Money::zero(currency),
    }
}

fn contents(lines: Vec<QuotedLine>, charges: Vec<Charge>, currency: Currency) -> Contents {
    let zero = Money::zero(currency);
    let amounts = lines.iter().map(|line| line.total.amount);
    let total = amounts.chain(charges.iter().map(|charge| charge.amount.amount)).sum();
    Contents {
        store: StoreFacts {
            store: StoreId::new(),
            vendor: VendorId::new(),
            name: "Corner Cellar".into(),
            address: "1 Main Street".into(),
            place: PLACE,
            time_zone: "America/Chicago".into(),
            currency,
            preparation_minutes: 10,
        },
        destination: Destination {
            recipient: "Ann Lee".into(),
            address: "2 Elm Street".into(),
            place: PLACE,
            kind: None,
            instructions: String::new(),
        },
        quote: Quote {
            lines,
            charges,
            subtotal: zero,
            discount: zero,
            tax: zero,
            tax_included: zero,
            deposit: zero,
            fees: zero,
            tip: zero,
            total: Money::new(total, currency),
        },
        slot: None,
    }
}

fn order_lines(contents: &Contents) -> Vec<OrderLine> {
    let line = |quoted: &QuotedLine| OrderLine {
        line: LineId::new(),
        product: quoted.product,
        name: quoted.name.clone(),
        category: "wine".into(),
        drink: DRINK,
        quantity: quoted.quantity,
        delivered: 0,
        net_unit_price: quoted.net_unit_price,
        total: quoted.total,
        if_missing: Default::default(),
    };
    contents.quote.lines.iter().map(line).collect()
}

/// What the parts of one kind add up to.
fn sum(sale: &Sale, kind: PartKind) -> i64 {
    sale.parts().filter(|(_, part)| part.kind == kind).map(|(_, part)| part.amount.amount).sum()
}

proptest! {
    /// Whatever the discounts, the taxes on top of or within the prices: the parts are the total,
    /// and each kind has what it is charged.
    #[test]
    fn parts_add_up_to_the_total(
        raw in prop::collection::vec(
            (1_i64..100_000, 1_u32..20, 0_i64..50_000, 0_i64..9_000, 0_i64..500), 1..12),
        included: bool,
        (fee, fee_tax, free, tip) in (0_i64..900, 0_i64..90, any::<bool>(), 0_i64..2_000),
        currency in prop::sample::select(vec![Currency::USD, Currency::JPY, Currency::KWD]),
    ) {
        let lines: Vec<_> = raw.iter().map(|raw| quoted(raw, included, currency)).collect();
        let fee_tax = fee_tax.min(fee);
        let follows = match (free, included) {
            (true, _) => charge(ChargeKind::Coupon, -fee, 0, currency),
            (_, true) => charge(ChargeKind::SalesTax, 0, fee_tax, currency),
            (_, false) => charge(ChargeKind::SalesTax, fee_tax, 0, currency),
        };
        let charges = vec![
            charge(ChargeKind::DeliveryFee, fee, 0, currency),
            follows,
            charge(ChargeKind::ServiceFee, 99, 0, currency),
            charge(ChargeKind::Tip, tip, 0, currency),
        ];
        let contents = contents(lines, charges, currency);
        let lines = order_lines(&contents);
        let sale = of(&contents, &lines, "K7Q2-9F").unwrap();
        let all: i64 = sale.parts().map(|(_, part)| part.amount.amount).sum();
        prop_assert_eq!(all, contents.quote.total.amount);
        prop_assert!(sale.parts().all(|(_, part)| part.amount.amount > 0));

        let quote = &contents.quote;
        let charged = quote.lines.iter().flat_map(|line| &line.charges).chain(&quote.charges);
        let taxes: i64 = charged.filter(|charge| charge.kind == ChargeKind::SalesTax)
            .map(|charge| charge.amount.amount + charge.included.amount).sum();
        prop_assert_eq!(sum(&sale, PartKind::SalesTax), taxes);
        prop_assert_eq!(sum(&sale, PartKind::Tip), tip);
        let kept = if free { 0 } else if included { fee - fee_tax } else { fee };
        prop_assert_eq!(sum(&sale, PartKind::DeliveryFee), kept);
    }

    /// One minor unit more or less anywhere is refused, and the field is named.
    #[test]
    fn a_sale_that_does_not_add_up_is_refused(place in 0_usize..2, by in prop::sample::select(vec![-1_i64, 1])) {
        let lines = vec![quoted(&(1_000, 2, 100, 70, 5), false, Currency::USD)];
        let tip = vec![charge(ChargeKind::Tip, 300, 0, Currency::USD)];
        let contents = contents(lines, tip, Currency::USD);
        let mut sale = of(&contents, &order_lines(&contents), "K7Q2-9F").unwrap();
        let part = if place == 0 { &mut sale.lines[0].parts[0] } else { &mut sale.charges[0] };
        part.amount.amount += by;
        let wrong = sale.check(contents.quote.total).unwrap_err();
        prop_assert_eq!(wrong.field.as_str(), ["sale.lines[0].total", "sale"][place]);
    }
}
