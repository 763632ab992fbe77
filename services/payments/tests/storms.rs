//! Every flow at every provider, whatever the weather: webhooks in every order, each once to three
//! times, with the browser's return and retries of checkout among them, end as the straight run
//! does.

use std::{collections::BTreeMap, time::Duration};

use futures::{StreamExt, stream};
use host::Part;
use http::Method;
use kernel::{Clock, Currency, Money, OrderId};
use orders_api::{Move, OrderMoved, State};
use payments_api::{MoneyMove, PaymentMoved, Started};
use serde_json::{Value, json};
use sqlx::Row;
use testkit::{Bench, Book, Pays, StandIn, Webhook};
use tokio::net::TcpListener;

use crate::shop::{LEFT, Shop, facts};

const PARTS: &[Part] = &[payments::PART];
const AMOUNT: i64 = 2599;
/// The storm permutes so many webhooks of a flow.
const MOST: usize = 5;
/// Payments that go through a storm side by side.
const AT_ONCE: usize = 8;

/// What becomes of a payment once the customer has paid, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Captured,
    CapturedInPart,
    Cancelled,
    RefundedInPart,
    RefundedInTwoParts,
    DisputeWon,
    DisputeLost,
}

/// A flow: what the customer does, and what comes then.
#[derive(Debug, Clone, Copy)]
struct Flow {
    pays: Pays,
    then: Then,
    /// Captures that are meant, where the provider frees money that nobody wants.
    captures: u32,
}

const fn flow(pays: Pays, then: Then, captures: u32) -> Flow {
    Flow { pays, then, captures }
}

const FLOWS: &[Flow] = &[
    flow(Pays::Plainly, Then::Captured, 1),
    flow(Pays::AfterChallenge, Then::Captured, 1),
    flow(Pays::FailingChallenge, Then::Cancelled, 0),
    flow(Pays::AbandoningChallenge, Then::Cancelled, 0),
    flow(Pays::Declined, Then::Cancelled, 0),
    flow(Pays::Late, Then::Captured, 1),
    flow(Pays::Plainly, Then::CapturedInPart, 1),
    flow(Pays::Plainly, Then::Cancelled, 0),
    flow(Pays::Plainly, Then::RefundedInPart, 1),
    flow(Pays::Plainly, Then::RefundedInTwoParts, 1),
    flow(Pays::Plainly, Then::DisputeWon, 1),
    flow(Pays::Plainly, Then::DisputeLost, 1),
];

/// Where a payment ended, here and at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
struct End {
    payment: Value,
    ledger: BTreeMap<String, i64>,
    told: Vec<String>,
    operations: Vec<String>,
    book: Book,
}

struct Weather<S> {
    shop: Shop,
    provider: S,
}

/// One payment in a storm: its place among the permutations.
struct Boat {
    order: OrderId,
    started: Started,
    place: usize,
}

impl<S: StandIn> Weather<S> {
    async fn open() -> Self {
        let clock = Clock::turned(testkit::NOON.parse().unwrap());
        let provider = S::start(clock.clone()).await;
        provider.send_to(None);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let settings = format!(
            "public_url = \"http://{address}\"\n[payments]\npatience_ms = 4000\n{}",
            provider.settings()
        );
        let mut bench = Bench::of(PARTS).clock(clock).settings(&settings).start().await;
        let router = bench.process.public();
        bench.process.listen(listener, router);
        // Also where the provider wants to have approved the sale of alcohol.
        let way = json!({"way": format!("{}:main", S::PROVIDER), "label": "Card", "active": true});
        let operator = bench.signed("payments", &testkit::operator());
        operator.put("/v1/payments/ways", way).await.ok::<Value>();
        Self { shop: Shop { bench, customer: testkit::customer() }, provider }
    }

