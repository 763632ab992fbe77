//! A shop that is paid at Razorpay.

use host::Part;
use jiff::{SignedDuration, Timestamp};
use kernel::{Actor, AlcoholClass, Currency, Money, OrderId, StoreId, VendorId};
use orders_api::{Move, OrderFacts, OrderMoved, State};
use payments_api::{MoneyMove, PaymentMoved, Start, Started};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Row};
use testkit::{Answer, Bench, Pays, Razorpay, StandIn, Webhook};

use crate::shop::{LEFT, facts};

const PARTS: &[Part] = &[payments::PART];
pub const PATH: &str = "/v1/payments/webhooks/razorpay/main";

pub struct House {
    pub bench: Bench,
    pub razorpay: Razorpay,
    pub customer: Actor,
}

pub fn inr(amount: i64) -> Money {
    Money::new(amount, Currency::INR)
}

impl House {
    pub async fn open() -> Self {
        Self::with_old("").await
    }

    /// With an old secret of webhooks beside the one of now, as the settings have it.
    pub async fn with_old(secret: &str) -> Self {
        let builder = Bench::of(PARTS);
        let clock = kernel::Clock::turned(testkit::NOON.parse().unwrap());
        let razorpay = Razorpay::start(clock.clone()).await;
        let account = razorpay.settings().replace("secrets = [", &format!("secrets = [{secret}"));
        let settings = format!("[payments]\npatience_ms = 400\n{account}");
        let bench = builder.settings(&settings).clock(clock).start().await;
        Self { bench, razorpay, customer: testkit::customer() }
    }

    pub fn start_of(&self, order: OrderId, amount: Money) -> Start {
        Start {
            order,
            customer: self.customer.customer(),
            amount,
            store: StoreId::new(),
            vendor: VendorId::new(),
            classes: vec![AlcoholClass::Wine],
            with: None,
            save_method: false,
            saved_method: None,
            description: "Order K7Q2-9F".into(),
            pay_by: self.bench.now() + SignedDuration::from_hours(1),
            sale: None,
        }
    }

    pub async fn begin(&self, start: &Start) -> Answer {
        self.bench.house("payments").post("/internal/payments/payments", start).await
    }

    pub async fn start(&self, order: OrderId, amount: Money) -> Answer {
        self.begin(&self.start_of(order, amount)).await
    }

    pub async fn started(&self, order: OrderId) -> Started {
        self.start(order, inr(90_000)).await.ok()
    }

    /// A payment that the customer has made and we know of.
    pub async fn paid(&self, order: OrderId) -> Started {
        let started = self.started(order).await;
        let brought = self.razorpay.pay(&started.provider_payment, Pays::Plainly).await;
        self.come_back(&started, brought).await.ok::<Value>();
        started
    }

    pub async fn captured(&self, order: OrderId) -> Started {
        let started = self.paid(order).await;
        self.tell(order, Move::Packed).await;
        self.quiet().await;
        started
    }

    pub async fn come_back(&self, started: &Started, brought: Value) -> Answer {
        let path = format!("/v1/payments/payments/{}/return", started.payment);
        self.bench.advance(1);
        self.bench.signed("payments", &self.customer).post(&path, brought).await
    }

    pub async fn show(&self, started: &Started) -> Value {
        let path = format!("/v1/payments/payments/{}", started.payment);
        self.bench.signed("payments", &self.customer).get(&path).await.ok()
    }

    /// Razorpay sends this.
    pub async fn send(&self, webhook: &Webhook) -> Answer {
        let mut sender = self.bench.anyone("payments");
        for (name, value) in &webhook.headers {
            let name: &'static str = match name.as_str() {
                "x-razorpay-signature" => "x-razorpay-signature",
                "x-razorpay-event-id" => "x-razorpay-event-id",
                "stripe-signature" => "stripe-signature",
                _ => continue,
            };
            sender = sender.with(name, value.to_str().unwrap());
        }
        sender.send(axum::http::Method::POST, PATH, webhook.body.clone().into()).await
    }

    /// All webhooks so far, once each.
    pub async fn send_all(&self) {
        for webhook in self.razorpay.webhooks(Timestamp::UNIX_EPOCH) {
            self.send(&webhook).await.ok::<Value>();
        }
    }

    pub async fn tell(&self, order: OrderId, moved: Move) {
        self.tell_total(order, moved, inr(90_000)).await;
    }

    pub async fn tell_total(&self, order: OrderId, moved: Move, total: Money) {
        let facts = facts(&self.customer, order, self.bench.now());
        let order = OrderFacts { total, ..facts };
        let event = OrderMoved { order, state: State::Cancelled, moved, version: 1 };
        self.bench.tell(&event).await;
    }

    pub async fn told(&self) -> Vec<MoneyMove> {
        let told = self.bench.told::<PaymentMoved>("payments").await;
        told.into_iter().map(|told| told.moved).collect()
    }

    pub async fn count(&self, query: &'static str) -> i64 {
        let mut connection = self.bench.connection().await;
        let row = sqlx::query(AssertSqlSafe(query)).fetch_one(&mut connection).await.unwrap();
        row.get(0)
    }

    /// All that payments keeps, but what it tells people to look at.
    pub async fn dump(&self) -> Value {
        let tables: Vec<String> = sqlx::query_scalar(
            "select table_name::text from information_schema.tables
             where table_schema = 'payments' and table_type = 'BASE TABLE'
               and table_name not in ('mismatch', 'dispute_look', 'refinery_schema_history') order by 1",
        )
        .fetch_all(&mut self.bench.connection().await)
        .await
        .unwrap();
        assert!(tables.contains(&"payment".into()) && tables.contains(&"webhook_inbox".into()));
        let mut all = json!({});
        for table in tables {
            // When an event was carried on is not about money.
            let row = "to_jsonb(t) - 'sent_at'";
            let all_rows = format!("coalesce(jsonb_agg({row} order by ({row})::text), '[]')");
            let query = format!("select {all_rows} from payments.{table} t");
            let row = sqlx::query(AssertSqlSafe(query))
                .fetch_one(&mut self.bench.connection().await)
                .await
                .unwrap();
            all[table] = row.get(0);
        }
        all
    }

    /// Waits until nothing is left to do, and sees that the ledger adds up.
    pub async fn quiet(&self) {
        self.bench.later("quiet", || async { (self.count(LEFT).await == 0).then_some(()) }).await;
        let sum = "select coalesce(sum(amount), 0)::bigint from payments.ledger_entry";
        assert_eq!(self.count(sum).await, 0);
    }
}
