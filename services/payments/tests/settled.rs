//! The providers' own settlement files, of all that can happen to money, agree with what is kept
//! here to the minor unit; and when all is paid out nothing is left between us.

use std::time::Duration;

use host::Part;
use jiff::Timestamp;
use kernel::{Clock, Currency, Money, OrderId};
use orders_api::Move;
use payments_api::{Start, Started};
use serde_json::{Value, json};
use testkit::{Bench, Call, Goes, Pays, StandIn, Verdict};
use tokio::net::TcpListener;

use crate::shop::{LEFT, Shop, facts};

const PARTS: &[Part] = &[payments::PART];
const AMOUNT: i64 = 123_450;

/// What happens to a payment after it is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Captured,
    CapturedInPart,
    Cancelled,
    RefundedTwice,
    RefundedByHand,
    Disputed,
    DisputeWon,
    DisputeLost,
    /// It is won, and costs nothing after all.
    DisputeFeeBack,
    /// It is lost, and costs nothing until then.
    DisputeFeeLate,
    /// The customer keeps a part of what was disputed.
    DisputeLostInPart,
    /// The customer keeps more than was disputed at first.
    DisputeLostAndMore,
}

const ALL: &[Then] = &[
    Then::Captured,
    Then::CapturedInPart,
    Then::Cancelled,
    Then::RefundedTwice,
    Then::RefundedByHand,
    Then::Disputed,
    Then::DisputeWon,
    Then::DisputeLost,
    Then::DisputeFeeBack,
    Then::DisputeFeeLate,
];

/// Where the provider knows that too.
const LOST_IN_PART: &[Then] = &[Then::DisputeLostInPart, Then::DisputeLostAndMore];

struct Street<S> {
    shop: Shop,
    provider: S,
}

impl<S: StandIn> Street<S> {
    async fn open() -> Self {
        let clock = Clock::turned(testkit::NOON.parse().unwrap());
        let provider = S::start(clock.clone()).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let settings = format!(
            "public_url = \"http://{address}\"\n[payments]\npatience_ms = 4000\n{}",
            provider.settings()
        );
        let mut bench = Bench::of(PARTS).clock(clock).settings(&settings).start().await;
        bench.process.listen(listener);
        let webhooks = format!("http://{address}/v1/payments/webhooks/{}/main", S::PROVIDER);
        provider.send_to(Some(webhooks));
        Self { shop: Shop { bench, customer: testkit::customer() }, provider }
    }

    /// One payment in a currency, and what happens to it.
    async fn live(&self, currency: Currency, then: Then) {
        let order = OrderId::new();
        let amount = Money::new(AMOUNT, currency);
        // Without alcohol, so that each provider may be offered.
        let start = Start { amount, classes: Vec::new(), ..self.shop.start_of(order, AMOUNT) };
        let started: Started = self.shop.try_start(&start).await.ok();
        let name = started.provider_payment.clone();
        let brought = self.provider.pay(&name, Pays::Plainly).await;
        let path = format!("/v1/payments/payments/{}/return", started.payment);
        self.shop.customer().post(&path, brought).await.ok::<Value>();
        let taken = if then == Then::CapturedInPart { AMOUNT - 20_000 } else { AMOUNT };
        if then == Then::Cancelled {
            let reason = "the store is closed".into();
            self.tell(order, Move::Cancelled { reason }, amount).await;
        } else {
            self.tell(order, Move::Packed, Money::new(taken, currency)).await;
        }
        self.quiet().await;
        let part = Money::new(20_000, currency);
        match then {
            Then::RefundedTwice => {
                self.refund(&started, part).await;
                self.refund(&started, Money::new(AMOUNT - 20_000, currency)).await;
            }
            Then::RefundedByHand => self.provider.refund_by_hand(&name, part),
            Then::Disputed => drop(self.provider.dispute(&name, part)),
            Then::DisputeWon | Then::DisputeLost => {
                let dispute = self.provider.dispute(&name, part);
                self.quiet().await;
                self.provider.decide(&dispute, then == Then::DisputeWon);
            }
            Then::DisputeFeeBack => self.ends(&name, part, Verdict { lost: 0, fee: Some(0) }).await,
            Then::DisputeLostInPart => {
                self.ends(&name, part, Verdict { lost: 7_500, fee: None }).await;
            }
            Then::DisputeLostAndMore => {
                self.ends(&name, part, Verdict { lost: 21_000, fee: None }).await;
            }
            Then::DisputeFeeLate => {
                let dispute = self.provider.dispute_free(&name, part);
                self.quiet().await;
                let fee = (S::PROVIDER != "razorpay").then_some(2_500);
                self.provider.verdict(&dispute, Verdict { lost: part.amount, fee });
            }
            _ => {}
        }
        self.agreed(&started).await;
    }

