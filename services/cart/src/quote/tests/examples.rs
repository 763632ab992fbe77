//! Cases that can be checked by hand.

use cart_api::Fee;

use super::*;

fn bottle(price: i64, currency: Currency, class: AlcoholClass) -> Offer {
    Offer {
        product: ProductId::new(),
        name: "A bottle".into(),
        category: "spirits/gin".into(),
        drink: Drink { class, abv_bp: 4_000, volume_ml: 750, pack: 1 },
        price: Money::new(price, currency),
        tax_class: "standard".into(),
        deposit: None,
        free: 9,
    }
}

fn plain(currency: Currency, lines: Vec<(Offer, u32)>, ppm: u32) -> Case {
    let rates = vec![TaxRate { label: "Sales tax".into(), ppm, authority: None }];
    let tariff = Tariff {
        currency,
        prices_include_tax: false,
        tax_on_excise: false,
        tax_classes: vec![TaxClass { name: "standard".into(), rates }],
        excise: vec![],
        fee_tax_class: None,
        delivery: DeliveryFee { base: 0, per_km: 0, free_metres: 0, free_from: None },
        service: ServiceFee { ppm: 0, least: 0, most: 0 },
        most_tip: 0,
    };
    Case { currency, lines, promotions: vec![], coupons: vec![], tariff, metres: None, tip: 0 }
}

fn everything(benefit: promotion::Benefit) -> Promotion {
    Promotion {
        terms: promotion::Terms {
            label: "Promotion".into(),
            scope: Scope::Everything {},
            benefit,
            min_spend: None,
        },
        valid_from: NOW,
        valid_until: None,
    }
}

fn amounts(quote: &Quote, kind: ChargeKind) -> Vec<i64> {
    all(quote).filter(|charge| charge.kind == kind).map(|charge| charge.amount.amount).collect()
}

#[test]
fn a_dollar_off_three_equal_lines_is_34_33_33() {
    let usd = Currency::USD;
    let lines = (0..3).map(|_| (bottle(1_000, usd, AlcoholClass::None), 1)).collect();
    let mut case = plain(usd, lines, 70_000);
    let off = Money::new(100, usd);
    case.promotions = vec![everything(promotion::Benefit::Amount { off })];
    let quote = case.quoted().unwrap().quote;
    assert_eq!(amounts(&quote, ChargeKind::Promotion), [-34, -33, -33]);
    assert_eq!(amounts(&quote, ChargeKind::SalesTax), [68, 68, 68], "7 % of 9.66 and 9.67");
    assert_eq!(quote.total.amount, 2_900 + 204);
}

#[test]
fn washington_taxes_spirits_by_the_litre() {
    let usd = Currency::USD;
    let mut case = plain(usd, vec![(bottle(2_000, usd, AlcoholClass::Spirits), 2)], 205_000);
    case.tariff.excise = vec![Excise {
        label: "Spirits litre tax".into(),
        class: AlcoholClass::Spirits,
        per: ExciseBasis::Volume,
        micros_per_litre: 377_080_000,
        authority: None,
    }];
    let quote = case.quoted().unwrap().quote;
    assert_eq!(amounts(&quote, ChargeKind::Excise), [566], "1.5 l at 3.7708 is 5.6562");
    assert_eq!(amounts(&quote, ChargeKind::SalesTax), [820]);
    case.tariff.tax_on_excise = true;
    let quote = case.quoted().unwrap().quote;
    assert_eq!(amounts(&quote, ChargeKind::SalesTax), [936], "20.5 % of 45.66");
}

#[test]
fn pure_alcohol_is_counted_exactly() {
    let usd = Currency::USD;
    let mut case = plain(usd, vec![(bottle(2_000, usd, AlcoholClass::Spirits), 7)], 0);
    case.tariff.excise = vec![Excise {
        label: "Duty".into(),
        class: AlcoholClass::Spirits,
        per: ExciseBasis::PureAlcohol,
        micros_per_litre: 3_164_000_000,
        authority: None,
    }];
    let quote = case.quoted().unwrap().quote;
    assert_eq!(amounts(&quote, ChargeKind::Excise), [6_644], "2.1 l at 31.64 is 66.444");
}

