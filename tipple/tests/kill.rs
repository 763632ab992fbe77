//! The process is killed again and again while orders are on their way; each must arrive, and
//! nothing may be lost, doubled or stuck.

mod support;

use std::{sync::Arc, time::Duration};

use futures::FutureExt;
use kernel::{Id, Role};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{PgConnection, Row};
use support::{
    Town,
    settle::{DOOR, STORE, Settled},
};
use tipple::demo::visitor::{Visitor, refused};
use tokio::sync::watch;

const ORDERS: usize = 12;
const DRIVERS: usize = 4;
const KILLS: usize = 24;
const BOTTLES: u32 = 100;

/// How an order is meant to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Delivered,
    /// Whoever opens the door is a child: it goes back, and so does its money.
    Refused,
    /// The customer thinks better of it before paying.
    Cancelled,
}

impl Fate {
    const fn of(number: usize) -> Self {
        match number % 4 {
            1 => Self::Refused,
            3 => Self::Cancelled,
            _ => Self::Delivered,
        }
    }

    const fn end(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Refused => "closed",
            Self::Cancelled => "cancelled",
        }
    }

    fn many(self) -> i64 {
        (0..ORDERS).filter(|number| Self::of(*number) == self).count() as i64
    }
}

/// Who opens the door of an order that is to be refused.
const CHILD: &str = "A child";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_survive_a_process_that_is_killed_at_any_moment() {
    let town = Arc::new(Town::new(1).await);
    town.house().migrate(|_| ()).await.expect("the tables");
    let _provider = town.start_provider().await;
    let mut running = town.start(0).await;
    let settled = Arc::new(town.settle(BOTTLES).await);
    let customers = town.people(ORDERS, &Role::Customer).await;
    let drivers = town.people(DRIVERS, &Role::Driver).await;
    town.await_birthdays((ORDERS + DRIVERS) as i64).await;

    let (stop, stopped) = watch::channel(false);
    let mut work = Vec::new();
    work.push(tokio::spawn(keep_counter(Arc::clone(&settled), stopped.clone())));
    for driver in drivers {
        let driver = town.visitor(0, driver, vec![Role::Driver]);
        work.push(tokio::spawn(drive(driver, stopped.clone())));
    }
    let watching = tokio::spawn(watch_the_ledger(Arc::clone(&town), stopped.clone()));
    let buying: Vec<_> = customers
        .into_iter()
        .enumerate()
        .map(|(number, customer)| {
            let customer = town.visitor(0, customer, vec![Role::Customer]);
            let settled = Arc::clone(&settled);
            let at_provider = Visitor::at(&town.provider_base());
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(number as u64 * 900)).await;
                buy(&customer, &at_provider, &settled, Fate::of(number)).await;
            })
        })
        .collect();
    for kill in 0..KILLS {
        // Unequal steps, so that the moments of death spread over everything that is going on.
        tokio::time::sleep(Duration::from_millis(150 + (kill as u64 * 379) % 700)).await;
        running.kill();
        running = town.start(0).await;
    }
    for order in buying {
        order.await.expect("every order arrives");
    }
    stop.send(true).expect("someone works");
    for worker in work {
        worker.await.expect("a worker");
    }
    let snapshots = watching.await.expect("the ledger was watched");
    assert!(snapshots > 50, "only {snapshots} looks at the ledger");
    everything_adds_up(&town).await;
    drop(running);
}

/// Buys one bottle and waits until the order has ended, trying each step until it has worked.
async fn buy(customer: &Visitor, at_provider: &Visitor, settled: &Settled, fate: Fate) {
    let placed = place(customer, settled, fate).await;
    let order = placed["order"]["order"].as_str().expect("an order").to_owned();
    if fate == Fate::Cancelled {
        let path = format!("/v1/orders/orders/{order}/cancel");
        let nothing = json!({});
        insist("an end", || customer.post(&path, &nothing).boxed()).await;
    } else {
        let paid = at_provider.pay(&placed["payment"], "4242424242424242").await;
        paid.expect("the provider is not killed");
    }
    for _ in 0..900 {
        if let Ok(order) = customer.get(&format!("/v1/orders/orders/{order}")).await {
            let state = order["state"].as_str().unwrap_or_default();
            if state == fate.end() {
                return;
            }
            let ended = ["delivered", "closed", "cancelled"].contains(&state);
            assert!(!ended, "it ended otherwise: {order:#}");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let stuck = customer.get(&format!("/v1/orders/orders/{order}")).await;
    panic!("order {order} is stuck: {:#}", stuck.unwrap_or_default());
}

async fn place(customer: &Visitor, settled: &Settled, fate: Fate) -> Value {
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
    let body = json!({"cart": cart, "expected_total": seen["quote"]["total"]});
    let key = Id::<Town>::new().to_string();
    let order = insist("an order", || {
        let request = customer
            .request(Method::POST, "/v1/orders/orders")
            .header("idempotency-key", key.clone())
            .json(&body);
        customer.send(request).boxed()
    });
    order.await
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
async fn keep_counter(settled: Arc<Settled>, stopped: watch::Receiver<bool>) {
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
        tokio::time::sleep(Duration::from_millis(120)).await;
    }
}

/// A driver who does whatever is next.
async fn drive(driver: Visitor, stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        let _ = next_step(&driver).await;
        tokio::time::sleep(Duration::from_millis(120)).await;
    }
}

async fn next_step(driver: &Visitor) -> anyhow::Result<Value> {
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
async fn watch_the_ledger(town: Arc<Town>, stopped: watch::Receiver<bool>) -> usize {
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
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    looks
}

/// One of each effect for every order, and nothing left over.
async fn everything_adds_up(town: &Town) {
    let mut connection = town.connection().await;
    settle_down(&mut connection).await;
    let orders = ORDERS as i64;
    let (delivered, refused, cancelled) =
        (Fate::Delivered.many(), Fate::Refused.many(), Fate::Cancelled.many());
    let counts = [
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
        (
            "(select from notifications.message group by order_id, kind, channel
           having count(*) > 1) twice",
            0,
        ),
        ("feed.message where dead_at is not null", 0),
    ];
    for (what, expected) in counts {
        let query = format!("select count(*) from {what}");
        let mut found = -1;
        // What a killed process owed its provider is done at the next look, not at once.
        for _ in 0..400 {
            let asked = sqlx::query_scalar(sqlx::AssertSqlSafe(query.clone()))
                .fetch_one(&mut connection)
                .await;
            found = asked.expect(what);
            if found == expected {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(found, expected, "{what}");
    }
    let left: i64 = sqlx::query_scalar("select sum(on_hand)::int8 from catalogue.stock")
        .fetch_one(&mut connection)
        .await
        .expect("the stock");
    assert_eq!(left, i64::from(BOTTLES) - delivered, "bottles left");
}

/// Waits until no event is on its way any more.
async fn settle_down(connection: &mut PgConnection) {
    let outboxes = tipple::PARTS.iter().filter(|part| part.name != "sandbox").map(|part| {
        format!(" + (select count(*) from {}.outbox where sent_at is null)", part.name)
    });
    let queues = "select (select count(*) from feed.message where dead_at is null)".to_owned();
    let waiting: String = std::iter::once(queues).chain(outboxes).collect();
    for _ in 0..600 {
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