    async fn ends(&self, name: &str, part: Money, verdict: Verdict) {
        let dispute = self.provider.dispute(name, part);
        self.quiet().await;
        self.provider.verdict(&dispute, verdict);
    }

    async fn refund(&self, started: &Started, amount: Money) {
        let path = format!("/v1/payments/payments/{}/refunds", started.payment);
        let operator = self.shop.operator().with("idempotency-key", &amount.amount.to_string());
        let body = json!({"amount": amount, "reason": "broken"});
        operator.post(&path, body).await.ok::<Value>();
        self.quiet().await;
    }

    async fn tell(&self, order: OrderId, moved: Move, total: Money) {
        let mut order = facts(&self.shop.customer, order, self.shop.bench.now());
        order.total = total;
        let state = orders_api::State::Packed;
        let event = orders_api::OrderMoved { order, state, moved, version: 1 };
        self.shop.bench.tell(&event).await;
    }

    async fn quiet(&self) {
        self.shop
            .bench
            .later("quiet", || async { (self.shop.count(LEFT).await == 0).then_some(()) })
            .await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    /// Waits until we know what the provider has in its book.
    async fn agreed(&self, started: &Started) {
        self.shop
            .bench
            .later("the books agree", || async {
                let row: (i64, i64, i64, i64) = sqlx::query_as(
                    "select captured, refunded, disputed,
                            (fee + (select coalesce(sum(fee), 0) from payments.dispute
                                    where payment_id = id))::bigint
                     from payments.payment where id = $1",
                )
                .bind(started.payment.uuid())
                .fetch_one(&mut self.shop.bench.connection().await)
                .await
                .unwrap();
                let book = self.provider.book(&started.provider_payment);
                let all = (book.captured, book.refunded, book.disputed, book.fees);
                (row == all).then_some(())
            })
            .await;
        self.quiet().await;
    }

    fn file(&self) -> (String, Timestamp) {
        let noon: Timestamp = testkit::NOON.parse().unwrap();
        let end = self.shop.bench.now() + jiff::SignedDuration::from_secs(1);
        (self.provider.settlement(noon - jiff::SignedDuration::from_secs(1), end), end)
    }

    async fn load(&self, file: &str, end: Timestamp) -> (Value, Vec<Value>) {
        let path = format!(
            "/v1/payments/settlements/{}/main?from={}&to={end}",
            S::PROVIDER,
            testkit::NOON
        );
        let caller = self.shop.operator().with("content-type", "text/csv");
        let body = axum::body::Body::from(file.to_owned());
        let loaded: Value = caller.send(http::Method::POST, &path, body).await.ok();
        let id = loaded["settlement"].as_str().unwrap();
        let path = format!("/v1/payments/settlements/{id}/differences?limit=100");
        let page: Value = self.shop.operator().get(&path).await.ok();
        (loaded, page["items"].as_array().unwrap().clone())
    }
}

/// Everything that can happen, in these currencies; then the file, at first without its last line of
/// money, which begins with `money`. `paid_out`: the file says what went to the bank.
async fn settles<S: StandIn>(currencies: &[Currency], money: &str, paid_out: bool) {
    let street = Street::<S>::open().await;
    let more = if S::PROVIDER == "stripe" { &[] } else { LOST_IN_PART };
    for currency in currencies {
        for then in ALL.iter().chain(more) {
            street.live(*currency, *then).await;
        }
    }
    let (file, end) = street.file();
    let open = "select count(*) from payments.settlement_difference where resolved_at is null";
    let all: Vec<&str> = file.lines().collect();
    let last = all.iter().rposition(|line| line.starts_with(money)).unwrap();
    let torn = format!("{}\n{}\n", all[..last].join("\n"), all[last + 1..].join("\n"));
    let (_, missing) = street.load(&torn, end).await;
    assert_eq!(missing.len(), 1, "without {}: {missing:#?}", all[last]);
    let (loaded, differences) = street.load(&file, end).await;
    assert_eq!(differences, Vec::<Value>::new(), "{file}");
    assert_eq!((&loaded["new_lines"], street.shop.count(open).await), (&json!(1), 0));
    // What went to the bank is not left at the provider; where nobody says so, all of it is.
    let left = "select count(*) from (
                    select from payments.ledger_entry where account = 'provider_clearing'
                    group by currency, party having sum(amount) <> 0) as left_over";
    let left = street.shop.count(left).await;
    assert_eq!(left, if paid_out { 0 } else { currencies.len() as i64 }, "{file}");
    let banked = "select coalesce(sum(amount), 0)::bigint from payments.ledger_entry
                  where account = 'bank'";
    assert_eq!(street.shop.count(banked).await > 0, paid_out);
    let all = "select coalesce(sum(amount), 0)::bigint from payments.ledger_entry";
    assert_eq!(street.shop.count(all).await, 0);
}

