//! A shop with one customer, its payments, and the sandbox as its provider.

use cart_api::Destination;
use host::Part;
use jiff::SignedDuration;
use kernel::{Actor, AlcoholClass, Currency, Money, OrderId, Place, StoreId, VendorId};
use orders_api::{Move, OrderFacts, OrderMoved, State};
use payments_api::{MoneyMove, PaymentMoved, Start, Started};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Row};
use testkit::{Answer, Bench, Caller};
use tokio::net::TcpListener;

const PARTS: &[Part] = &[payments::PART, sandbox::PART];
const SECRET_KEY: &str = "sk_test_of_the_sandbox_for_tests";
pub const WEBHOOK_SECRET: &str = "whsec_of_the_sandbox_for_tests";

pub const GOOD: &str = "4242424242424242";
pub const DECLINED: &str = "4000000000000002";
pub const CHALLENGED: &str = "4000000000003220";
pub const STALLING: &str = "4000000000000119";

/// What is left to do here: notices, writes to providers, events on their way.
pub const LEFT: &str = "select
    (select count(*) from payments.webhook_inbox where handled_at is null)
    + (select count(*) from payments.operation where ended_at is null)
    + (select count(*) from feed.message where dead_at is null)";

pub struct Shop {
    pub bench: Bench,
    pub customer: Actor,
}

pub fn usd(amount: i64) -> Money {
    Money::new(amount, Currency::USD)
}

impl Shop {
    pub async fn open() -> Self {
        Self::open_with("").await
    }

    /// With these settings too.
    pub async fn open_with(more: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let settings = format!(
            "public_url = \"http://{address}\"\n\
             [payments]\npatience_ms = 800\ndriver_pay = {{ USD = 450 }}\n\
             [payments.sandbox]\nsecret_key = \"{SECRET_KEY}\"\n\
             webhook_secret = \"{WEBHOOK_SECRET}\"\n\
             [sandbox]\nsecret_key = \"{SECRET_KEY}\"\nwebhook_secret = \"{WEBHOOK_SECRET}\"\n\
             stall_ms = 1200\n{more}"
        );
        let mut bench = Bench::of(PARTS).settings(&settings).start().await;
        bench.process.listen(listener);
        Self { bench, customer: testkit::customer() }
    }

    pub fn start_of(&self, order: OrderId, amount: i64) -> Start {
        Start {
            order,
            customer: self.customer.customer(),
            amount: usd(amount),
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

    pub async fn try_start(&self, start: &Start) -> Answer {
        self.bench.house("payments").post("/internal/payments/payments", start).await
    }

    pub async fn start(&self, order: OrderId) -> Started {
        self.try_start(&self.start_of(order, 2599)).await.ok()
    }

    /// A payment that the customer has made and we know of.
    pub async fn paid(&self, order: OrderId) -> Started {
        let started = self.start(order).await;
        self.pay(&started, GOOD).await.ok::<Value>();
        self.come_back(&started).await.ok::<Value>();
        started
    }

    /// A payment whose money has been captured.
    pub async fn captured(&self, order: OrderId) -> Started {
        let started = self.paid(order).await;
        self.tell(order, Move::Packed).await;
        self.bench
            .later("captured", || async { (self.told().await.len() == 2).then_some(()) })
            .await;
        started
    }

    /// What the customer's browser sends to the provider.
    pub async fn pay(&self, started: &Started, card: &str) -> Answer {
        let path = format!("/sandbox/v1/payment_intents/{}/confirm", started.provider_payment);
        let card = json!({"number": card, "exp": "12/34", "cvc": "123"});
        let body = json!({"client_secret": started.client_secret, "card": card});
        self.bench.anyone("sandbox").post(&path, body).await
    }

    /// The browser is back, so long after it was the last time that the provider is asked.
    pub async fn come_back(&self, started: &Started) -> Answer {
        self.bench.advance(1);
        let path = format!("/v1/payments/payments/{}/return", started.payment);
        self.customer().post(&path, json!({})).await
    }

    pub async fn show(&self, started: &Started) -> Value {
        self.customer().get(&format!("/v1/payments/payments/{}", started.payment)).await.ok()
    }

    pub fn customer(&self) -> Caller {
        self.bench.signed("payments", &self.customer)
    }

    pub fn operator(&self) -> Caller {
        self.bench.signed("payments", &testkit::operator())
    }

    /// The sandbox, as our own server calls it.
    pub fn merchant(&self) -> Caller {
        self.bench.anyone("sandbox").with("authorization", &format!("Bearer {SECRET_KEY}"))
    }

    /// Makes webhooks misbehave.
    pub async fn webhooks(&self, how: Value) {
        self.merchant().post("/sandbox/v1/test_helpers/webhooks", how).await.ok::<Value>();
    }

    /// Makes the provider's next calls fail.
    pub async fn fault(&self, operation: &str, moment: &str, times: i32) {
        let fault = json!({"operation": operation, "moment": moment, "times": times});
        self.merchant().post("/sandbox/v1/test_helpers/faults", fault).await.ok::<Value>();
    }

    pub async fn told(&self) -> Vec<MoneyMove> {
        let told = self.bench.told::<PaymentMoved>("payments").await;
        told.into_iter().map(|told| told.moved).collect()
    }

    pub async fn tell(&self, order: OrderId, moved: Move) {
        let event = OrderMoved {
            order: facts(&self.customer, order, self.bench.now()),
            state: State::Cancelled,
            moved,
            version: 1,
        };
        self.bench.tell(&event).await;
    }

    /// One number from the database.
    pub async fn count(&self, query: &'static str) -> i64 {
        let row = sqlx::query(AssertSqlSafe(query))
            .fetch_one(&mut self.bench.connection().await)
            .await
            .unwrap();
        row.get(0)
    }

    /// Waits until nothing is left to do: no webhook on its way, no notice, no operation.
    pub async fn quiet(&self) {
        self.bench
            .later("quiet", || async {
                let left = self
                    .count(
                        "select (select count(*) from sandbox.delivery where ended_at is null)
                          + (select count(*) from payments.webhook_inbox where handled_at is null)
                          + (select count(*) from payments.operation where ended_at is null)
                          + (select count(*) from feed.message where dead_at is null)",
                    )
                    .await;
                (left == 0).then_some(())
            })
            .await;
        assert_eq!(
            self.count("select coalesce(sum(amount), 0)::bigint from payments.ledger_entry").await,
            0
        );
    }
}

pub fn facts(customer: &Actor, order: OrderId, at: jiff::Timestamp) -> OrderFacts {
    let place = Place { lat: 41.59, lon: -93.62 };
    OrderFacts {
        order,
        cart: None,
        number: "K7Q2-9F".into(),
        customer: customer.customer(),
        store: StoreId::new(),
        store_name: "Corner Cellar".into(),
        store_address: "1 Main Street".into(),
        store_place: place,
        time_zone: "America/Chicago".into(),
        preparation_minutes: 10,
        destination: Destination {
            recipient: "Ann Lee".into(),
            address: "2 Elm Street".into(),
            place,
            kind: Default::default(),
            instructions: String::new(),
        },
        lines: Vec::new(),
        charges: usd(0),
        tip: None,
        total: usd(2599),
        placed_at: at,
        picked: None,
        slot: None,
    }
}
