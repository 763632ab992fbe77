//! Money beyond an order's own: each sum is followed until Razorpay shows that it has gone back.

mod disputed;

use kernel::OrderId;
use orders_api::Move;
use payments_api::Started;
use serde_json::{Value, json};
use testkit::{Call, Goes, Pays, StandIn};

use super::house::House;

const ALERTS: &str = "select count(*) from payments.mismatch where what like 'stray pay_%'";
const REFUND_ALERTS: &str =
    "select count(*) from payments.mismatch where what like 'stray-refund pay_%'";
const LEFT: &str = "select count(*) from payments.stray where given_back_at is null";
const OWED: &str = "select coalesce(-sum(amount), 0)::bigint from payments.ledger_entry
                    where account = 'strays'";
const FAILED: &str = "select count(*) from payments.operation
                      where kind = 'give_back' and state = 'failed'";

fn cancelled() -> Move {
    Move::Cancelled { reason: "the store is closed".into() }
}

impl House {
    /// An order that is captured, and paid so many times more by attempts that had failed.
    async fn paid_again(&self, order: OrderId, times: usize) -> Started {
        let started = self.started(order).await;
        for _ in 0..times {
            self.razorpay.pay(&started.provider_payment, Pays::Late).await;
        }
        let brought = self.razorpay.pay(&started.provider_payment, Pays::Plainly).await;
        self.come_back(&started, brought).await.ok::<Value>();
        self.tell(order, Move::Packed).await;
        self.quiet().await;
        for _ in 0..times {
            self.razorpay.agree_late(&started.provider_payment);
        }
        self.send_all().await;
        started
    }

    async fn comes_to(&self, query: &'static str, count: i64) {
        let there = || async { (self.count(query).await == count).then_some(()) };
        self.bench.later(query, there).await;
    }

    /// So many strays are still there, without any time going by.
    async fn soon_left(&self, count: i64) {
        let left = || async { (self.count(LEFT).await == count).then_some(()) };
        self.bench.eventually("strays", left).await;
    }

    /// The stray there is, by Razorpay's id.
    async fn stray(&self) -> String {
        sqlx::query_scalar("select object from payments.stray")
            .fetch_one(&mut self.bench.connection().await)
            .await
            .unwrap()
    }

    /// What differs from a settlement file.
    async fn load(&self, file: String) -> Vec<Value> {
        let end = self.bench.now() + jiff::SignedDuration::from_secs(1);
        let path =
            format!("/v1/payments/settlements/razorpay/main?from={}&to={end}", testkit::NOON);
        let operator = self.bench.signed("payments", &testkit::operator());
        let loader = operator.clone().with("content-type", "text/csv");
        let loaded: Value = loader.send(axum::http::Method::POST, &path, file.into()).await.ok();
        let id = loaded["settlement"].as_str().unwrap();
        let path = format!("/v1/payments/settlements/{id}/differences?limit=100");
        let page: Value = operator.get(&path).await.ok();
        page["items"].as_array().unwrap().clone()
    }
}

/// Asked for is not gone: it may wait at the bank, and come back.
#[tokio::test]
async fn a_stray_ends_when_razorpay_shows_it_refunded_and_not_before() {
    let house = House::open().await;
    house.razorpay.hold_refunds(true);
    let started = house.paid_again(OrderId::new(), 1).await;
    let refunds = || house.razorpay.asked(Call::Refund);
    house.bench.later("it is asked for", || async { (refunds() == 1).then_some(()) }).await;
    house.send_all().await;
    house.comes_to("select count(*) from payments.operation where in_hand", 1).await;
    assert_eq!((house.count(LEFT).await, house.count(OWED).await), (1, 90_000));
    house.bench.advance(3_600);
    house.comes_to(OWED, 90_000).await;
    assert_eq!((refunds(), house.count(ALERTS).await), (1, 1), "the bank has it in hand");

    house.razorpay.finish_refunds(false);
    house.send_all().await;
    house.comes_to(FAILED, 1).await;
    assert_eq!((house.count(LEFT).await, house.count(REFUND_ALERTS).await), (1, 1));
    // Under a new key, when a minute has gone by.
    house.bench.later("it is asked for again", || async { (refunds() == 2).then_some(()) }).await;
    house.razorpay.finish_refunds(true);
    house.send_all().await;
    house.comes_to(LEFT, 0).await;
    house.quiet().await;
    let book = house.razorpay.book(&started.provider_payment);
    assert_eq!((book.captures, book.captured, book.refunded), (2, 180_000, 90_000));
    assert_eq!((house.count(OWED).await, house.count(FAILED).await), (0, 1));
    assert_eq!(house.count(ALERTS).await, 1);
}

