//! A shop that is paid at PayPal alone.

use host::Part;
use http::{HeaderMap, Method};
use jiff::{SignedDuration, Timestamp};
use kernel::{Actor, AlcoholClass, Clock, OrderId, StoreId, VendorId};
use orders_api::{Move, OrderMoved, State};
use payments_api::{MoneyMove, PaymentMoved, Start, Started};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use testkit::{Answer, Bench, Book, PayPal, Pays, StandIn};

use crate::shop::{facts, usd};

const PARTS: &[Part] = &[payments::PART];
pub const PATH: &str = "/v1/payments/webhooks/paypal/main";

pub struct Till {
    pub bench: Bench,
    pub paypal: PayPal,
    pub customer: Actor,
}

impl Till {
    pub async fn open() -> Self {
        Self::with("").await
    }

    /// With more settings of the account.
    pub async fn with(more: &str) -> Self {
        let clock = Clock::turned(testkit::NOON.parse::<Timestamp>().unwrap());
        let paypal = PayPal::start(clock.clone()).await;
        let settings = format!("[payments]\npatience_ms = 1000\n{}{more}", paypal.settings());
        let bench = Bench::of(PARTS).clock(clock).settings(&settings).start().await;
        // PayPal has approved the sale of alcohol.
        let way = json!({"way": "paypal:main", "label": "PayPal", "active": true});
        let operator = bench.signed("payments", &testkit::operator());
        operator.put("/v1/payments/ways", way).await.ok::<Value>();
        Self { bench, paypal, customer: testkit::customer() }
    }

    pub fn start_of(&self, order: OrderId, amount: i64) -> Start {
        Start {
            order,
            customer: self.customer.customer(),
            amount: usd(amount),
            store: StoreId::new(),
            vendor: VendorId::new(),
            classes: vec![AlcoholClass::Wine],
            sale: None,
            with: None,
            save_method: false,
            saved_method: None,
            description: "Order K7Q2-9F".into(),
            pay_by: self.bench.now() + SignedDuration::from_hours(1),
        }
    }

    pub async fn begin(&self, start: &Start) -> Answer {
        self.bench.house("payments").post("/internal/payments/payments", start).await
    }

    pub async fn try_start(&self, order: OrderId, amount: i64) -> Answer {
        self.begin(&self.start_of(order, amount)).await
    }

    pub async fn start(&self, order: OrderId) -> Started {
        self.try_start(order, 2599).await.ok()
    }

    pub async fn paid(&self, order: OrderId) -> Started {
        let started = self.start(order).await;
        self.pay(&started, Pays::Plainly).await;
        self.reached(&started, "authorised").await;
        started
    }

    pub async fn captured(&self, order: OrderId, amount: i64) -> Started {
        let started = self.paid(order).await;
        self.pack(order, amount).await;
        self.reached(&started, "captured").await;
        started
    }

    /// The customer pays, and their browser comes back.
    pub async fn pay(&self, started: &Started, how: Pays) {
        let brought = self.paypal.pay(&started.provider_payment, how).await;
        self.come_back(started, &brought).await.ok::<Value>();
    }

    pub async fn come_back(&self, started: &Started, brought: &Value) -> Answer {
        let path = format!("/v1/payments/payments/{}/return", started.payment);
        self.bench.advance(1);
        self.bench.signed("payments", &self.customer).post(&path, brought).await
    }

    pub async fn show(&self, started: &Started) -> Value {
        let path = format!("/v1/payments/payments/{}", started.payment);
        self.bench.signed("payments", &self.customer).get(&path).await.ok()
    }

    pub async fn reached(&self, started: &Started, state: &str) {
        self.bench
            .later(state, || async { (self.show(started).await["state"] == state).then_some(()) })
            .await;
    }

    /// The order is packed for so much.
    pub async fn pack(&self, order: OrderId, amount: i64) {
        self.tell(order, Move::Packed, amount).await;
    }

    pub async fn tell(&self, order: OrderId, moved: Move, amount: i64) {
        let mut facts = facts(&self.customer, order, self.bench.now());
        facts.total = usd(amount);
        let event = OrderMoved { order: facts, state: State::Cancelled, moved, version: 1 };
        self.bench.tell(&event).await;
    }

    pub async fn refund(&self, of: &Started, key: &str, amount: i64) -> Answer {
        let path = format!("/v1/payments/payments/{}/refunds", of.payment);
        let amount = json!({"amount": amount, "currency": "USD"});
        let input = json!({"amount": amount, "reason": "one was broken"});
        let operator = self.bench.signed("payments", &testkit::operator());
        operator.with("idempotency-key", key).post(&path, input).await
    }

    /// Sends what PayPal would.
    pub async fn send(&self, headers: &HeaderMap, body: &[u8]) -> Answer {
        let caller = self.bench.anyone("payments").with_all(headers);
        caller.send(Method::POST, PATH, body.to_vec().into()).await
    }

    /// Sends all that has happened at PayPal.
    pub async fn send_all(&self) {
        for webhook in self.paypal.webhooks(self.bench.now()) {
            self.send(&webhook.headers, &webhook.body).await.ok::<Value>();
        }
    }

    pub async fn told(&self) -> Vec<MoneyMove> {
        let told = self.bench.told::<PaymentMoved>("payments").await;
        told.into_iter().map(|told| told.moved).collect()
    }

    pub fn book(&self, started: &Started) -> Book {
        self.paypal.book(&started.provider_payment)
    }

    pub async fn count(&self, query: &str) -> i64 {
        sqlx::query_scalar(AssertSqlSafe(query.to_owned()))
            .fetch_one(&mut self.bench.connection().await)
            .await
            .unwrap()
    }

    /// Every row of every table of the service, but for those of `without`.
    pub async fn dump(&self, without: &[&str]) -> Vec<(String, String)> {
        let mut connection = self.bench.connection().await;
        let tables: Vec<String> = sqlx::query_scalar(
            "select table_name::text from information_schema.tables
             where table_schema = 'payments' and table_type = 'BASE TABLE'
               and table_name <> 'dispute_look' order by 1",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        assert!(tables.len() > 8, "{tables:?}");
        let mut dump = Vec::new();
        for table in tables.into_iter().filter(|table| !without.contains(&table.as_str())) {
            let query = format!(
                "select coalesce(string_agg(t::text, ';' order by t::text), '') \
                 from payments.{table} t"
            );
            let rows: String =
                sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(&mut connection).await.unwrap();
            dump.push((table, rows));
        }
        dump
    }

    /// Waits until no notice and no operation waits, with a clock that stands.
    pub async fn still(&self) {
        let waiting = "select (select count(*) from payments.webhook_inbox
                               where handled_at is null and due_at <= '2026-06-15T17:00:00Z')
                            + (select count(*) from payments.operation where ended_at is null)
                            + (select count(*) from payments.outbox where sent_at is null)";
        self.bench
            .eventually("still", || async { (self.count(waiting).await == 0).then_some(()) })
            .await;
    }

    /// Waits until nothing is left to do, while the clock goes on.
    pub async fn quiet(&self) {
        let waiting =
            "select (select count(*) from payments.webhook_inbox where handled_at is null)
                            + (select count(*) from payments.operation where ended_at is null)";
        self.bench
            .later("quiet", || async { (self.count(waiting).await == 0).then_some(()) })
            .await;
        let sum = "select coalesce(sum(amount), 0)::bigint from payments.ledger_entry";
        assert_eq!(self.count(sum).await, 0);
    }
}
