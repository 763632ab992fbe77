//! Through the front door, on a fresh database.

mod commands;
mod delivery;
mod interrupted;
mod kept;
mod live;
mod payments;
mod picks;
mod place;
mod seen;
mod slots;
mod under_way;
mod world;

use std::sync::Arc;

use delivery_api::{JobMove, JobMoved};
use host::Part;
use kernel::{Actor, CartId, DriverId, JobId, OrderId, PaymentId, PersonId};
use orders_api::{Move, OrderMoved, State};
use payments_api::{MoneyMove, PaymentMoved};
use serde_json::{Value, json};
use testkit::{Answer, Bench, BenchBuilder, Caller};
use world::{TOTAL, World, usd};

const PARTS: &[Part] = &[orders::PART];

/// Orders among played services, one customer and the staff of one store.
struct Scene {
    bench: Bench,
    world: Arc<World>,
    customer: Actor,
    staff: Actor,
}

async fn scene() -> Scene {
    scene_with("").await
}

async fn scene_with(settings: &str) -> Scene {
    scene_by(&format!("stream_poll_ms = 20\n{settings}"), |bench| bench).await
}

async fn scene_by(settings: &str, more: impl FnOnce(BenchBuilder) -> BenchBuilder) -> Scene {
    let world = World::new();
    let mut bench = more(Bench::of(PARTS).settings(&format!("[orders]\n{settings}")));
    for (service, router) in world.routers() {
        bench = bench.stand_in(service, router);
    }
    let staff = testkit::staff(&[world.store]);
    Scene { bench: bench.start().await, world, customer: testkit::customer(), staff }
}

const ORDERS: &str = "/v1/orders/orders";

impl Scene {
    fn as_customer(&self) -> Caller {
        self.bench.signed("orders", &self.customer)
    }

    fn as_staff(&self) -> Caller {
        self.bench.signed("orders", &self.staff)
    }

    fn as_operator(&self) -> Caller {
        self.bench.signed("orders", &testkit::operator())
    }

    async fn place(&self, cart: CartId, key: &str) -> Answer {
        place(&self.as_customer(), cart, key).await
    }

    async fn placed(&self) -> OrderId {
        let placed: Value = self.place(CartId::new(), &kernel::random_token()).await.ok();
        order_of(&placed)
    }

    async fn paid(&self) -> OrderId {
        let order = self.placed().await;
        self.pay(order).await;
        self.comes_to(order, State::Paid).await;
        order
    }

    async fn accepted(&self) -> OrderId {
        let order = self.paid().await;
        self.as_staff().post(&path(order, "accept"), json!({})).await.ok::<Value>();
        order
    }

    /// Packed and captured: a driver may take it.
    async fn packed(&self) -> OrderId {
        let order = self.accepted().await;
        self.as_staff().post(&path(order, "pack"), ()).await.ok::<Value>();
        self.capture(order).await;
        self.bench
            .eventually("captured", || async {
                let moves = self.moves(order).await;
                moves.contains(&Move::Captured).then_some(())
            })
            .await;
        order
    }

    async fn out(&self) -> OrderId {
        let order = self.packed().await;
        self.job(order, JobMove::PickedUp).await;
        self.comes_to(order, State::OutForDelivery).await;
        order
    }

    async fn pay(&self, order: OrderId) {
        self.money(order, MoneyMove::Authorised { amount: usd(TOTAL) }, 0).await;
    }

    async fn capture(&self, order: OrderId) {
        self.money(order, MoneyMove::Captured { amount: usd(TOTAL) }, TOTAL).await;
    }

    async fn money(&self, order: OrderId, moved: MoneyMove, captured: i64) {
        let payment = PaymentId::new();
        let (captured, refunded) = (usd(captured), usd(0));
        let event = PaymentMoved { payment, order, moved, captured, refunded };
        self.bench.tell(&event).await;
    }

    async fn job(&self, order: OrderId, moved: JobMove) {
        self.job_by(order, moved, None).await;
    }

    async fn job_by(&self, order: OrderId, moved: JobMove, by: Option<PersonId>) {
        let driver = Some(DriverId::new());
        let driver_name = Some("Dan".to_owned());
        let eta = Some(self.bench.now());
        let event =
            JobMoved { job: JobId::new(), order, driver, driver_name, moved, eta, by, pay: None };
        self.bench.tell(&event).await;
    }

    async fn view(&self, order: OrderId) -> Value {
        self.as_operator().get(&path(order, "")).await.ok()
    }

    async fn state(&self, order: OrderId) -> State {
        serde_json::from_value(self.view(order).await["state"].clone()).unwrap()
    }

    async fn comes_to(&self, order: OrderId, state: State) -> Value {
        self.bench
            .eventually(state.name(), || async {
                let view = self.view(order).await;
                (view["state"] == state.name()).then_some(view)
            })
            .await
    }

    /// Waits until everything that orders was told is handled.
    async fn settled(&self) {
        self.bench
            .eventually("everything is handled", || async {
                let mut db = self.bench.connection().await;
                let waiting: i64 =
                    sqlx::query_scalar("select count(*) from feed.message where queue = 'orders'")
                        .fetch_one(&mut db)
                        .await
                        .unwrap();
                (waiting == 0).then_some(())
            })
            .await;
    }

    async fn events(&self, order: OrderId) -> Vec<OrderMoved> {
        let mut events = self.bench.told::<OrderMoved>("orders").await;
        events.retain(|event| event.order.order == order);
        events
    }

    async fn moves(&self, order: OrderId) -> Vec<Move> {
        self.events(order).await.into_iter().map(|event| event.moved).collect()
    }

    /// How many orders of the cart are in each state.
    async fn states_of(&self, cart: CartId) -> Vec<String> {
        sqlx::query_scalar("select state from orders.orders where cart_id = $1 order by id")
            .bind(cart.uuid())
            .fetch_all(&mut self.bench.connection().await)
            .await
            .unwrap()
    }
}

async fn place(customer: &Caller, cart: CartId, key: &str) -> Answer {
    let body = json!({ "cart": cart, "expected_total": usd(TOTAL) });
    customer.with("idempotency-key", key).post(ORDERS, body).await
}

fn path(order: OrderId, command: &str) -> String {
    format!("{ORDERS}/{order}/{command}").trim_end_matches('/').to_owned()
}

fn order_of(placed: &Value) -> OrderId {
    placed["order"]["order"].as_str().unwrap().parse().unwrap()
}

/// What the history of an order says happened.
fn happened(view: &Value) -> Vec<&str> {
    let history = view["history"].as_array().unwrap();
    history.iter().map(|entry| entry["what"].as_str().unwrap()).collect()
}