    /// All payments of these places in one flow, with the storm between the acts; where they end.
    async fn run(&self, flow: Flow, places: Vec<usize>, stormy: bool) -> Vec<(usize, End)> {
        let boats: Vec<Boat> = stream::iter(places)
            .map(|place| async move {
                let order = OrderId::new();
                let started = self.shop.try_start(&self.start_of(order)).await.ok();
                Boat { order, started, place }
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        self.each(&boats, |boat| async move {
            let brought = self.provider.pay(&boat.started.provider_payment, flow.pays).await;
            if flow.pays == Pays::Late {
                self.come_back(boat, brought).await;
                self.provider.agree_late(&boat.started.provider_payment);
            }
        })
        .await;
        self.blow(&boats, stormy).await;
        for act in acts(flow.then) {
            self.each(&boats, |boat| self.act(boat, act)).await;
            self.quiet().await;
            self.blow(&boats, stormy).await;
        }
        let mut ends = Vec::new();
        for boat in &boats {
            ends.push((boat.place, self.end(boat).await));
        }
        ends
    }

    async fn each<'a, W: Future<Output = ()>>(
        &self,
        boats: &'a [Boat],
        act: impl Fn(&'a Boat) -> W,
    ) {
        stream::iter(boats).for_each_concurrent(AT_ONCE, act).await;
    }

    /// All webhooks so far, and the browser, and checkout again; the straight run sends each
    /// webhook once and in order, and then comes back.
    async fn blow(&self, boats: &[Boat], stormy: bool) {
        let all = self.provider.webhooks(self.shop.bench.now());
        self.each(boats, |boat| {
            let own: Vec<Webhook> = all.iter().filter(|one| is_of(one, boat)).cloned().collect();
            async move {
                if !stormy {
                    for webhook in &own {
                        self.send(webhook).await;
                    }
                    self.come_back(boat, json!({})).await;
                    return;
                }
                let start = self.start_of(boat.order);
                let late: Vec<Webhook> = own.iter().skip(MOST).cloned().collect();
                let storm = stream::iter(storm(&own, boat.place))
                    .for_each(|webhook| async move { self.send(&webhook).await });
                let again = async {
                    for _ in 0..2 {
                        let again = self.shop.try_start(&start).await;
                        assert!(again.status.is_success() || again.status == 422, "{again:?}");
                    }
                };
                tokio::join!(storm, self.come_back(boat, json!({})), again);
                for webhook in &late {
                    self.send(webhook).await;
                }
            }
        })
        .await;
        self.quiet().await;
    }

    async fn send(&self, webhook: &Webhook) {
        let sender = self.shop.bench.anyone("payments").with_all(&webhook.headers);
        let path = format!("/v1/payments/webhooks/{}/main", S::PROVIDER);
        let answer = sender.send(Method::POST, &path, webhook.body.clone().into()).await;
        assert_eq!(answer.status, 200, "{}: {answer:?}", webhook.kind);
    }

    async fn come_back(&self, boat: &Boat, brought: Value) {
        let path = format!("/v1/payments/payments/{}/return", boat.started.payment);
        self.shop.customer().post(&path, brought).await.ok::<Value>();
    }

    async fn act(&self, boat: &Boat, act: Act) {
        let name = &boat.started.provider_payment;
        match act {
            Act::Packed(total) => self.tell(boat, Move::Packed, total).await,
            Act::Cancelled => {
                let reason = "the store is closed".into();
                self.tell(boat, Move::Cancelled { reason }, AMOUNT).await;
            }
            Act::Refund(amount) => {
                let path = format!("/v1/payments/payments/{}/refunds", boat.started.payment);
                let key = format!("{}-{amount}", boat.started.payment);
                let operator = self.shop.operator().with("idempotency-key", &key);
                let body =
                    json!({"amount": {"amount": amount, "currency": "USD"}, "reason": "broken"});
                operator.post(&path, body).await.ok::<Value>();
            }
            Act::Dispute => {
                self.provider.dispute(name, usd(700));
            }
            Act::Decide(won) => {
                let disputes = self.disputes(boat).await;
                assert_eq!(disputes.len(), 1);
                self.provider.decide(&disputes[0], won);
            }
        }
    }

    async fn disputes(&self, boat: &Boat) -> Vec<String> {
        sqlx::query_scalar("select dispute from payments.dispute where payment_id = $1")
            .bind(boat.started.payment.uuid())
            .fetch_all(&mut self.shop.bench.connection().await)
            .await
            .unwrap()
    }

    async fn tell(&self, boat: &Boat, moved: Move, total: i64) {
        let mut order = facts(&self.shop.customer, boat.order, self.shop.bench.now());
        order.total = usd(total);
        let event = OrderMoved { order, state: State::Packed, moved, version: 1 };
        self.shop.bench.tell(&event).await;
    }

    /// Waits until nothing is left to do here.
    async fn quiet(&self) {
        self.shop
            .bench
            .later("quiet", || async { (self.shop.count(LEFT).await == 0).then_some(()) })
            .await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    async fn end(&self, boat: &Boat) -> End {
        let mut db = self.shop.bench.connection().await;
        let payment = sqlx::query_scalar(
            "select jsonb_build_object('state', state, 'wanted', wanted, 'authorised', authorised,
                 'captured', captured, 'refunded', refunded, 'disputed', disputed, 'fee', fee)
             from payments.payment where id = $1",
        )
        .bind(boat.started.payment.uuid())
        .fetch_one(&mut db)
        .await
        .unwrap();
        let sums = sqlx::query(
            "select account, sum(amount)::bigint from payments.ledger_entry
             where payment_id = $1 group by account",
        )
        .bind(boat.started.payment.uuid())
        .fetch_all(&mut db)
        .await
        .unwrap();
        let operations = sqlx::query_scalar(
            "select kind || ' ' || amount || ' ' || state from payments.operation
             where payment_id = $1 order by seq",
        )
        .bind(boat.started.payment.uuid())
        .fetch_all(&mut db)
        .await
        .unwrap();
        let told = self.shop.bench.told::<PaymentMoved>("payments").await;
        let told = told.into_iter().filter(|told| told.payment == boat.started.payment);
        End {
            payment,
            ledger: sums.iter().map(|row| (row.get(0), row.get(1))).collect(),
            told: told.map(|told| word(&told.moved)).collect(),
            operations,
            book: self.provider.book(&boat.started.provider_payment),
        }
    }

    fn start_of(&self, order: OrderId) -> payments_api::Start {
        self.shop.start_of(order, AMOUNT)
    }
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Packed(i64),
    Cancelled,
    Refund(i64),
    Dispute,
    Decide(bool),
}

fn acts(then: Then) -> Vec<Act> {
    let captured = Act::Packed(AMOUNT);
    match then {
        Then::Captured => vec![captured],
        Then::CapturedInPart => vec![Act::Packed(AMOUNT - 599)],
        Then::Cancelled => vec![Act::Cancelled],
        Then::RefundedInPart => vec![captured, Act::Refund(600)],
        Then::RefundedInTwoParts => vec![captured, Act::Refund(600), Act::Refund(AMOUNT - 600)],
        Then::DisputeWon => vec![captured, Act::Dispute, Act::Decide(true)],
        Then::DisputeLost => vec![captured, Act::Dispute, Act::Decide(false)],
    }
}

fn usd(amount: i64) -> Money {
    Money::new(amount, Currency::USD)
}

fn word(moved: &MoneyMove) -> String {
    serde_json::to_value(moved).unwrap()["move"].as_str().unwrap().to_owned()
}

fn is_of(webhook: &Webhook, boat: &Boat) -> bool {
    let body = String::from_utf8_lossy(&webhook.body);
    let payment = boat.started.payment.to_string();
    body.contains(boat.started.provider_payment.as_str()) || body.contains(&payment)
}

/// The permutation of this number, each webhook one to three times, the repeats shuffled in by it.
fn storm(own: &[Webhook], place: usize) -> Vec<Webhook> {
    let mut left: Vec<Webhook> = own.iter().take(MOST).cloned().collect();
    let mut ordered = Vec::new();
    let mut number = place;
    while !left.is_empty() {
        let next = number % left.len();
        number /= left.len().max(1);
        ordered.push(left.remove(next));
    }
    let repeats: Vec<Webhook> = ordered
        .iter()
        .enumerate()
        .flat_map(|(at, webhook)| vec![webhook.clone(); (place / (at + 1) + at) % 3])
        .collect();
    ordered.extend(repeats);
    ordered
}

fn factorial(number: usize) -> usize {
    (1..=number).product()
}

/// All flows of one provider.
async fn weather_everything<S: StandIn>() {
    for flow in FLOWS {
        let weather = Weather::<S>::open().await;
        let straight = weather.run(*flow, vec![0], false).await.remove(0).1;
        let webhooks = weather.provider.webhooks(weather.shop.bench.now()).len();
        let expected = expected_told(*flow);
        if let Some(expected) = expected {
            let told = straight.told.iter().filter(|told| *told == expected).count();
            assert_eq!(told, 1, "{flow:?}: {straight:#?}");
        }
        let spare = u32::from(straight.operations.iter().any(|one| one.contains("capture")))
            .max(flow.captures);
        assert_eq!(straight.book.captures, spare, "{flow:?}: {straight:#?}");
        let net = straight.book.captured - straight.book.refunded - straight.book.disputed;
        let ours = ["captured", "refunded", "disputed"]
            .map(|name| straight.payment[name].as_i64().unwrap());
        assert_eq!(net, ours[0] - ours[1] - ours[2], "{flow:?}: {straight:#?}");
        assert_eq!(straight.ledger.values().sum::<i64>(), 0);
        let places = (0..factorial(webhooks.min(MOST))).collect();
        for (place, end) in weather.run(*flow, places, true).await {
            assert_eq!(end, straight, "{flow:?}, permutation {place}");
        }
        let mismatches = "select count(*) from payments.mismatch";
        assert_eq!(weather.shop.count(mismatches).await, 0, "{flow:?}");
    }
}

/// What is told exactly once: it is what the customer's confirmation follows.
fn expected_told(flow: Flow) -> Option<&'static str> {
    let paid = matches!(flow.pays, Pays::Plainly | Pays::AfterChallenge | Pays::Late);
    paid.then_some("authorised")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paypal_in_every_weather() {
    weather_everything::<testkit::PayPal>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn razorpay_in_every_weather() {
    weather_everything::<testkit::Razorpay>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stripe_in_every_weather() {
    weather_everything::<testkit::Stripe>().await;
}
