//! Payments at Stripe, which a stand-in plays on a port of its own.

mod crowds;
mod flows;
mod forgery;
mod page;
mod refunds;
mod saved;
mod sdk;
mod unknown;

use host::Part;
use kernel::{Clock, Currency, Money, OrderId};
use orders_api::{Move, OrderMoved, State};
use payments_api::Started;
use serde_json::{Value, json};
use testkit::{Answer, Bench, Book, Pays, StandIn, Stripe};
use tokio::net::TcpListener;

use crate::shop::{LEFT, Shop, facts};

const PARTS: &[Part] = &[payments::PART];
const WEBHOOKS: &str = "/v1/payments/webhooks/stripe/main";

/// A shop with one account at Stripe.
struct Till {
    shop: Shop,
    stripe: Stripe,
}

impl Till {
    /// With Stripe's fields in our own page.
    async fn open() -> Self {
        Self::with(false, |settings| settings).await
    }

    /// On Stripe's own page.
    async fn redirecting() -> Self {
        Self::with(true, |settings| settings).await
    }

    /// With the account's settings changed.
    async fn with(redirect: bool, change: impl FnOnce(String) -> String) -> Self {
        let clock = Clock::turned(testkit::NOON.parse().unwrap());
        let stripe = Stripe::start(clock.clone()).await;
        let stripe = if redirect { stripe.with_its_page() } else { stripe };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let settings = format!(
            "public_url = \"http://{address}\"\n[payments]\npatience_ms = 400\n{}",
            change(stripe.settings())
        );
        let mut bench = Bench::of(PARTS).clock(clock).settings(&settings).start().await;
        bench.process.listen(listener);
        stripe.send_to(Some(format!("http://{address}{WEBHOOKS}")));
        Self { shop: Shop { bench, customer: testkit::customer() }, stripe }
    }

    async fn start(&self, order: OrderId, amount: i64) -> Started {
        self.shop.try_start(&self.shop.start_of(order, amount)).await.ok()
    }

    async fn start_in(&self, order: OrderId, amount: Money) -> Answer {
        let start = payments_api::Start { amount, ..self.shop.start_of(order, amount.amount) };
        self.shop.try_start(&start).await
    }

    async fn pay(&self, started: &Started, how: Pays) {
        let brought = self.stripe.pay(&started.provider_payment, how).await;
        let path = format!("/v1/payments/payments/{}/return", started.payment);
        self.shop.bench.advance(1);
        self.shop.customer().post(&path, brought).await.ok::<Value>();
    }

    /// One that is paid.
    async fn paid(&self, order: OrderId, amount: i64) -> Started {
        let started = self.start(order, amount).await;
        self.pay(&started, Pays::Plainly).await;
        assert_eq!(self.state(&started).await, "authorised");
        started
    }

    async fn captured(&self, order: OrderId, amount: i64) -> Started {
        let started = self.paid(order, amount).await;
        self.tell(order, Move::Packed, amount).await;
        self.quiet().await;
        assert_eq!(self.state(&started).await, "captured");
        started
    }

    /// The order has moved, and is worth this now.
    async fn tell(&self, order: OrderId, moved: Move, total: i64) {
        let mut order = facts(&self.shop.customer, order, self.shop.bench.now());
        order.total = Money::new(total, Currency::USD);
        let event = OrderMoved { order, state: State::Cancelled, moved, version: 1 };
        self.shop.bench.tell(&event).await;
    }

    async fn cancel(&self, order: OrderId) {
        self.tell(order, Move::Cancelled { reason: "the store is closed".into() }, 2599).await;
    }

    async fn refund(&self, started: &Started, amount: i64, key: &str) -> Answer {
        let path = format!("/v1/payments/payments/{}/refunds", started.payment);
        let amount = json!({"amount": amount, "currency": "USD"});
        let operator = self.shop.operator().with("idempotency-key", key);
        operator.post(&path, json!({"amount": amount, "reason": "a broken bottle"})).await
    }

    async fn state(&self, started: &Started) -> String {
        self.shop.show(started).await["state"].as_str().unwrap().to_owned()
    }

    fn book(&self, started: &Started) -> Book {
        self.stripe.book(&started.provider_payment)
    }

    async fn is(&self, started: &Started, state: &str) {
        let there = || async { (self.state(started).await == state).then_some(()) };
        self.shop.bench.later(state, there).await;
    }

    /// Waits until nothing is left to do.
    async fn quiet(&self) {
        // What it does may make Stripe tell more.
        let none = || async {
            let quiet = self.shop.count(LEFT).await == 0 && self.stripe.has_told_all();
            (quiet && self.shop.count(LEFT).await == 0).then_some(())
        };
        self.shop.bench.later("quiet", none).await;
        let sum = "select coalesce(sum(amount), 0)::bigint from payments.ledger_entry";
        assert_eq!(self.shop.count(sum).await, 0);
    }

    /// What the ledger holds in one account.
    async fn ledger(&self, account: &'static str) -> i64 {
        let all: Value = self.shop.operator().get("/v1/payments/ledger/balance").await.ok();
        let mut rows = all["accounts"].as_array().unwrap().iter();
        let row = rows.find(|row| row["account"] == account);
        row.map_or(0, |row| row["balance"].as_i64().unwrap())
    }
}
