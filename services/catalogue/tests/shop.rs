//! A store with bottles, and the services that deal with it.

use std::sync::{Arc, Mutex};

use axum::{Router, extract::State, routing::post};
use catalogue_api::{Held, Hold, HoldLine};
use compliance_api::{ClassAgainst, Opening, Openings};
use delivery_api::{Estimate, Trips};
use host::Part;
use jiff::{SignedDuration, Timestamp};
use kernel::{Actor, OrderId, ProductId, StoreId};
use orders_api::OrderMoved;
use serde_json::{Value, json};
use testkit::{Answer, Bench, BenchBuilder, Caller};
use wire::{Fault, Json, Never, Problem};

const PARTS: &[Part] = &[catalogue::PART, gateway::PART];

/// So many of each product.
type Lines<'a> = &'a [(ProductId, u32)];

/// The law that a test plays: it has nothing against anything, unless told.
#[derive(Default)]
pub struct Law {
    pub silent: bool,
    pub against: Vec<ClassAgainst>,
    pub next: Option<Timestamp>,
    /// What was asked of it last.
    pub asked: Option<Openings>,
}

async fn openings(
    State(law): State<Arc<Mutex<Law>>>,
    Json(asked): Json<Openings>,
) -> Result<Json<Vec<Opening>>, Fault<Never>> {
    let mut law = law.lock().unwrap();
    if law.silent {
        return Err(Problem::unavailable("compliance").into());
    }
    let opening = Opening { minimum_age: Some(21), against: law.against.clone(), next: law.next };
    let said = asked.sellers.iter().map(|_| opening.clone()).collect();
    law.asked = Some(asked);
    Ok(Json(said))
}

/// The ways that a test plays: none where delivery does not answer.
pub type Ways = Arc<Mutex<Option<Estimate>>>;

/// Ten minutes there, twenty on a bad day.
pub const WAY: Estimate = Estimate {
    metres: 4_000,
    seconds: 600,
    worst_seconds: 1_200,
    door_seconds: 180,
    wait_seconds: 600,
    rough: true,
};

async fn estimates(
    State(ways): State<Ways>,
    Json(asked): Json<Trips>,
) -> Result<Json<Vec<Estimate>>, Fault<Never>> {
    let way = ways.lock().unwrap().ok_or_else(|| Problem::unavailable("delivery"))?;
    Ok(Json(asked.from.iter().map(|_| way).collect()))
}

/// One store, open from 9 to 22, and who may act for it.
pub struct Shop {
    pub bench: Bench,
    pub store: StoreId,
    pub staff: Actor,
    pub operator: Actor,
    pub law: Arc<Mutex<Law>>,
    pub ways: Ways,
}

/// A store as an operator would send it.
pub fn store_input(vendor: &str, name: &str) -> Value {
    let day = json!([{ "from": "09:00:00", "until": "22:00:00" }]);
    json!({
        "vendor": vendor, "name": name, "address": "418 E Locust St, Des Moines",
        "place": { "lat": 41.5903, "lon": -93.6122 },
        "time_zone": "America/Chicago", "currency": "USD",
        "hours": { "week": [day, day, day, day, day, day, day] },
        "zone": { "shape": "radius", "centre": { "lat": 41.5903, "lon": -93.6122 }, "metres": 6500 },
        "preparation_minutes": 8, "licence_number": "LE-1", "active": true,
    })
}

/// A product as an operator would send it.
pub fn product_input(name: &str, category: &str) -> Value {
    json!({
        "name": name, "producer": "Buffalo Trace", "category": category, "class": "spirits",
        "abv_bp": 4500, "volume_ml": 750, "pack": 1, "container": "bottle", "country": "US",
        "region": "Kentucky", "active": true,
    })
}

impl Shop {
    pub async fn open() -> Self {
        Self::open_with(|bench| bench).await
    }

