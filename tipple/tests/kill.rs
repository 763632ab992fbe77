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

const ORDERS: usize = 10;
const DRIVERS: usize = 4;
const KILLS: usize = 24;
const BOTTLES: u32 = 100;

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
                buy(&customer, &at_provider, &settled).await;
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
    everything_adds_up(&town, ORDERS as i64).await;
    drop(running);
}

/// Buys one bottle and waits until it is delivered, trying each step until it has worked.
async fn buy(customer: &Visitor, at_provider: &Visitor, settled: &Settled) {
    let store = json!({"store": settled.store});
    let opened = insist("a cart", || customer.post("/v1/cart/carts", &store).boxed()).await;
    let cart = opened["cart"].as_str().expect("a cart").to_owned();
    let path = format!("/v1/cart/carts/{cart}");
    let line = json!({"quantity": 1});
    let line_path = format!("{path}/lines/{}", settled.product);
    insist("a line", || customer.put(&line_path, &line).boxed()).await;
    let door = json!({"recipient": "A buyer", "address": "1 Door St", "place": DOOR});
    let door_path = format!("{path}/destination");
    insist("a door", || customer.put(&door_path, &door).boxed()).await;
    let seen = insist("a quote", || customer.get(&path).boxed()).await;
    let body = json!({"cart": cart, "expected_total": seen["quote"]["total"]});
    let key = Id::<Town>::new().to_string();
    let placed = insist("an order", || {
        let request = customer
            .request(Method::POST, "/v1/orders/orders")
            .header("idempotency-key", key.clone())
            .json(&body);
        customer.send(request).boxed()
    });
    let placed = placed.await;
    let paid = at_provider.pay(&placed["payment"], "4242424242424242").await;
    paid.expect("the provider is not killed");
    let order = placed["order"]["order"].as_str().expect("an order").to_owned();
    for _ in 0..900 {
        if let Ok(order) = customer.get(&format!("/v1/orders/orders/{order}")).await {
            match order["state"].as_str() {
                Some("delivered") => return,
                Some("cancelled" | "closed") => panic!("it ended otherwise: {order:#}"),
                _ => {}
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let stuck = customer.get(&format!("/v1/orders/orders/{order}")).await;
    panic!("order {order} is stuck: {:#}", stuck.unwrap_or_default());
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
        "at_door" => {
            let document = json!({"kind": "driving_licence", "date_of_birth": "1980-01-01",
                                  "expires_on": "2090-01-01"});
            let check = json!({"document": document, "name_matches": true, "sober": true});
            driver.post(&act("check"), &check).await?;
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
async fn everything_adds_up(town: &Town, orders: i64) {
    let mut connection = town.connection().await;
    settle_down(&mut connection).await;
    for (what, query, expected) in [
        (
            "orders delivered",
            "select count(*) from orders.orders where state = 'delivered'",
            orders,
        ),
        ("orders in all", "select count(*) from orders.orders where state <> 'cancelled'", orders),
        ("payments", "select count(*) from payments.payment where captured = amount", orders),
        ("payments in all", "select count(*) from payments.payment", orders),
        (
            "captures at the provider",
            "select count(*) from sandbox.intent
             where received = amount",
            orders,
        ),
        ("intents at the provider", "select count(*) from sandbox.intent", orders),
        ("refunds", "select count(*) from sandbox.refund", 0),
        (
            "sales",
            "select -sum(quantity)::int8 from catalogue.movement where kind = 'sale'",
            orders,
        ),
        (
            "bottles left",
            "select sum(on_hand)::int8 from catalogue.stock",
            i64::from(BOTTLES) - orders,
        ),
        ("allocated", "select sum(allocated)::int8 from catalogue.stock", 0),
        (
            "live holds",
            "select count(*) from catalogue.hold where state in ('held', 'allocated')",
            0,
        ),
        (
            "jobs handed over",
            "select count(*) from delivery.job where state = 'handed_over'",
            orders,
        ),
        ("jobs in all", "select count(*) from delivery.job", orders),
        ("carts ordered", "select count(*) from cart.cart where state = 'ordered'", orders),
        (
            "messages sent twice",
            "select count(*) - count(distinct (order_id, kind, channel))
             from notifications.message",
            0,
        ),
        ("dead letters", "select count(*) from feed.message where dead_at is not null", 0),
    ] {
        let found: i64 = sqlx::query_scalar(query).fetch_one(&mut connection).await.expect(what);
        assert_eq!(found, expected, "{what}");
    }
}

/// Waits until no event is on its way any more.
async fn settle_down(connection: &mut PgConnection) {
    let mut waiting = vec!["(select count(*) from feed.message where dead_at is null)".to_owned()];
    let told = tipple::PARTS.iter().filter(|part| part.name != "sandbox");
    waiting.extend(
        told.map(|part| {
            format!("(select count(*) from {}.outbox where sent_at is null)", part.name)
        }),
    );
    let waiting = waiting.join(" + ");
    for _ in 0..600 {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!("select {waiting} as waiting")))
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
