use jiff::Timestamp;
use kernel::{Currency, PaymentId};
use proptest::prelude::*;

use super::{
    payouts::Way,
    reconcile::{OurDispute, OurRefund, Ours, Period, differences, stray},
    *,
};

const STRIPE: &str = "automatic_payout_id,balance_transaction_id,created_utc,currency,gross,fee,net,\
    reporting_category,source_id,charge_id,payment_intent_id,later_column\n\
    po_1,txn_1,2026-06-15 17:00:00,usd,25.99,1.05,24.94,charge,ch_1,ch_1,pi_1,x\n\
    po_1,txn_2,2026-06-15 18:00:00,usd,-5.00,0.00,-5.00,refund,re_1,ch_1,pi_1,x\n\
    ,txn_3,2026-06-15 19:00:00,jpy,-500,0,-500,payout,po_0,,,x\n\
    ,txn_4,2026-06-15 19:00:00,kwd,1.005,0.000,1.005,climate,,,,x\n";

const PAYPAL: &str = "\"RH\",2026/06/16 01:00:00 -0700,\"A\",\"X\",9\n\"FH\",1\n\
    \"SH\",2026/06/15 00:00:00 -0700,2026/06/15 23:59:59 -0700,\"X\",\"\"\n\
    \"CH\",\"Transaction ID\",\"Invoice ID\",\"PayPal Reference ID\",\"PayPal Reference ID Type\",\
    \"Transaction Event Code\",\"Transaction Initiation Date\",\"Transaction Completion Date\",\
    \"Transaction  Debit or Credit\",\"Gross Transaction Amount\",\"Gross Transaction Currency\",\
    \"Fee Debit or Credit\",\"Fee Amount\",\"Fee Currency\",\"Custom Field\"\n\
    \"SB\",\"CAP1\",\"\",\"ORD1\",\"ODR\",\"T0006\",2026/06/15 10:00:00 -0700,\
    2026/06/15 10:00:00 -0700,\"CR\",2599,\"USD\",\"DR\",105,\"USD\",\"\"\n\
    \"SB\",\"REF1\",\"\",\"CAP1\",\"TXN\",\"T1107\",2026/06/15 11:00:00 -0700,\
    2026/06/15 11:00:00 -0700,\"DR\",500,\"USD\",\"\",,\"\",\"\"\n\
    \"SB\",\"HUF1\",\"\",\"\",\"\",\"T0006\",2026/06/15 11:00:00 -0700,\
    2026/06/15 11:00:00 -0700,\"CR\",700,\"HUF\",\"CR\",3,\"HUF\",\"\"\n\
    \"SB\",\"OUT1\",\"\",\"\",\"\",\"T0400\",2026/06/15 12:00:00 -0700,\
    2026/06/15 12:00:00 -0700,\"DR\",1994,\"USD\",\"\",,\"\",\"\"\n\
    \"SF\",\"USD\"\n\"RF\",\"USD\"\n\"FF\",4\n";

const RAZORPAY: &str = "entity_id,type,debit,credit,amount,currency,fee,tax,settled,created_at,\
    settlement_id,payment_id,order_id,dispute_id\n\
    pay_1,payment,0,97640,100000,INR,2360,360,true,1781542800,setl_1,,order_1,\n\
    rfnd_1,refund,5000,0,5000,INR,0,0,true,1781542900,setl_1,pay_1,order_1,\n\
    adj_1,adjustment,1000,0,1000,INR,0,0,true,1781543000,setl_1,pay_1,order_1,disp_1\n\
    pay_2,payment,0,1,1,INR,0,0,false,1781543000,,,order_2,\n";

fn short(line: &Line) -> (&str, Kind, i64, i64, &str) {
    (&line.external_id, line.kind, line.gross, line.fee, line.currency.code())
}

