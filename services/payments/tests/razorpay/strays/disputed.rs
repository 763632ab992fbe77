//! A customer's bank takes back what was to be given back: it goes back once, by us or by the bank.

use jiff::SignedDuration;
use kernel::OrderId;
use orders_api::Move;
use payments_api::Started;
use serde_json::{Value, json};
use testkit::{Call, Pays, StandIn, Verdict};

use super::{FAILED, LEFT, OWED};
use crate::razorpay::house::{House, inr};

const OPEN: &str =
    "select count(*) from payments.dispute where state = 'open' and stray is not null";
const ENDED: &str = "select count(*) from payments.dispute where ended_at is not null";
const ALERTS: &str =
    "select count(*) from payments.mismatch where what like 'stray-dispute disp_%'";
const HELD: &str = "select coalesce(sum(amount), 0)::bigint from payments.ledger_entry
                    where account = 'disputes'";
const LOSSES: &str = "select coalesce(sum(amount), 0)::bigint from payments.ledger_entry
                      where account = 'dispute_losses'";
const CLEARING: &str = "select coalesce(sum(amount), 0)::bigint from payments.ledger_entry
                        where account = 'provider_clearing'";
const GIVEN_BACK: &str = "select count(*) from payments.stray where given_back_at is not null";

impl House {
    /// An order that was paid twice, whose second money could not be given back yet.
    async fn left_over(&self) -> Started {
        self.razorpay.run_dry(true);
        let started = self.paid_again(OrderId::new(), 1).await;
        self.comes_to(FAILED, 1).await;
        self.razorpay.run_dry(false);
        started
    }

    /// The customer's bank takes so much of the stray, and Razorpay tells of it.
    async fn disputed(&self, amount: i64) -> String {
        let dispute = self.razorpay.dispute_payment(&self.stray().await, inr(amount));
        self.send_all().await;
        self.at_once(OPEN, 1).await;
        dispute
    }

    async fn at_once(&self, query: &'static str, count: i64) {
        let there = || async { (self.count(query).await == count).then_some(()) };
        self.bench.eventually(query, there).await;
    }

    /// Hours go by, in which all that may be done is done: another order's money is taken.
    async fn hours_go_by(&self) {
        let order = OrderId::new();
        let other = self.started(order).await;
        let brought = self.razorpay.pay(&other.provider_payment, Pays::Plainly).await;
        self.come_back(&other, brought).await.ok::<Value>();
        self.bench.advance(6 * 3_600);
        self.tell(order, Move::Packed).await;
        self.comes_to("select count(*) from payments.payment where captured > 0", 2).await;
    }

    /// Nothing is left to do, and what the books say of Razorpay is what it says itself.
    async fn adds_up(&self) {
        self.quiet().await;
        let mut there = 0;
        for name in self.razorpay.names() {
            let book = self.razorpay.book(&name);
            there += book.captured - book.refunded - book.disputed - book.fees;
        }
        assert_eq!(self.count(CLEARING).await, there);
        assert_eq!((self.count(OWED).await, self.count(HELD).await), (0, 0));
        assert_eq!(self.count(ALERTS).await, 1);
        // Heard again, and asked again, it is the same.
        let before = self.dump().await;
        self.send_all().await;
        self.quiet().await;
        assert_eq!(before["ledger_entry"], self.dump().await["ledger_entry"]);
    }

    /// The whole of Razorpay's file agrees, loaded twice, and all of it went to the bank.
    async fn file_agrees(&self) {
        let noon: jiff::Timestamp = testkit::NOON.parse().unwrap();
        let second = SignedDuration::from_secs(1);
        let file = self.razorpay.settlement(noon - second, self.bench.now() + second);
        assert_eq!(self.load(file.clone()).await, Vec::<Value>::new(), "{file}");
        let entries = "select count(*) from payments.ledger_entry";
        let booked = self.count(entries).await;
        assert_eq!(self.load(file).await, Vec::<Value>::new());
        assert_eq!((self.count(entries).await, self.count(CLEARING).await), (booked, 0));
    }
}

/// Lost: the bank has given it back, and we do not give it back as well.
#[tokio::test]
async fn a_stray_that_is_disputed_waits_and_is_not_given_back_when_that_is_lost() {
    let house = House::open().await;
    let started = house.left_over().await;
    let dispute = house.disputed(90_000).await;
    assert_eq!((house.count(HELD).await, house.count(OWED).await), (90_000, 90_000));
    let asked = house.razorpay.asked(Call::Refund);
    house.hours_go_by().await;
    assert_eq!((house.razorpay.asked(Call::Refund), house.count(LEFT).await), (asked, 1));
    house.razorpay.decide(&dispute, false);
    house.send_all().await;
    house.at_once(LEFT, 0).await;
    house.adds_up().await;
    house.come_back(&started, json!({})).await.ok::<Value>();
    house.adds_up().await;
    let book = house.razorpay.book(&started.provider_payment);
    assert_eq!((book.refunds, book.disputed, house.count(LOSSES).await), (0, 90_000, 0));
    assert_eq!(house.razorpay.asked(Call::Refund), asked);
    house.file_agrees().await;
}

#[tokio::test]
async fn a_stray_whose_dispute_is_won_is_given_back_then() {
    let house = House::open().await;
    let started = house.left_over().await;
    let dispute = house.disputed(90_000).await;
    house.hours_go_by().await;
    house.razorpay.decide(&dispute, true);
    house.send_all().await;
    // Without any time going by.
    house.at_once(GIVEN_BACK, 1).await;
    house.adds_up().await;
    let book = house.razorpay.book(&started.provider_payment);
    assert_eq!((book.refunds, book.refunded, book.disputed), (1, 90_000, 0));
    assert_eq!(house.count(LOSSES).await, 0);
    house.file_agrees().await;
}