/// Done is not the end: the bank may send it to us again.
#[tokio::test]
async fn a_stray_that_was_given_back_and_comes_to_us_again_is_told_and_given_back_again() {
    let house = House::open().await;
    let started = house.paid_again(OrderId::new(), 1).await;
    house.comes_to("select count(*) from payments.stray where given_back_at is not null", 1).await;
    house.quiet().await;
    house.razorpay.return_refunds();
    house.send_all().await;
    house.soon_left(1).await;
    let kept = (house.count(FAILED).await, house.count(REFUND_ALERTS).await);
    assert_eq!((kept, house.count(OWED).await), ((1, 1), 90_000));
    let wait = "select extract(epoch from due_at - created_at)::bigint from payments.operation
                where kind = 'give_back' and ended_at is null";
    assert_eq!(house.count(wait).await, 60);
    house.comes_to(LEFT, 0).await;
    house.quiet().await;
    let book = house.razorpay.book(&started.provider_payment);
    assert_eq!((book.captures, book.refunds, book.refunded), (2, 1, 90_000));
    assert_eq!((house.count(OWED).await, house.count(FAILED).await), (0, 1));
}

/// What Razorpay showed before it went back is told after that.
#[tokio::test]
async fn an_old_picture_of_a_stray_does_not_overwrite_a_newer_one() {
    let house = House::open().await;
    house.razorpay.run_dry(true);
    let started = house.paid_again(OrderId::new(), 1).await;
    let failed = || async { (house.count(FAILED).await == 1).then_some(()) };
    house.bench.eventually("it is refused", failed).await;
    house.razorpay.run_dry(false);
    let stray = house.stray().await;
    // The payment's own refunds are looked for, and then the stray's: that answer is the late one.
    house.razorpay.fault(Call::Refunds, Goes::Slowly(1), 1);
    house.razorpay.fault(Call::Refunds, Goes::Slowly(300), 1);
    let before = house.razorpay.asked(Call::Refunds);
    let newer = async {
        let looked = || async { (house.razorpay.asked(Call::Refunds) >= before + 2).then_some(()) };
        house.bench.eventually("the stray's are looked for", looked).await;
        house.razorpay.refund_payment_by_hand(&stray, 90_000);
        house.send_all().await;
        house.soon_left(0).await;
    };
    let (old, ()) = tokio::join!(house.come_back(&started, json!({})), newer);
    old.ok::<Value>();
    assert_eq!(house.count(LEFT).await, 0);
    house.quiet().await;
    let asked = "select count(*) from payments.operation where kind = 'give_back'";
    assert_eq!((house.count(asked).await, house.count(OWED).await), (2, 0));
    assert_eq!(house.razorpay.book(&started.provider_payment).refunded, 90_000);
}

/// Razorpay refuses it: it is asked for again, and the order's own money goes its own way.
#[tokio::test]
async fn a_stray_that_cannot_be_given_back_now_holds_nothing_else_up() {
    let house = House::open().await;
    house.razorpay.run_dry(true);
    let order = OrderId::new();
    let started = house.paid_again(order, 1).await;
    house.comes_to(FAILED, 1).await;
    assert_eq!((house.count(REFUND_ALERTS).await, house.count(LEFT).await), (1, 1));
    // The order's own money goes back at once, though the stray's waits for its minute.
    house.razorpay.run_dry(false);
    house.tell(order, cancelled()).await;
    let own = "select refunded from payments.payment";
    let back = || async { (house.count(own).await == 90_000).then_some(()) };
    house.bench.eventually("the order's own is back", back).await;
    assert_eq!(house.count(LEFT).await, 1);
    // Somebody gives back a part of the stray by hand: the rest follows.
    house.razorpay.refund_payment_by_hand(&house.stray().await, 30_000);
    house.bench.advance(120);
    house.comes_to(LEFT, 0).await;
    house.quiet().await;
    let book = house.razorpay.book(&started.provider_payment);
    assert_eq!((book.captures, book.refunds, book.refunded), (2, 3, 180_000));
    assert_eq!(house.count(OWED).await, 0);
}

