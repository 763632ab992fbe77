//! People who order, pack and drive, trying each step until it has worked; and what has to be true of all
//! that came of it.

use std::{sync::Arc, time::Duration};

use futures::FutureExt;
use kernel::Id;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{PgConnection, Row};
use tipple::demo::visitor::{Visitor, refused};
use tokio::sync::watch;

use super::{
    Town,
    settle::{DOOR, STORE, Settled},
};

/// How an order is meant to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Delivered,
    /// Whoever opens the door is a child: it goes back, and so does its money.
    Refused,
    /// The customer thinks better of it before paying.
    Cancelled,
}

impl Fate {
    pub const fn of(number: usize) -> Self {
        match number % 4 {
            1 => Self::Refused,
            3 => Self::Cancelled,
            _ => Self::Delivered,
        }
    }

    pub const fn end(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Refused => "closed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Who opens the door of an order that is to be refused.
const CHILD: &str = "A child";

/// How often somebody looks what there is to do, as people do: the machine is for the house.
pub const LOOK: Duration = Duration::from_millis(250);

/// Buys one bottle and waits until the order has ended, trying each step until it has worked.
pub async fn buy(customer: &Visitor, at_provider: &Visitor, settled: &Settled, fate: Fate) {
    let placed = place(customer, settled, fate).await;
    let order = placed["order"]["order"].as_str().expect("an order").to_owned();
    if fate == Fate::Cancelled {
        cancel(customer, &order).await;
    } else {
        let paid = at_provider.pay(&placed["payment"], "4242424242424242").await;
        paid.expect("the provider is not killed");
    }
    for _ in 0..360 {
        if let Ok(order) = customer.get(&format!("/v1/orders/orders/{order}")).await {
            let state = order["state"].as_str().unwrap_or_default();
            if state == fate.end() {
                return;
            }
            let ended = ["delivered", "closed", "cancelled"].contains(&state);
            assert!(!ended, "it ended otherwise: {order:#}");
        }
        tokio::time::sleep(LOOK).await;
    }
    let stuck = customer.get(&format!("/v1/orders/orders/{order}")).await;
    panic!("order {order} is stuck: {:#}", stuck.unwrap_or_default());
}

pub async fn place(customer: &Visitor, settled: &Settled, fate: Fate) -> Value {
    let body = fill(customer, settled, fate).await;
    order(customer, &Id::<Town>::new().to_string(), &body).await
}

/// A cart with one bottle, and what to order of it.
pub async fn fill(customer: &Visitor, settled: &Settled, fate: Fate) -> Value {
    let store = json!({"store": settled.store});
    let opened = insist("a cart", || customer.post("/v1/cart/carts", &store).boxed()).await;
    let cart = opened["cart"].as_str().expect("a cart").to_owned();
    let path = format!("/v1/cart/carts/{cart}");
    let line = json!({"quantity": 1});
    let line_path = format!("{path}/lines/{}", settled.product);
    insist("a line", || customer.put(&line_path, &line).boxed()).await;
    let recipient = if fate == Fate::Refused { CHILD } else { "A buyer" };
    let door = json!({"recipient": recipient, "address": "1 Door St", "place": DOOR});
    let door_path = format!("{path}/destination");
    insist("a door", || customer.put(&door_path, &door).boxed()).await;
    let seen = insist("a quote", || customer.get(&path).boxed()).await;
    json!({"cart": cart, "expected_total": seen["quote"]["total"]})
}

/// The order of this key, placed by now or before.
pub async fn order(customer: &Visitor, key: &str, body: &Value) -> Value {
    let order = insist("an order", || {
        let request = customer
            .request(Method::POST, "/v1/orders/orders")
            .header("idempotency-key", key)
            .json(body);
        customer.send(request).boxed()
    });
    order.await
}

pub async fn cancel(customer: &Visitor, order: &str) {
    let (path, nothing) = (format!("/v1/orders/orders/{order}/cancel"), json!({}));
    insist("an end", || customer.post(&path, &nothing).boxed()).await;
}

/// Tries again while nobody answers, or an answer says that trying again makes sense.
async fn insist<'a>(
    what: &str,
    attempt: impl Fn() -> futures::future::BoxFuture<'a, anyhow::Result<Value>>,
) -> Value {
    let mut last = String::new();
    // Whoever is killed while placing an order leaves it to nobody else for the length of a lease,
    // and may be killed at it again.
    for _ in 0..900 {
        match attempt().await {
            Ok(answer) => return answer,
            Err(error) => {
                last = format!("{error:#}");
                if let Some(refusal) = refused(&error) {
                    let again = refusal.status >= 500 || refusal.code == "idempotency-key-running";
                    assert!(again, "{what}: {error:#}");
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{what}: never worked: {last}");
}

/// A clerk who accepts and packs whatever is there.
pub async fn keep_counter(settled: Arc<Settled>, stopped: watch::Receiver<bool>) {
    let queue = format!("/v1/orders/stores/{}/queue?limit=50", settled.store);
    while !*stopped.borrow() {
        let found = settled.clerk.get(&queue).await.unwrap_or_default();
        for order in found["items"].as_array().into_iter().flatten() {
            let command = match order["state"].as_str() {
                Some("paid") => "accept",
                Some("accepted") => "pack",
                _ => continue,
            };
            let id = order["order"].as_str().unwrap_or_default();
            let path = format!("/v1/orders/orders/{id}/{command}");
            let _ = settled.clerk.post(&path, &json!({})).await;
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// A driver who does whatever is next.
pub async fn drive(driver: Visitor, stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        let _ = next_step(&driver).await;
        tokio::time::sleep(LOOK).await;
    }
}

/// Does what the driver's own page says is next.
pub async fn next_step(driver: &Visitor) -> anyhow::Result<Value> {
    let me = driver.get("/v1/delivery/me").await?;
    let offer = me["offer"]["offer"].as_str().unwrap_or_default();
    let job = me["job"]["job"].as_str().unwrap_or_default();
    let act = |command: &str| format!("/v1/delivery/jobs/{job}/{command}");
    match me["step"].as_str().unwrap_or_default() {
        "begin_shift" => driver.post("/v1/delivery/shift", &json!({"place": STORE})).await,
        "answer_offer" => {
            driver.post(&format!("/v1/delivery/offers/{offer}/accept"), &json!({})).await
        }
        "go_to_store" => driver.post(&act("pick-up"), &json!({})).await,
        "go_to_door" => driver.post(&act("arrive"), &json!({})).await,
        "go_back" => driver.post(&act("return"), &json!({})).await,
        "at_door" => {
            let child = me["job"]["door"]["recipient"] == CHILD;
            let born = if child { "2015-01-01" } else { "1980-01-01" };
            let document = json!({"kind": "driving_licence", "date_of_birth": born,
                                  "expires_on": "2090-01-01"});
            let check = json!({"document": document, "name_matches": true, "sober": true});
            driver.post(&act("check"), &check).await?;
            if child {
                let refusal = json!({"because": "under_age", "note": ""});
                return driver.post(&act("refuse"), &refusal).await;
            }
            driver.post(&act("hand-over"), &json!({"recipient_name": "A buyer"})).await
        }
        _ => Ok(Value::Null),
    }
}

/// Looks at the ledger again and again; it sums to zero at every moment. How often it looked.
pub async fn watch_the_ledger(town: Arc<Town>, stopped: watch::Receiver<bool>) -> usize {
    let mut connection = town.connection().await;
    let mut looks = 0;
    while !*stopped.borrow() {
        let sum: i64 =
            sqlx::query_scalar("select coalesce(sum(amount), 0)::int8 from payments.ledger_entry")
                .fetch_one(&mut connection)
                .await
                .expect("the ledger");
        assert_eq!(sum, 0, "the ledger does not sum to zero");
        looks += 1;
        tokio::time::sleep(LOOK).await;
    }
    looks
}

/// How many orders came to which end.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ends {
    pub delivered: i64,
    pub refused: i64,
    pub cancelled: i64,
}

impl Ends {
    pub fn of(fates: impl Iterator<Item = Fate>) -> Self {
        let mut ends = Self::default();
        for fate in fates {
            ends.add(fate);
        }
        ends
    }

    pub fn add(&mut self, fate: Fate) {
        match fate {
            Fate::Delivered => self.delivered += 1,
            Fate::Refused => self.refused += 1,
            Fate::Cancelled => self.cancelled += 1,
        }
    }

    pub const fn all(self) -> i64 {
        self.delivered + self.refused + self.cancelled
    }
}

/// What there is before anybody orders.
pub struct Before {
    counts: Vec<i64>,
    bottles: i64,
}

impl Before {
    pub async fn of(town: &Town) -> Self {
        let mut connection = town.connection().await;
        settle_down(&mut connection).await;
        let mut counts = Vec::new();
        for (what, _) in all_effects(Ends::default()) {
            counts.push(count(&mut connection, what).await);
        }
        Self { counts, bottles: bottles(&mut connection).await }
    }
}

/// One of each effect for every order, and nothing left over.
pub async fn everything_adds_up(town: &Town, before: &Before, ends: Ends) {
    let mut connection = town.connection().await;
    settle_down(&mut connection).await;
    for ((what, more), before) in all_effects(ends).into_iter().zip(&before.counts) {
        let (mut found, expected) = (-1, before + more);
        // What a killed process owed its provider is done at the next look, not at once.
        for _ in 0..400 {
            found = count(&mut connection, what).await;
            if found == expected {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(found, expected, "{what}");
    }
    assert_eq!(bottles(&mut connection).await, before.bottles - ends.delivered, "bottles left");
}

async fn count(connection: &mut PgConnection, what: &str) -> i64 {
    let query = format!("select count(*) from {what}");
    sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(connection).await.expect(what)
}

async fn bottles(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar("select coalesce(sum(on_hand), 0)::int8 from catalogue.stock")
        .fetch_one(connection)
        .await
        .expect("the stock")
}

fn all_effects(ends: Ends) -> Vec<(&'static str, i64)> {
    [effects(ends), told(ends)].concat()
}

/// What so many orders leave behind, each exactly once.
fn effects(ends: Ends) -> Vec<(&'static str, i64)> {
    let Ends { delivered, refused, cancelled } = ends;
    let orders = ends.all();
    vec![
        ("orders.orders where state = 'delivered'", delivered),
        ("orders.orders where state = 'closed'", refused),
        ("orders.orders where state = 'cancelled'", cancelled),
        ("orders.orders", orders),
        ("cart.cart where state = 'ordered'", delivered + refused),
        ("payments.payment where captured = amount", delivered + refused),
        ("payments.payment where state = 'cancelled' and captured = 0", cancelled),
        ("payments.payment where refunded > 0 and refunded < captured", refused),
        ("payments.payment", orders),
        (
            "payments.payment p join sandbox.intent i on i.id = p.provider_payment
          where i.received = p.captured and i.refunded = p.refunded",
            orders,
        ),
        ("sandbox.intent", orders),
        ("sandbox.refund", refused),
        ("catalogue.movement where kind = 'sale' and quantity = -1", delivered + refused),
        ("catalogue.movement where kind = 'return' and quantity = 1", refused),
        ("catalogue.movement where kind in ('sale', 'return')", delivered + 2 * refused),
        ("catalogue.hold where state in ('held', 'allocated')", 0),
        ("catalogue.stock where allocated <> 0", 0),
        ("delivery.job where state = 'handed_over'", delivered),
        ("delivery.job where state = 'returned'", refused),
        ("delivery.job where state <> 'cancelled'", delivered + refused),
        ("feed.message where dead_at is not null", 0),
    ]
}

/// What the customers of so many orders are told, each of it once.
fn told(ends: Ends) -> Vec<(&'static str, i64)> {
    let Ends { delivered, refused, cancelled } = ends;
    let (orders, at_door) = (ends.all(), delivered + refused);
    vec![
        ("notifications.message where kind = 'placed'", orders),
        ("notifications.message where kind = 'paid'", at_door),
        ("notifications.message where kind = 'accepted'", at_door),
        ("notifications.message where kind = 'packed'", at_door),
        ("notifications.message where kind = 'out_for_delivery'", at_door),
        ("notifications.message where kind = 'arrived'", at_door),
        ("notifications.message where kind = 'delivered'", delivered),
        ("notifications.message where kind = 'returning'", refused),
        ("notifications.message where kind = 'closed'", refused),
        ("notifications.message where kind = 'refunded'", refused),
        ("notifications.message where kind = 'cancelled'", cancelled),
        (
            "notifications.message where order_id is not null",
            2 * orders + 5 * at_door + 2 * refused,
        ),
        (
            "(select from notifications.message group by order_id, kind, channel
           having count(*) > 1) twice",
            0,
        ),
        ("notifications.early_news", 0),
        // Whoever was killed while sending one leaves it as it is; all others are out.
        ("notifications.message where state in ('pending', 'failed', 'dead')", 0),
    ]
}

/// That of no more messages nobody knows whether they went out.
pub async fn at_most_unknown(town: &Town, most: usize) {
    let mut connection = town.connection().await;
    let (mut found, what) = (0, "notifications.message where state in ('sending', 'unknown')");
    for _ in 0..100 {
        found = count(&mut connection, what).await;
        if found <= most as i64 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{found} messages, and so many could have been under way: {most}");
}

/// Waits until every event has arrived wherever it is wanted.
async fn settle_down(connection: &mut PgConnection) {
    let outboxes = tipple::PARTS.iter().filter(|part| part.name != "sandbox").map(|part| {
        format!(" + (select count(*) from {}.outbox where settled_at is null)", part.name)
    });
    let queues = "select (select count(*) from feed.message where dead_at is null)".to_owned();
    let waiting: String = std::iter::once(queues).chain(outboxes).collect();
    // A broker that was killed may take more than a minute until it is back.
    for _ in 0..3600 {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!("{waiting} as waiting")))
            .fetch_one(&mut *connection)
            .await
            .expect("the queues");
        if row.get::<i64, _>("waiting") == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("events are stuck");
}