    /// The same on a bench of another kind.
    pub async fn open_with(change: impl FnOnce(BenchBuilder) -> BenchBuilder) -> Self {
        let law = Arc::new(Mutex::new(Law::default()));
        let compliance = Router::new()
            .route("/internal/compliance/openings", post(openings))
            .with_state(Arc::clone(&law));
        let ways: Ways = Arc::new(Mutex::new(Some(WAY)));
        let delivery = Router::new()
            .route("/internal/delivery/estimates", post(estimates))
            .with_state(Arc::clone(&ways));
        let bench = Bench::of(PARTS).stand_in("compliance", compliance);
        let bench = change(bench.stand_in("delivery", delivery)).start().await;
        let operator = testkit::operator();
        let caller = bench.signed("catalogue", &operator);
        let vendor: Value =
            caller.post("/v1/catalogue/vendors", json!({ "name": "Copper Finch" })).await.ok();
        let input = store_input(vendor["vendor"].as_str().unwrap(), "Copper Finch East Village");
        let store: Value = caller.post("/v1/catalogue/stores", input).await.ok();
        let store: StoreId = store["store"].as_str().unwrap().parse().unwrap();
        Self { bench, store, staff: testkit::staff(&[store]), operator, law, ways }
    }

    pub fn anyone(&self) -> Caller {
        self.bench.anyone("catalogue")
    }

    pub fn as_staff(&self) -> Caller {
        self.bench.signed("catalogue", &self.staff)
    }

    pub fn as_operator(&self) -> Caller {
        self.bench.signed("catalogue", &self.operator)
    }

    pub fn house(&self) -> Caller {
        self.bench.house("catalogue")
    }

    /// A path below this store's.
    pub fn path(&self, below: &str) -> String {
        format!("/v1/catalogue/stores/{}{below}", self.store)
    }

    pub async fn product(&self, input: Value) -> ProductId {
        let product: Value = self.as_operator().post("/v1/catalogue/products", input).await.ok();
        product["product"].as_str().unwrap().parse().unwrap()
    }

    pub async fn list(&self, product: ProductId, price_minor: i64) {
        let input = json!({ "price_minor": price_minor, "tax_class": "spirits", "active": true });
        let path = self.path(&format!("/listings/{product}"));
        self.as_staff().put(&path, input).await.ok::<Value>();
    }

    pub async fn receive(&self, product: ProductId, quantity: u32) {
        self.moved(product, "receipt", quantity).await.ok::<Value>();
    }

    pub async fn moved(&self, product: ProductId, kind: &str, quantity: u32) -> Answer {
        let path = self.path(&format!("/stock/{product}/movements"));
        self.as_staff().post(&path, json!({ "kind": kind, "quantity": quantity })).await
    }

    /// A bottle for sale of which there are so many.
    pub async fn bottle(&self, name: &str, on_hand: u32) -> ProductId {
        let product = self.product(product_input(name, "spirits/whiskey/bourbon")).await;
        self.list(product, 2999).await;
        if on_hand > 0 {
            self.receive(product, on_hand).await;
        }
        product
    }

    pub fn in_minutes(&self, minutes: i64) -> Timestamp {
        self.bench.now() + SignedDuration::from_mins(minutes)
    }

    /// Holds these lines for ten minutes.
    pub async fn hold(&self, order: OrderId, lines: &[(ProductId, u32)]) -> Answer {
        let lines = lines
            .iter()
            .map(|(product, quantity)| HoldLine { product: *product, quantity: *quantity });
        let until = self.in_minutes(10);
        let hold = Hold { order, store: self.store, lines: lines.collect(), until };
        self.house().post("/internal/catalogue/holds", hold).await
    }

    /// A hold on one product that must succeed.
    pub async fn held(&self, product: ProductId, quantity: u32) -> OrderId {
        let order = OrderId::new();
        self.hold(order, &[(product, quantity)]).await.ok::<Held>();
        order
    }

    pub async fn extend(&self, order: OrderId, until: Timestamp) -> Answer {
        let path = format!("/internal/catalogue/holds/{order}/extend");
        self.house().post(&path, json!({ "until": until })).await
    }

    pub async fn allocate(&self, order: OrderId) -> Answer {
        self.house().post(&format!("/internal/catalogue/holds/{order}/allocate"), ()).await
    }

    pub async fn pick(&self, order: OrderId, number: i32, lines: &[(ProductId, u32)]) -> Answer {
        self.pick_missing(order, number, (lines, &[])).await
    }