#[test]
fn each_charge_says_in_fields_what_its_label_says() {
    let usd = Currency::USD;
    let mut gin = bottle(3_000, usd, AlcoholClass::Spirits);
    gin.deposit = Some(Deposit { per_unit: Money::new(5, usd) });
    let mut case = plain(usd, vec![(gin, 1)], 70_000);
    case.promotions = vec![everything(promotion::Benefit::Percent { ppm: 100_000 })];
    let percent = coupon::Benefit::Percent { ppm: 100_000 };
    let terms = coupon::Terms { benefit: percent, min_spend: None };
    case.coupons = vec![coupon("WELCOME10", terms)];
    case.tariff.excise = vec![Excise {
        label: "Spirits litre tax".into(),
        class: AlcoholClass::Spirits,
        per: ExciseBasis::Volume,
        micros_per_litre: 377_080_000,
        authority: None,
    }];
    case.tariff.delivery.base = 399;
    case.tariff.service = ServiceFee { ppm: 0, least: 99, most: 799 };
    case.tariff.fee_tax_class = Some("standard".into());
    case.tip = 100;
    let quote = case.quoted().unwrap().quote;
    let of = |charge: &Charge| (charge.kind, charge.of.clone().expect("what it is made of"));
    let tax = |fee| ChargeOf { fee, ..ChargeOf::name("Sales tax") };
    let each = ChargeOf { each: Some(Money::new(5, usd)), ..ChargeOf::default() };
    assert_eq!(
        all(&quote).map(of).collect::<Vec<_>>(),
        [
            (ChargeKind::Promotion, ChargeOf::name("Promotion")),
            (ChargeKind::Coupon, ChargeOf::name("WELCOME10")),
            (ChargeKind::Deposit, each),
            (ChargeKind::Excise, ChargeOf::name("Spirits litre tax")),
            (ChargeKind::SalesTax, tax(None)),
            (ChargeKind::DeliveryFee, ChargeOf::default()),
            (ChargeKind::SalesTax, tax(Some(Fee::Delivery))),
            (ChargeKind::ServiceFee, ChargeOf::default()),
            (ChargeKind::SalesTax, tax(Some(Fee::Service))),
            (ChargeKind::Tip, ChargeOf::default()),
        ]
    );
    case.tariff.delivery.free_from = Some(100);
    let quote = case.quoted().unwrap().quote;
    let free = ChargeOf { free_from: Some(Money::new(100, usd)), ..ChargeOf::default() };
    assert_eq!(quote.charges[0].of, Some(free));
}

#[test]
fn a_charge_that_was_kept_before_is_read_with_its_label_alone() {
    let usd = serde_json::json!({ "amount": 189, "currency": "USD" });
    let kept = serde_json::json!({
        "kind": "sales_tax", "label": "Sales tax 7 %", "amount": usd, "included": usd,
    });
    let charge: Charge = serde_json::from_value(kept.clone()).unwrap();
    assert_eq!((charge.label.as_str(), &charge.of), ("Sales tax 7 %", &None));
    assert_eq!(serde_json::to_value(&charge).unwrap(), kept);
}

#[test]
fn a_price_in_yen_contains_its_tax() {
    let jpy = Currency::JPY;
    let mut case = plain(jpy, vec![(bottle(1_100, jpy, AlcoholClass::None), 3)], 100_000);
    case.tariff.prices_include_tax = true;
    let quote = case.quoted().unwrap().quote;
    assert_eq!((quote.total.amount, quote.tax_included.amount), (3_300, 300));
    assert_eq!(quote.lines[0].charges[0].label, "Sales tax 10 %");
}

#[test]
fn three_for_two_gives_a_third_of_each_three() {
    let kwd = Currency::KWD;
    let mut case = plain(kwd, vec![(bottle(1_005, kwd, AlcoholClass::None), 8)], 0);
    case.promotions = vec![everything(promotion::Benefit::BuyPay { buy: 3, pay: 2 })];
    let quote = case.quoted().unwrap().quote;
    assert_eq!(quote.discount.amount, 2 * 1_005);
}