#[test]
fn each_provider_s_file_becomes_the_same_lines() {
    let stripe = read("stripe", STRIPE.as_bytes()).unwrap();
    let lines: Vec<_> = stripe.iter().map(short).collect();
    assert_eq!(
        lines,
        [
            ("txn_1", Kind::Payment, 2599, 105, "USD"),
            ("txn_2", Kind::Refund, -500, 0, "USD"),
            ("txn_3", Kind::Payout, -500, 0, "JPY"),
            ("txn_4", Kind::Unknown, 1005, 0, "KWD"),
        ]
    );
    assert_eq!(stripe[0].names, ["pi_1", "ch_1", "ch_1"]);
    assert_eq!(stripe[0].at.to_string(), "2026-06-15T17:00:00Z");
    let paypal = read("paypal", PAYPAL.as_bytes()).unwrap();
    let lines: Vec<_> = paypal.iter().map(short).collect();
    assert_eq!(
        lines,
        [
            ("CAP1 T0006", Kind::Payment, 2599, 105, "USD"),
            ("REF1 T1107", Kind::Refund, -500, 0, "USD"),
            // 700 forints are 70,000 of their hundredths, which PayPal does not know.
            ("HUF1 T0006", Kind::Payment, 70_000, -300, "HUF"),
            ("OUT1 T0400", Kind::Payout, -1994, 0, "USD"),
        ]
    );
    assert_eq!((paypal[1].object.as_str(), paypal[1].names[0].as_str()), ("REF1", "CAP1"));
    assert_eq!(paypal[0].at.to_string(), "2026-06-15T17:00:00Z");
    let razorpay = read("razorpay", RAZORPAY.as_bytes()).unwrap();
    let lines: Vec<_> = razorpay.iter().map(short).collect();
    assert_eq!(
        lines,
        [
            ("pay_1", Kind::Payment, 100_000, 2360, "INR"),
            ("rfnd_1", Kind::Refund, -5000, 0, "INR"),
            ("adj_1", Kind::Dispute, -1000, 0, "INR"),
        ]
    );
    assert_eq!(razorpay[0].payout.as_deref(), Some("setl_1"));
    for line in stripe.iter().chain(&paypal).chain(&razorpay) {
        assert_eq!(line.gross - line.fee, line.net);
    }
}

#[test]
fn what_cannot_be_understood_is_named_by_row_and_column() {
    let refused = |provider: &str, file: &str| {
        let refused = read(provider, file.as_bytes()).unwrap_err();
        (refused.row, refused.column)
    };
    for (provider, file, column) in [
        ("stripe", STRIPE, "reporting_category"),
        ("paypal", PAYPAL, "Fee Amount"),
        ("razorpay", RAZORPAY, "settled"),
    ] {
        let without = file.replace(column, "something");
        let row = if provider == "paypal" { 4 } else { 1 };
        assert_eq!(refused(provider, &without), (row, column.to_owned()));
    }
    for (from, to, column) in [
        ("25.99", "25.999", "gross"),
        ("25.99", "2.599e1", "gross"),
        ("25.99", "25,99", "fee"),
        ("24.94", "24.95", "net"),
        ("2026-06-15 17:00:00", "15.06.2026", "created_utc"),
        ("usd,25.99", "xxy,25.99", "currency"),
        ("txn_1", "", "balance_transaction_id"),
    ] {
        let changed = STRIPE.replacen(from, to, 1);
        assert_eq!(refused("stripe", &changed).0, 2, "{from} → {to}");
        if column != "fee" {
            assert_eq!(refused("stripe", &changed).1, column, "{from} → {to}");
        }
    }
    assert_eq!(refused("stripe", ""), (1, String::new()));
    assert_eq!(refused("paypal", "\"SB\",\"x\"\n").0, 1);
    assert_eq!(refused("paypal", "\"RH\",1\n").1, "CH");
    let signed = PAYPAL.replace(",2599,", ",-2599,");
    assert_eq!(refused("paypal", &signed), (5, "Gross Transaction Amount".to_owned()));
    let other = RAZORPAY.replace("97640", "97641");
    assert_eq!(refused("razorpay", &other), (2, "amount".to_owned()));
    let twice = STRIPE.replace(
        "txn_2,2026-06-15 18:00:00,usd,-5.00,0.00,-5.00,refund",
        "txn_1,2026-06-15 18:00:00,usd,5.00,0.00,5.00,charge",
    );
    assert_eq!(refused("stripe", &twice).0, 3);
}

#[test]
fn a_line_that_stands_twice_counts_once() {
    let first = STRIPE.lines().nth(1).unwrap();
    let twice = format!("{STRIPE}{first}\n");
    assert_eq!(
        read("stripe", twice.as_bytes()).unwrap(),
        read("stripe", STRIPE.as_bytes()).unwrap()
    );
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_781_542_800 + second).unwrap()
}