#[tokio::test]
async fn stripes_files_agree_in_every_currency() {
    settles::<testkit::Stripe>(&[Currency::USD, Currency::JPY, Currency::KWD], "po_", true).await;
}

#[tokio::test]
async fn razorpays_files_agree() {
    settles::<testkit::Razorpay>(&[Currency::INR], "", true).await;
}

#[tokio::test]
async fn paypals_files_agree_and_say_nothing_of_the_bank() {
    settles::<testkit::PayPal>(&[Currency::EUR, Currency::JPY], "SB,", false).await;
}

/// Nobody tells of a dispute, or of its end: a look a day finds it, once.
async fn found<S: StandIn>() -> (Street<S>, String) {
    let street = Street::<S>::open().await;
    street.live(Currency::USD, Then::Captured).await;
    street.live(Currency::USD, Then::Captured).await;
    street.live(Currency::USD, Then::DisputeWon).await;
    let ended = "select count(*) from payments.dispute where ended_at is not null";
    let open = "select count(*) from payments.dispute where state = 'open'";
    street.provider.send_to(None);
    let query = "select provider_payment from payments.payment where disputed = 0
                 and not exists (select from payments.dispute where payment_id = id)";
    let names: Vec<String> = sqlx::query_scalar(query)
        .fetch_all(&mut street.shop.bench.connection().await)
        .await
        .unwrap();
    let dispute = street.provider.dispute(&names[0], Money::new(20_000, Currency::USD));
    let day = jiff::SignedDuration::from_hours(25);
    let bench = &street.shop.bench;
    for (query, many) in [(open, 1), (ended, 3)] {
        if query == ended {
            street.provider.decide(&dispute, false);
            // Of this one nobody hears before it is lost.
            let unseen = street.provider.dispute(&names[1], Money::new(20_000, Currency::USD));
            street.provider.decide(&unseen, false);
        }
        // It does not answer, and three days go by: what happened in them is found all the same.
        street.provider.fault(Call::Retrieve, Goes::WrongBefore, 1);
        bench.clock.advance(day);
        let failed = || async {
            // Later than while it is being asked, and sooner than tomorrow.
            let soon = "select exists (select from payments.dispute_look
                where due_at between $1 + interval '59 minutes' and $1 + interval '1 hour')";
            let soon = sqlx::query_scalar(soon).bind(jiff_sqlx::Timestamp::from(bench.now()));
            let soon: bool = soon.fetch_one(&mut bench.connection().await).await.unwrap();
            soon.then_some(())
        };
        bench.later("it is put off", failed).await;
        bench.clock.advance(day * 3);
        bench
            .later("it is found", || async {
                (street.shop.count(query).await == many).then_some(())
            })
            .await;
    }
    street.quiet().await;
    let told = bench.told::<payments_api::PaymentMoved>("payments").await;
    let of = |word: &str| {
        let told = told.iter().map(|told| serde_json::to_value(&told.moved).unwrap());
        told.filter(|moved| moved["move"] == word).count()
    };
    assert_eq!((of("disputed"), of("dispute_ended")), (3, 3), "{told:?}");
    (street, dispute)
}

#[tokio::test]
async fn a_dispute_that_nobody_told_of_is_found_at_each_provider() {
    found::<testkit::Stripe>().await;
    // Its fee goes back after the end, and nobody tells of that either.
    let (street, dispute) = found::<testkit::PayPal>().await;
    street.provider.verdict(&dispute, Verdict { lost: 20_000, fee: Some(0) });
    street.shop.bench.clock.advance(jiff::SignedDuration::from_hours(25));
    let back = "select count(*) from payments.dispute where fee = 0 and state = 'lost'";
    let seen = || async { (street.shop.count(back).await == 1).then_some(()) };
    street.shop.bench.later("it is back", seen).await;
    found::<testkit::Razorpay>().await;
}