    /// Picks the first lines of an order; the second are not there.
    pub async fn pick_missing(
        &self,
        order: OrderId,
        number: i32,
        (lines, missing): (Lines<'_>, Lines<'_>),
    ) -> Answer {
        let body = |lines: Lines<'_>| -> Vec<Value> {
            let line = |(product, quantity): &(ProductId, u32)| json!({ "product": product, "quantity": quantity });
            lines.iter().map(line).collect()
        };
        let pick = json!({ "number": number, "lines": body(lines), "missing": body(missing) });
        self.house().post(&format!("/internal/catalogue/holds/{order}/pick"), pick).await
    }

    pub async fn release(&self, order: OrderId) -> Answer {
        self.house().post(&format!("/internal/catalogue/holds/{order}/release"), ()).await
    }

    /// What the store's people see of one product's stock.
    pub async fn stock(&self, product: ProductId) -> Value {
        let page: Value = self.as_staff().get(&self.path("/stock?limit=100")).await.ok();
        let rows = page["items"].as_array().unwrap();
        rows.iter().find(|row| row["product"] == product.to_string()).unwrap().clone()
    }

    /// on hand, allocated, held, free.
    pub async fn counts(&self, product: ProductId) -> [u64; 4] {
        let row = self.stock(product).await;
        ["on_hand", "allocated", "held", "free"].map(|name| row[name].as_u64().unwrap())
    }

    /// Tells that an order of one product moved, so many of which were handed over.
    pub async fn order_moved(&self, order: OrderId, moved: Value, line: (ProductId, u32, u32)) {
        let (product, quantity, delivered) = line;
        let money = json!({ "amount": 0, "currency": "USD" });
        let event: OrderMoved = serde_json::from_value(json!({
            "order": {
                "order": order, "number": "K7Q2-9F", "customer": OrderId::new(),
                "store": self.store, "store_name": "", "store_address": "",
                "store_place": { "lat": 41.59, "lon": -93.61 }, "time_zone": "America/Chicago",
                "preparation_minutes": 8,
                "destination": {
                    "recipient": "Ann", "address": "1315 Locust St",
                    "place": { "lat": 41.58, "lon": -93.63 },
                },
                "lines": [{
                    "line": OrderId::new(), "product": product, "name": "", "category": "spirits",
                    "drink": { "class": "spirits", "abv_bp": 4000, "volume_ml": 750, "pack": 1 },
                    "quantity": quantity, "delivered": delivered,
                    "net_unit_price": money, "total": money,
                }],
                "charges": money, "total": money, "placed_at": self.bench.now(),
            },
            "state": "out_for_delivery", "moved": moved, "version": 5,
        }))
        .unwrap();
        self.bench.tell(&event).await;
    }

    /// Waits until a product's counts are these.
    pub async fn comes_to(&self, product: ProductId, counts: [u64; 4]) {
        let look = || async move { (self.counts(product).await == counts).then_some(()) };
        self.bench.eventually(&format!("{counts:?}"), look).await;
    }

    /// Waits until somebody waits for a lock.
    pub async fn somebody_waits(&self) {
        self.so_many_wait(1).await;
    }

    /// Waits until so many wait for locks.
    pub async fn so_many_wait(&self, many: i64) {
        let look = || async {
            let waiting: i64 = sqlx::query_scalar(
                "select count(*) from pg_stat_activity
                 where datname = current_database() and wait_event_type = 'Lock'",
            )
            .fetch_one(&mut self.bench.connection().await)
            .await
            .unwrap();
            (waiting >= many).then_some(())
        };
        self.bench.eventually(&format!("{many} wait for locks"), look).await;
    }

    /// That every on_hand is the sum of its movements, by the ledger itself.
    pub async fn the_ledger_adds_up(&self) {
        let wrong: i64 = sqlx::query_scalar(
            "select count(*) from catalogue.stock s where on_hand <> (
                 select coalesce(sum(quantity), 0) from catalogue.movement m
                 where m.store_id = s.store_id and m.product_id = s.product_id)",
        )
        .fetch_one(&mut self.bench.connection().await)
        .await
        .unwrap();
        assert_eq!(wrong, 0, "stock rows whose movements do not add up");
    }
}
