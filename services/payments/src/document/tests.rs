use kernel::{Currency, LineId, Money, StoreId, VendorId};
use payments_api::{Part, PartKind, Sale, SaleLine};
use proptest::prelude::*;

use super::{
    pdf::{laid_out, number},
    *,
};

fn part(kind: PartKind, label: &str, amount: Money) -> Part {
    let tax = kind.is_tax();
    Part {
        kind,
        authority: tax.then(|| "Iowa Department of Revenue".to_owned()),
        label: label.into(),
        ppm: tax.then_some(60_000),
        amount,
    }
}

/// A sale of so many lines, each with goods, a tax and a deposit; fees, their tax, and a tip.
pub(super) fn sale(lines: usize, currency: Currency) -> Sale {
    let money = |amount| Money::new(amount, currency);
    let line = |number: usize| {
        let goods = 1_200 + 137 * number as i64 % 9_000;
        let parts = vec![
            part(PartKind::Goods, "", money(goods)),
            part(PartKind::SalesTax, "Sales tax 6 %", money(goods * 6 / 100)),
            part(PartKind::Deposit, "Deposit", money(5)),
        ];
        SaleLine {
            line: LineId::new(),
            name: match number % 3 {
                0 => "Château Margaux Grand Vin 2015, Premier Grand Cru Classé, 0.75 l".into(),
                1 => "Żubrówka Biała 0,7 l".into(),
                _ => format!("Old Monk Rum No. {number}"),
            },
            quantity: 1 + number as u32 % 3,
            unit_price: money(goods / (1 + number as i64 % 3)),
            total: money(parts.iter().map(|part| part.amount.amount).sum()),
            parts,
        }
    };
    Sale {
        vendor: VendorId::new(),
        store: StoreId::new(),
        store_name: "Corner Cellar".into(),
        store_address: "1 Main Street, Des Moines, IA 50309".into(),
        time_zone: "America/Chicago".into(),
        number: "K7Q2-9F".into(),
        recipient: "Zoë Łukasińska".into(),
        address: "2 Elm Street\nŁódź".into(),
        lines: (0..lines).map(line).collect(),
        charges: vec![
            part(PartKind::DeliveryFee, "Delivery ₹", money(499)),
            part(PartKind::SalesTax, "Sales tax 6 %", money(29)),
            part(PartKind::Tip, "Tip", money(300)),
        ],
    }
}

pub(super) fn frame(kind: DocumentKind, sale: &Sale) -> Frame {
    let party = |name: &str, address: &str| DocumentParty {
        name: name.into(),
        address: address.into(),
        tax_number: None,
    };
    let mut seller = party("Corner Cellar Łódź LLC", "1 Main Street\nDes Moines, IA 50309\nUSA");
    seller.tax_number = Some("IA-4711-0815".into());
    let reference = DocumentReference {
        number: "INV-2026-000016".into(),
        issued_on: "2026-06-14".into(),
        why: "Two bottles came back from the door: the recipient could not show an ID.".into(),
    };
    Frame {
        kind,
        number: kind.number(2026, 17),
        issued_on: "2026-06-15".into(),
        seller,
        buyer: party(&sale.recipient, &sale.address),
        refers_to: (kind == DocumentKind::CreditNote).then_some(reference),
    }
}

pub(super) fn whole(lines: usize, currency: Currency, kind: DocumentKind) -> DocumentContents {
    let sale = sale(lines, currency);
    let parts: Vec<i64> = sale.parts().map(|(_, part)| part.amount.amount).collect();
    let total = Money::new(parts.iter().sum(), currency);
    contents(frame(kind, &sale), &sale, &Amounts { parts: &parts, total })
}

proptest! {
    #[test]
    fn all_that_is_written_adds_up_to_the_total(
        shares in prop::collection::vec(0_i64..10_000, 15),
        beyond in 0_i64..500,
        credit: bool,
    ) {
        let sale = sale(4, Currency::EUR);
        let total = Money::new(shares.iter().sum::<i64>() + beyond, Currency::EUR);
        let kind = if credit { DocumentKind::CreditNote } else { DocumentKind::Invoice };
        let of = contents(frame(kind, &sale), &sale, &Amounts { parts: &shares, total });
        let sum = |amounts: &[Money]| amounts.iter().map(|amount| amount.amount).sum::<i64>();
        prop_assert_eq!(sum(&[of.goods, of.deposits, of.fees, of.tax, of.tip]), total.amount);
        for line in &of.lines {
            prop_assert_eq!(sum(&[line.goods, line.tax, line.deposit]), line.total.amount);
            prop_assert_eq!(line.quantity.is_none(), credit);
        }
        let taxes: Vec<Money> = of.taxes.iter().map(|tax| tax.amount).collect();
        prop_assert_eq!(sum(&taxes), of.tax.amount);
        let lines = of.lines.iter().map(|line| line.total.amount).sum::<i64>();
        let charges = of.charges.iter().map(|charge| charge.amount.amount).sum::<i64>();
        // The tax of the fees stands with the taxes, not with a line.
        let of_lines = of.lines.iter().map(|line| line.tax.amount).sum::<i64>();
        prop_assert_eq!(lines + charges + of.tip.amount + of.tax.amount - of_lines, total.amount);
    }
}

