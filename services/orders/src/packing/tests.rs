use catalogue_api::Offer;
use kernel::{AlcoholClass, Currency, Drink};

use super::*;

fn drink(class: AlcoholClass, abv_bp: u32) -> Drink {
    Drink { class, abv_bp, volume_ml: 750, pack: 1 }
}

fn line(drink: Drink, quantity: u32, if_missing: IfMissing) -> OrderLine {
    OrderLine {
        line: LineId::new(),
        product: ProductId::new(),
        name: "Rye".into(),
        category: "spirits".into(),
        drink,
        quantity,
        delivered: 0,
        net_unit_price: Money::new(100, Currency::USD),
        total: Money::new(100 * i64::from(quantity), Currency::USD),
        if_missing,
    }
}

fn offer(drink: Drink) -> Offer {
    Offer {
        product: ProductId::new(),
        name: "Another".into(),
        category: "spirits".into(),
        drink,
        price: Money::new(100, Currency::USD),
        tax_class: "standard".into(),
        deposit: None,
        free: 9,
    }
}

#[test]
fn alcohol_stands_in_for_alcohol_only_and_nothing_else_does() {
    use AlcoholClass::{Beer, None, Spirits, Wine};
    // What has no more than half a percent is no alcohol, whatever it is called.
    let strong = [drink(Spirits, 4_000), drink(Wine, 1_200), drink(Beer, 51)];
    let soft = [drink(None, 0), drink(None, 4_000), drink(Beer, 50)];
    for (kinds, others) in [(strong, soft), (soft, strong)] {
        for drink in kinds {
            let line = line(drink, 1, IfMissing::BestMatch);
            for kind in kinds {
                assert_eq!(why_not(std::slice::from_ref(&line), &line, &offer(kind)), Option::None);
            }
            for other in others {
                let no = why_not(std::slice::from_ref(&line), &line, &offer(other));
                assert_eq!(no, Some(WhyNot::AlcoholOnlyByAlcohol), "{drink:?} by {other:?}");
            }
        }
    }
}

#[test]
fn what_is_wrong_is_named_with_its_field() {
    let lines = [
        line(drink(AlcoholClass::Wine, 1_200), 3, IfMissing::BestMatch),
        line(drink(AlcoholClass::Wine, 1_200), 2, IfMissing::None),
    ];
    let picked =
        |line: usize, quantity, instead| Picked { line: lines[line].line, quantity, instead };
    let other = ProductId::new();
    let field = |said: &[Picked]| short(&lines, said).unwrap_err().field.unwrap();
    assert_eq!(field(&[picked(0, 4, None)]), "lines[0].picked");
    assert_eq!(field(&[picked(0, 3, None), picked(0, 2, None)]), "lines[1].line");
    assert_eq!(
        field(&[picked(1, 2, None), picked(0, 2, Some((other, 2)))]),
        "lines[1].instead.quantity"
    );
    let strange = Picked { line: LineId::new(), quantity: 0, instead: None };
    assert_eq!(field(&[strange]), "lines[0].line");

    let said = [picked(0, 3, None), picked(1, 0, Some((other, 1)))];
    let short = short(&lines, &said).unwrap();
    assert_eq!((short.len(), short[0].place), (1, 1), "whole lines are left alone");
    let refusal = put_in(&lines, &short, &[]).unwrap_err();
    assert!(matches!(refusal, PackRefusal::ReplacementNotWanted { line: 1 }), "{refusal:?}");
}

#[test]
fn nothing_stands_in_twice() {
    let lines = [
        line(drink(AlcoholClass::Wine, 1_200), 1, IfMissing::BestMatch),
        line(drink(AlcoholClass::Wine, 1_200), 1, IfMissing::BestMatch),
    ];
    let offers = [offer(drink(AlcoholClass::Beer, 500))];
    let by = |line: &OrderLine, product| Picked {
        line: line.line,
        quantity: 0,
        instead: Some((product, 1)),
    };
    let said = [by(&lines[0], offers[0].product), by(&lines[1], offers[0].product)];
    let refusal = put_in(&lines, &short(&lines, &said).unwrap(), &offers).unwrap_err();
    assert!(matches!(refusal, PackRefusal::AlreadyOrdered { line: 1 }), "{refusal:?}");
    let said = [by(&lines[0], ProductId::new())];
    let refusal = put_in(&lines, &short(&lines, &said).unwrap(), &offers).unwrap_err();
    assert!(matches!(refusal, PackRefusal::NotOffered { line: 0 }), "{refusal:?}");
}