/// A payment of some money, with refunds and a dispute, and the lines that tell all of it.
fn case(captured: i64, refunds: &[i64], disputed: bool) -> (Ours, Vec<Line>) {
    let line = |kind: Kind, object: String, gross: i64, fee: i64| Line {
        row: 1,
        external_id: format!("txn {object} {}", kind.as_str()),
        kind,
        word: kind.as_str().into(),
        object,
        names: Vec::new(),
        gross,
        fee,
        net: gross - fee,
        currency: Currency::EUR,
        paid: None,
        payout: None,
        at: at(10),
    };
    let mut lines = vec![line(Kind::Payment, "cap".into(), captured, 3)];
    let mut ours = Ours {
        payment: PaymentId::new(),
        currency: Currency::EUR,
        captured,
        captured_at: Some(at(10)),
        fee: 3,
        refunds: Vec::new(),
        disputes: Vec::new(),
        strays: Vec::new(),
    };
    for (number, amount) in refunds.iter().enumerate() {
        let id = format!("re_{number}");
        lines.push(line(Kind::Refund, id.clone(), -amount, 0));
        ours.refunds.push(OurRefund { id, amount: *amount, at: at(10), returned_at: None });
    }
    if disputed {
        lines.push(line(Kind::Dispute, "dp".into(), -captured, 15));
        let (id, opened_at) = ("dp".to_owned(), at(10));
        ours.disputes.push(OurDispute { id, amount: captured, fee: 15, opened_at, won_at: None });
    }
    (ours, lines)
}

fn told(ours: &Ours, lines: &[Line]) -> Vec<What> {
    let period = Period { from: at(0), to: at(100) };
    let found = differences(ours, lines, period, false);
    found.into_iter().map(|difference| difference.what).collect()
}

proptest! {
    #[test]
    fn what_agrees_has_no_difference_and_each_change_exactly_its_own(
        captured in 100_i64..1_000_000,
        refunds in prop::collection::vec(1_i64..100, 0..4),
        disputed: bool,
        (which, by) in (any::<prop::sample::Index>(), 1_i64..50),
    ) {
        let (ours, lines) = case(captured, &refunds, disputed);
        prop_assert_eq!(told(&ours, &lines), []);
        let place = which.index(lines.len());
        let change = |change: fn(&mut Line, i64)| {
            let mut lines = lines.clone();
            change(&mut lines[place], by);
            told(&ours, &lines)
        };
        prop_assert_eq!(change(|line, by| line.gross += by), [What::Amount]);
        prop_assert_eq!(change(|line, by| line.fee += by), [What::Fee]);
        prop_assert_eq!(change(|line, _| line.currency = Currency::USD), [What::Currency]);
        let mut without = lines.clone();
        without.remove(place);
        prop_assert_eq!(told(&ours, &without), [What::MissingThere]);
        let mut more = lines.clone();
        more.push(Line { kind: Kind::Unknown, ..lines[place].clone() });
        prop_assert_eq!(told(&ours, &more), [What::UnknownKind]);
        let strange = Line { kind: Kind::Refund, object: "re_x".into(), gross: -by, fee: 0, ..lines[0].clone() };
        more[lines.len()] = strange;
        prop_assert_eq!(told(&ours, &more), [What::MissingHere]);
        prop_assert_eq!(stray(&lines[place]).map(|one| one.what), Some(What::MissingHere));
    }
}

#[test]
fn what_is_of_another_time_is_not_missed() {
    let (mut ours, _) = case(1000, &[10], true);
    ours.captured_at = Some(at(200));
    ours.refunds[0].at = at(200);
    ours.disputes[0].opened_at = at(200);
    assert_eq!(told(&ours, &[]), []);
}

#[test]
fn a_dispute_that_was_won_and_a_refund_that_came_back_add_up_to_nothing() {
    let (mut ours, mut lines) = case(1000, &[10], true);
    ours.refunds[0].returned_at = Some(at(50));
    ours.disputes[0].won_at = Some(at(50));
    let back = |line: &Line| Line { gross: -line.gross, fee: 0, ..line.clone() };
    let more: Vec<Line> = lines[1..].iter().map(back).collect();
    assert_eq!(told(&ours, &lines), [What::Amount, What::Amount]);
    lines.extend(more);
    assert_eq!(told(&ours, &lines), []);
}

/// A file may say which dispute a line is of, and not of which money.
#[test]
fn a_dispute_of_a_stray_is_compared_with_the_stray_and_not_with_the_payment() {
    let (mut ours, mut lines) = case(1000, &[], false);
    let (twin, its) = case(1000, &[], true);
    ours.strays.push(OurStray {
        object: "pay_2".into(),
        amount: 1000,
        currency: Currency::EUR,
        fee: 3,
        taken_at: at(10),
        refunds: Vec::new(),
        disputes: twin.disputes,
    });
    lines.push(Line { names: vec!["pay_2".into()], ..its[0].clone() });
    let period = Period { from: at(0), to: at(100) };
    let missing = &differences(&ours, &lines, period, false)[0];
    assert_eq!(missing.what, What::MissingThere);
    assert!(missing.subject.starts_with("stray pay_2 dispute "), "{missing:?}");
    lines.push(its[1].clone());
    assert_eq!(told(&ours, &lines), []);
    lines[2].fee -= 1;
    assert_eq!(told(&ours, &lines), [What::Fee]);
    lines[2].gross += 1;
    assert_eq!(told(&ours, &lines), [What::Amount]);
}