#[test]
fn the_day_is_that_of_the_store() {
    let at = "2027-01-01T03:30:00Z".parse().unwrap();
    assert_eq!(day(at, "America/Chicago"), ("2026-12-31".into(), 2026));
    assert_eq!(day(at, "Asia/Kolkata"), ("2027-01-01".into(), 2027));
    assert_eq!(day(at, "Nowhere/Atlantis"), ("2027-01-01".into(), 2027));
}

#[test]
fn amounts_have_the_decimals_of_their_currency() {
    let of = |amount, currency| number(Money::new(amount, currency));
    assert_eq!(of(-123_456_789, Currency::USD), "-1\u{a0}234\u{a0}567.89");
    assert_eq!(of(1_500, Currency::JPY), "1\u{a0}500");
    assert_eq!(of(1_005, Currency::KWD), "1.005");
    assert_eq!(of(7, Currency::INR), "0.07");
}

/// All texts of a page.
fn texts(page: &[pdf::Mark]) -> Vec<&str> {
    let mut texts = Vec::new();
    for mark in page {
        if let pdf::Mark::Text { text, .. } = mark {
            texts.push(text.as_str());
        }
    }
    texts
}

#[test]
fn a_hundred_lines_go_over_pages_that_each_name_their_columns() {
    let contents = whole(100, Currency::USD, DocumentKind::Invoice);
    let pages = laid_out(&contents);
    assert!(pages.len() >= 3, "{}", pages.len());
    let mut names = 0;
    for (number, page) in pages.iter().enumerate() {
        let texts = texts(page);
        let last = format!("{} / {}", number + 1, pages.len());
        assert!(texts.contains(&last.as_str()), "page {number}: {texts:?}");
        let rows = texts.iter().filter(|text| text.starts_with("Old Monk Rum")).count();
        names += rows;
        assert!(rows == 0 || texts.contains(&"Description"), "page {number}: {texts:?}");
    }
    assert_eq!(names, 33);
}

#[test]
fn nothing_leaves_the_page_and_no_amount_meets_another() {
    for (lines, currency) in [(1, Currency::JPY), (37, Currency::KWD), (200, Currency::INR)] {
        for kind in [DocumentKind::Invoice, DocumentKind::CreditNote] {
            let mut contents = whole(lines, currency, kind);
            contents.lines[0].name = "W".repeat(300);
            contents.lines[0].goods.amount = 999_999_999_999;
            contents.buyer.address = "many words ".repeat(30);
            for page in laid_out(&contents) {
                let mut ends: Vec<(f32, f32, f32)> = Vec::new();
                for mark in &page {
                    let pdf::Mark::Text { x, y, look, text } = mark else { continue };
                    let end = x + pdf::width(text, look.size, look.bold);
                    assert!(*x >= 50.0 && end <= 545.5, "{text} from {x} to {end}");
                    assert!((51.0..=805.0).contains(y), "{text} at {y}");
                    for (other_y, from, to) in &ends {
                        let apart = (other_y - y).abs() > 1.0 || end < *from || *x > *to;
                        assert!(apart, "{text} lies on something at {x}, {y}");
                    }
                    ends.push((*y, *x, end));
                }
            }
        }
    }
}

#[test]
fn the_same_contents_give_the_same_bytes_whatever_is_written() {
    for currency in [Currency::USD, Currency::JPY, Currency::KWD, Currency::INR] {
        let mut contents = whole(3, currency, DocumentKind::CreditNote);
        // Letters that the font does not have, and nothing at all.
        contents.buyer.name = "山田 太郎 عبد الله \u{200d}🍷".into();
        contents.buyer.address = String::new();
        let once = pdf(&contents).unwrap();
        assert!(once.starts_with(b"%PDF-"));
        assert_eq!(once, pdf(&contents).unwrap());
        let again: DocumentContents =
            serde_json::from_value(serde_json::to_value(&contents).unwrap()).unwrap();
        assert_eq!(again, contents, "frozen and thawed");
        assert!(once.len() < 60_000, "{} bytes: only the letters that occur", once.len());
    }
}