#[tokio::test]
async fn each_stray_of_an_order_is_told_and_given_back() {
    let house = House::open().await;
    let started = house.paid_again(OrderId::new(), 2).await;
    house.comes_to("select count(*) from payments.stray where given_back_at is not null", 2).await;
    house.send_all().await;
    house.quiet().await;
    let book = house.razorpay.book(&started.provider_payment);
    assert_eq!((book.captures, book.refunds, book.refunded), (3, 2, 180_000));
    assert_eq!((house.count(ALERTS).await, house.count(OWED).await), (2, 0));
    let operations = "select count(*) from payments.operation where kind = 'give_back'";
    assert_eq!(house.count(operations).await, 2);
}

/// The file has the stray, its fee and its refund: so have the books, to the last paisa.
#[tokio::test]
async fn strays_are_in_the_books_and_the_settlement_file_agrees() {
    let house = House::open().await;
    house.paid_again(OrderId::new(), 1).await;
    house.comes_to("select count(*) from payments.stray where given_back_at is not null", 1).await;
    house.quiet().await;
    let noon: jiff::Timestamp = testkit::NOON.parse().unwrap();
    let second = jiff::SignedDuration::from_secs(1);
    let file = house.razorpay.settlement(noon - second, house.bench.now() + second);
    let back = file.lines().position(|line| line.starts_with("rfnd_")).unwrap();
    let torn = file.lines().enumerate().filter(|(number, _)| *number != back);
    let torn: Vec<&str> = torn.map(|(_, line)| line).collect();
    let missing = house.load(format!("{}\n", torn.join("\n"))).await;
    assert_eq!(missing.len(), 1, "{missing:#?}");
    assert_eq!(missing[0]["what"], "missing_there");
    let subject = missing[0]["subject"].as_str().unwrap();
    assert!(subject.starts_with(&format!("stray {} refund rfnd_", house.stray().await)));
    assert_eq!(house.load(file).await, Vec::<Value>::new());
    let open = "select count(*) from payments.settlement_difference where resolved_at is null";
    assert_eq!(house.count(open).await, 0);
    let clearing = "select coalesce(sum(amount), 0)::bigint from payments.ledger_entry
                    where account = 'provider_clearing'";
    assert_eq!(house.count(clearing).await, 0, "all of it went to the bank");
    let fees = "select sum(amount)::bigint from payments.ledger_entry
                where account = 'provider_fees'";
    assert_eq!(house.count(fees).await, 2 * 2_124);
    let data = house.bench.house("payments");
    let path = format!("/internal/payments/people/{}/data", house.customer.person);
    let kept: Value = data.get(&path).await.ok();
    assert_eq!(kept["payments"][0]["strays"][0]["amount"], json!(90_000));
}

/// Somebody takes the second money by hand before anybody knows of it: which is the order's own is
/// known all the same, also to refunds.
#[tokio::test]
async fn what_somebody_else_took_is_not_the_orders_own() {
    let house = House::open().await;
    let order = OrderId::new();
    let started = house.started(order).await;
    house.razorpay.pay(&started.provider_payment, Pays::Late).await;
    let brought = house.razorpay.pay(&started.provider_payment, Pays::Plainly).await;
    house.come_back(&started, brought).await.ok::<Value>();
    house.tell(order, Move::Packed).await;
    house.quiet().await;
    let payments = house.razorpay.payments(&started.provider_payment);
    house.razorpay.agree_late(&started.provider_payment);
    house.razorpay.capture_by_hand(&payments[0]);
    house.razorpay.run_dry(true);
    house.send_all().await;
    house.comes_to(FAILED, 1).await;
    house.razorpay.run_dry(false);
    assert_eq!(house.stray().await, payments[0]);
    house.tell(order, cancelled()).await;
    house.comes_to("select refunded from payments.payment", 90_000).await;
    house.comes_to(LEFT, 0).await;
    house.quiet().await;
    let book = house.razorpay.book(&started.provider_payment);
    assert_eq!((book.captures, book.refunds, book.refunded), (2, 2, 180_000));
    assert_eq!(house.count(OWED).await, 0);
}