#[test]
fn money_changed_on_the_way_is_compared_as_the_customer_saw_it() {
    let (mut ours, mut lines) = case(1000, &[], false);
    ours.currency = Currency::GBP;
    lines[0].paid = Some(kernel::Money::new(1000, Currency::GBP));
    lines[0].gross = 1170;
    assert_eq!(told(&ours, &lines), []);
    lines[0].paid = None;
    assert_eq!(told(&ours, &lines), [What::Currency]);
    let period = Period { from: at(0), to: at(100) };
    assert_eq!(differences(&ours, &lines, period, true), []);
}

#[test]
fn what_the_account_costs_is_booked_and_what_a_payment_costs_is_not() {
    let cost = ",txn_5,2026-06-15 19:00:00,usd,-2.00,0.00,-2.00,fee,,,,x";
    let file = format!("{STRIPE}{cost}\n").replace("jpy,-500,0,-500", "jpy,-500,7,-507");
    for (ours, expected) in [
        (false, vec![("fee txn_3 JPY", 7), ("fee txn_5 USD", 200)]),
        (true, vec![("fee txn_3 JPY", 7)]),
    ] {
        let lines = read("stripe", file.as_bytes()).unwrap();
        let lines: Vec<_> = lines.into_iter().map(|line| (ours, line)).collect();
        let booked = costs(&lines, "stripe:main");
        let told = booked.iter().map(|one| (one.source.as_str(), one.entries[0].amount));
        assert_eq!(told.collect::<Vec<_>>(), expected);
        assert!(
            booked.iter().all(|one| one.entries.iter().map(|entry| entry.amount).sum::<i64>() == 0)
        );
    }
}

/// A payout of which files have lines with this sum, and its own.
fn payout(sent: Option<i64>, returned: i64, (lines, sum): (i64, i64)) -> Payout {
    let (payout, currency) = ("po_1".to_owned(), Currency::USD);
    Payout { payout, currency, sent, returned, lines, sum, booked: (0, 0) }
}

#[test]
fn its_own_lines_say_what_was_paid_out_and_without_them_those_that_name_it() {
    let stand = |payout: Payout| {
        let Stand { way, bank, rounding } = payout.stand();
        (way, bank, rounding)
    };
    assert_eq!(stand(payout(None, 0, (2, 1994))), (Way::Lines, 1994, 0));
    assert_eq!(stand(payout(Some(1994), 0, (0, 0))), (Way::Own, 1994, 0));
    assert_eq!(stand(payout(Some(1994), 1994, (2, 1994))), (Way::Own, 0, 0));
    assert_eq!(stand(payout(None, 1994, (2, 1994))), (Way::Lines, 0, 0));
    assert_eq!(stand(payout(None, 500, (0, 0))), (Way::Lines, -500, 0));
    // Less than a minor unit for each line is rounding; more is a line in another file.
    for (sent, lost) in [(1601, 0), (1600, 1), (1603, -2), (1598, 0), (1604, 0), (1000, 0)] {
        assert_eq!(stand(payout(Some(sent), 0, (3, 1601))), (Way::Own, sent, lost));
    }
}

proptest! {
    #[test]
    fn in_whatever_parts_a_payout_is_told_the_books_have_all_of_it_in_the_end(
        told in prop::collection::vec(
            (prop::option::of(1_i64..5_000), 0_i64..100, 0_i64..4, -1_000_i64..5_000), 1..8)
    ) {
        let mut booked = (0, 0);
        for (sent, returned, lines, sum) in told {
            let now = Payout { booked, ..payout(sent, returned, (lines, sum)) };
            for booking in now.rest("stripe:main") {
                let amounts: Vec<i64> = booking.entries.iter().map(|entry| entry.amount).collect();
                prop_assert_eq!(amounts.iter().sum::<i64>(), 0);
                prop_assert!(amounts[0] != 0);
                match booking.entries[0].account.as_str() {
                    "bank" => booked.0 += amounts[0],
                    _ => booked.1 += amounts[0],
                }
            }
            let stand = now.stand();
            prop_assert_eq!(booked, (stand.bank, stand.rounding));
            prop_assert_eq!(Payout { booked, ..now }.rest("stripe:main"), Vec::new());
        }
    }
}