#[test]
fn promotions_come_before_coupons_and_percentages_before_amounts() {
    let usd = Currency::USD;
    let mut case = plain(usd, vec![(bottle(10_000, usd, AlcoholClass::None), 1)], 0);
    case.promotions = vec![everything(promotion::Benefit::Percent { ppm: 500_000 })];
    let terms = |benefit| coupon::Terms { benefit, min_spend: Some(Money::new(5_000, usd)) };
    case.coupons = vec![
        coupon("AMOUNT", terms(coupon::Benefit::Amount { off: Money::new(1_000, usd) })),
        coupon("PERCENT", terms(coupon::Benefit::Percent { ppm: 100_000 })),
    ];
    let quoted = case.quoted().unwrap();
    assert_eq!(amounts(&quoted.quote, ChargeKind::Promotion), [-5_000]);
    assert_eq!(amounts(&quoted.quote, ChargeKind::Coupon), [-500, -1_000]);
    case.coupons[0].terms.min_spend = Some(Money::new(5_001, usd));
    let quoted = case.quoted().unwrap();
    assert_eq!(quoted.unmet, [(Code::new("amount").unwrap(), Money::new(5_001, usd))]);
}

#[test]
fn fees_follow_the_distance_and_the_goods() {
    let usd = Currency::USD;
    let mut case = plain(usd, vec![(bottle(3_000, usd, AlcoholClass::None), 1)], 70_000);
    case.tariff.delivery =
        DeliveryFee { base: 399, per_km: 60, free_metres: 3_000, free_from: Some(9_900) };
    case.tariff.service = ServiceFee { ppm: 50_000, least: 99, most: 799 };
    case.tariff.fee_tax_class = Some("standard".into());
    (case.metres, case.tip) = (Some(4_500), 300);
    let quote = case.quoted().unwrap().quote;
    assert_eq!(amounts(&quote, ChargeKind::DeliveryFee), [489]);
    assert_eq!(amounts(&quote, ChargeKind::ServiceFee), [150]);
    assert_eq!(amounts(&quote, ChargeKind::SalesTax), [210, 34, 11], "the tip is not taxed");
    let terms = coupon::Terms { benefit: coupon::Benefit::FreeDelivery {}, min_spend: None };
    case.coupons = vec![coupon("FREE", terms)];
    let quoted = case.quoted().unwrap();
    assert_eq!(amounts(&quoted.quote, ChargeKind::Coupon), [-489]);
    assert_eq!(amounts(&quoted.quote, ChargeKind::SalesTax), [210, 11]);
    case.lines[0].1 = 4;
    let quoted = case.quoted().unwrap();
    assert_eq!(amounts(&quoted.quote, ChargeKind::DeliveryFee), [0], "free from 99.00");
    assert!(quoted.used.is_empty(), "a coupon that helps nobody is not used up");
}

#[test]
fn what_does_not_fit_is_an_error() {
    let usd = Currency::USD;
    let line = (bottle(1_000, usd, AlcoholClass::None), 1);
    let fine = plain(usd, vec![line.clone()], 0);
    let wrong = |change: &dyn Fn(&mut Case)| {
        let mut case = fine.clone();
        change(&mut case);
        case.quoted().unwrap_err()
    };
    let currencies = QuoteError::Currencies(usd, Currency::KWD);
    assert_eq!(wrong(&|case| case.tariff.currency = Currency::KWD), currencies);
    assert_eq!(wrong(&|case| case.lines[0].0.price.currency = Currency::KWD), currencies);
    assert_eq!(wrong(&|case| case.lines[0].1 = 0), QuoteError::Quantity(0));
    assert_eq!(wrong(&|case| case.lines[0].1 = 1_000), QuoteError::Quantity(1_000));
    assert_eq!(wrong(&|case| case.lines[0].0.price.amount = -1), QuoteError::Negative);
    let huge = (bottle(i64::MAX, usd, AlcoholClass::None), 2);
    assert_eq!(wrong(&|case| case.lines = vec![huge.clone()]), QuoteError::TooLarge);
    let twice = QuoteError::Twice(line.0.product);
    assert_eq!(wrong(&|case| case.lines.push(line.clone())), twice);
    let unknown = QuoteError::TaxClass("luxury".into());
    assert_eq!(wrong(&|case| case.lines[0].0.tax_class = "luxury".into()), unknown);
}