/// What the bank did not take for good is ours to give back.
#[tokio::test]
async fn what_is_left_of_a_stray_after_a_dispute_goes_back() {
    let house = House::open().await;
    let started = house.left_over().await;
    let dispute = house.disputed(90_000).await;
    house.razorpay.verdict(&dispute, Verdict { lost: 40_000, fee: None });
    house.send_all().await;
    house.comes_to(GIVEN_BACK, 1).await;
    house.adds_up().await;
    let book = house.razorpay.book(&started.provider_payment);
    assert_eq!((book.refunds, book.refunded, book.disputed), (1, 50_000, 40_000));
    assert_eq!(house.count(LOSSES).await, 0);
    house.file_agrees().await;
}

/// It has been given back, and then the bank takes it too: what is lost by that is ours.
#[tokio::test]
async fn a_stray_that_had_been_given_back_and_is_disputed_is_a_loss_when_that_is_lost() {
    for won in [false, true] {
        let house = House::open().await;
        let started = house.paid_again(OrderId::new(), 1).await;
        house.comes_to(GIVEN_BACK, 1).await;
        let dispute = house.disputed(90_000).await;
        assert_eq!((house.count(HELD).await, house.count(OWED).await), (90_000, 0));
        house.razorpay.decide(&dispute, won);
        house.send_all().await;
        house.at_once(ENDED, 1).await;
        house.adds_up().await;
        let lost = if won { 0 } else { 90_000 };
        let book = house.razorpay.book(&started.provider_payment);
        assert_eq!((book.refunds, book.disputed), (1, lost));
        assert_eq!((house.count(LOSSES).await, house.count(GIVEN_BACK).await), (lost, 1));
        house.file_agrees().await;
    }
}

/// The bank has our refund in hand when the dispute opens: it takes it, or not, and nothing is sent
/// again for what the dispute took.
#[tokio::test]
async fn a_refund_on_its_way_when_the_dispute_opens_ends_as_the_bank_says() {
    for works in [true, false] {
        let house = House::open().await;
        house.razorpay.hold_refunds(true);
        let started = house.paid_again(OrderId::new(), 1).await;
        house.comes_to("select count(*) from payments.operation where in_hand", 1).await;
        let dispute = house.disputed(90_000).await;
        house.razorpay.decide(&dispute, false);
        house.send_all().await;
        house.at_once(ENDED, 1).await;
        house.razorpay.finish_refunds(works);
        house.send_all().await;
        house.adds_up().await;
        house.bench.advance(3_600);
        house.adds_up().await;
        let refunded = if works { 90_000 } else { 0 };
        let book = house.razorpay.book(&started.provider_payment);
        assert_eq!((book.refunded, book.disputed), (refunded, 90_000));
        assert_eq!((house.count(LOSSES).await, house.razorpay.asked(Call::Refund)), (refunded, 1));
        house.file_agrees().await;
    }
}

/// No webhook tells of it, nor of its end.
#[tokio::test]
async fn a_dispute_of_a_stray_that_nobody_told_of_is_found_by_the_days_look() {
    let house = House::open().await;
    let started = house.paid_again(OrderId::new(), 1).await;
    house.comes_to(GIVEN_BACK, 1).await;
    let dispute = house.razorpay.dispute_payment(&house.stray().await, inr(90_000));
    house.bench.clock.advance(SignedDuration::from_hours(25));
    house.comes_to(OPEN, 1).await;
    house.razorpay.decide(&dispute, false);
    house.bench.clock.advance(SignedDuration::from_hours(25));
    house.comes_to(ENDED, 1).await;
    house.adds_up().await;
    assert_eq!(house.razorpay.book(&started.provider_payment).disputed, 90_000);
    let own = "select disputed from payments.payment";
    assert_eq!((house.count(own).await, house.count(LOSSES).await), (0, 90_000));
}

/// Nobody told of the money either: somebody took it by hand, and no webhook came.
#[tokio::test]
async fn a_disputed_stray_that_nobody_had_seen_is_found_by_the_days_look() {
    let house = House::open().await;
    let order = OrderId::new();
    let started = house.started(order).await;
    house.razorpay.pay(&started.provider_payment, Pays::Late).await;
    let brought = house.razorpay.pay(&started.provider_payment, Pays::Plainly).await;
    house.come_back(&started, brought).await.ok::<Value>();
    house.tell(order, Move::Packed).await;
    house.quiet().await;
    house.razorpay.agree_late(&started.provider_payment);
    let stray = house.razorpay.payments(&started.provider_payment).remove(0);
    house.razorpay.capture_by_hand(&stray);
    // Another shop's money is not ours.
    let strange = house.razorpay.strange_order(inr(50_000), json!({}));
    house.razorpay.pay(&strange, Pays::Plainly).await;
    house.razorpay.capture_by_hand(&house.razorpay.payments(&strange)[0]);
    house.razorpay.dispute(&strange, inr(50_000));
    let dispute = house.razorpay.dispute_payment(&stray, inr(90_000));
    house.bench.clock.advance(SignedDuration::from_hours(25));
    house.comes_to(OPEN, 1).await;
    assert_eq!((house.stray().await, house.razorpay.asked(Call::Refund)), (stray, 0));
    assert_eq!((house.count(super::ALERTS).await, house.count(ALERTS).await), (1, 1));
    house.razorpay.decide(&dispute, false);
    house.bench.clock.advance(SignedDuration::from_hours(25));
    house.comes_to(ENDED, 1).await;
    house.quiet().await;
    assert_eq!((house.count(OWED).await, house.count(HELD).await), (0, 0));
    assert_eq!((house.count(LEFT).await, house.razorpay.asked(Call::Refund)), (0, 0));
}
