//! Two processes of everything, the gateway too: each is restarted in turn, and then killed in turn,
//! while customers read, fill baskets and order.

mod support;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use http::Method;
use kernel::{Id, PersonId, Role};
use serde_json::{Value, json};
use support::{
    Running, Town,
    fleet::{Fleet, eventually},
    settle::{DOOR, Settled},
    street::{Asked, Way},
};
use tokio::{sync::watch, task::JoinSet};

const READERS: usize = 3;
const FILLERS: usize = 2;
const BUYERS: usize = 2;
/// Between two requests of one customer.
const PACE: Duration = Duration::from_millis(20);
/// What came of a call is known after so long, be it that it does not come.
const LONG: Duration = Duration::from_secs(30);
/// The gap in service after a death.
const GAP: Duration = Duration::from_secs(2);

/// The customers of both gateways.
#[derive(Clone)]
struct Street {
    way: Way,
    settled: Arc<Settled>,
    done: Arc<AtomicUsize>,
    failed: Arc<Mutex<Vec<Failed>>>,
}

/// A request that was not answered as it should have been.
struct Failed {
    begun: Instant,
    reading: bool,
    what: String,
}

#[derive(Clone)]
struct Customer {
    street: Street,
    token: String,
}

impl Street {
    fn new(way: Way, settled: Settled) -> Self {
        let (done, failed) = (Arc::default(), Arc::default());
        Self { way, settled: Arc::new(settled), done, failed }
    }

    fn failed(&self) -> Vec<Failed> {
        std::mem::take(&mut *self.failed.lock().expect("nobody panics here"))
    }

    fn customer(&self, person: PersonId) -> Customer {
        let token = support::token(person, vec![Role::Customer]);
        Customer { street: self.clone(), token }
    }
}

impl Customer {
    /// The answer; none where it was not as it should have been, which is noted.
    async fn ask(&self, method: Method, path: &str, body: Value) -> Option<Value> {
        self.ask_with(method, path, body, None).await
    }

    async fn ask_with(
        &self,
        method: Method,
        path: &str,
        body: Value,
        key: Option<&str>,
    ) -> Option<Value> {
        tokio::time::sleep(PACE).await;
        let (begun, reading) = (Instant::now(), method == Method::GET);
        let what = format!("{method} {path}");
        let asked = Asked { token: &self.token, method, path, body, key };
        let answer = self.street.way.ask(&asked, LONG).await;
        self.street.done.fetch_add(1, Ordering::Relaxed);
        let what = match answer {
            // Whoever waits for so long has no service meanwhile.
            Ok((status, body)) if status.is_success() && begun.elapsed() < GAP => {
                return Some(body);
            }
            Ok((status, body)) => format!("{what}: {status} {body}"),
            Err(error) => format!("{what}: {error:#}"),
        };
        let failed = Failed { begun, reading, what: format!("{what} after {:?}", begun.elapsed()) };
        self.street.failed.lock().expect("nobody panics here").push(failed);
        None
    }

    /// Looks around, again and again.
    async fn reads(self, stop: watch::Receiver<bool>) {
        let Settled { store, product, .. } = &*self.street.settled;
        while !*stop.borrow() {
            for path in [
                format!("/v1/catalogue/products/{product}"),
                format!("/v1/catalogue/stores/{store}/listings"),
                "/v1/orders/orders".to_owned(),
                "/v1/cart/carts".to_owned(),
                "/v1/accounts/me".to_owned(),
            ] {
                self.ask(Method::GET, &path, Value::Null).await;
            }
        }
    }

    /// Thinks again about how many bottles, again and again.
    async fn fills(self, stop: watch::Receiver<bool>) {
        let Some(cart) = self.opens().await else { return };
        let mut quantity = 1;
        while !*stop.borrow() {
            quantity = 3 - quantity;
            self.takes(&cart, quantity).await;
            self.ask(Method::GET, &cart, Value::Null).await;
        }
    }

    /// Orders, and thinks better of it, again and again.
    async fn buys(self, stop: watch::Receiver<bool>) {
        let mut number = 0;
        while !*stop.borrow() {
            number += 1;
            let _ = self.orders(&format!("order-{number}")).await;
        }
    }

    async fn orders(&self, key: &str) -> Option<Value> {
        let cart = self.opens().await?;
        self.takes(&cart, 1).await?;
        let door = json!({"recipient": "A buyer", "address": "1 Door St", "place": DOOR});
        self.ask(Method::PUT, &format!("{cart}/destination"), door).await?;
        let seen = self.ask(Method::GET, &cart, Value::Null).await?;
        let order = json!({"cart": seen["cart"], "expected_total": seen["quote"]["total"]});
        let path = "/v1/orders/orders";
        let placed = self.ask_with(Method::POST, path, order, Some(key)).await?;
        let order = placed["order"]["order"].as_str().unwrap_or_default();
        self.ask(Method::POST, &format!("{path}/{order}/cancel"), json!({})).await
    }

    async fn opens(&self) -> Option<String> {
        let store = json!({"store": self.street.settled.store});
        let opened = self.ask(Method::POST, "/v1/cart/carts", store).await?;
        Some(format!("/v1/cart/carts/{}", opened["cart"].as_str()?))
    }

    async fn takes(&self, cart: &str, quantity: u32) -> Option<Value> {
        let line = format!("{cart}/lines/{}", self.street.settled.product);
        self.ask(Method::PUT, &line, json!({"quantity": quantity})).await
    }
}

/// Customers on their ways until they are told to stop.
struct Traffic {
    stop: watch::Sender<bool>,
    all: JoinSet<()>,
}

impl Traffic {
    fn begin(street: &Street, people: &[PersonId]) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut all = JoinSet::new();
        let mut people = people.iter().map(|person| street.customer(*person));
        for customer in people.by_ref().take(READERS) {
            all.spawn(customer.reads(stopped.clone()));
        }
        for customer in people.by_ref().take(FILLERS) {
            all.spawn(customer.fills(stopped.clone()));
        }
        for customer in people.by_ref().take(BUYERS) {
            all.spawn(customer.buys(stopped.clone()));
        }
        Self { stop, all }
    }

    async fn end(mut self) {
        let _ = self.stop.send(true);
        while let Some(ended) = self.all.join_next().await {
            ended.expect("nobody panics here");
        }
    }
}

async fn settle(fleet: &Fleet, way: fn(&Town) -> Way) -> (Running, Street, Vec<PersonId>) {
    let provider = fleet.town.start_provider().await;
    let settled = fleet.town.settle(10_000).await;
    let people = fleet.town.people(READERS + FILLERS + BUYERS, &Role::Customer).await;
    fleet.town.await_birthdays((READERS + FILLERS + BUYERS) as i64).await;
    (provider, Street::new(way(&fleet.town), settled), people)
}

/// On a broker and Redis as a cluster has them, where tests have them.
async fn fleet_of_a_cluster() -> Fleet {
    let (broker, redis) = (testkit::broker(), testkit::shared_redis());
    let town = Town::new(2).await;
    let (Some(broker), Some(redis)) = (broker, redis) else {
        return Fleet::of(town, Vec::new()).await;
    };
    let prefix = Id::<Town>::new().to_string();
    let redis = [("TIPPLE__REDIS__URL", redis), ("TIPPLE__REDIS__PREFIX", prefix)];
    let redis = redis.map(|(name, value)| (name.to_owned(), value));
    Fleet::of(town.by_rabbitmq(&broker), redis.into()).await
}

/// Until so many more requests have been answered.
async fn await_traffic(street: &Street, more: usize) {
    let wanted = street.done.load(Ordering::Relaxed) + more;
    let enough = || async { street.done.load(Ordering::Relaxed) >= wanted };
    eventually("customers come", enough).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_process_is_restarted_and_no_request_fails() {
    let mut fleet = fleet_of_a_cluster().await;
    // Nobody asks twice: what the house loses is seen.
    let (_provider, street, people) = settle(&fleet, Way::plain).await;
    let traffic = Traffic::begin(&street, &people);
    await_traffic(&street, 50).await;
    for place in 0..fleet.running.len() {
        fleet.running[place].2.end().await;
        fleet.start_again(place).await;
        await_traffic(&street, 50).await;
    }
    traffic.end().await;
    let failed = street.failed();
    let told: Vec<&str> = failed.iter().map(|failed| failed.what.as_str()).collect();
    assert!(told.is_empty(), "{} of {:?}: {told:#?}", told.len(), street.done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_process_is_killed_and_only_what_was_under_way_may_fail() {
    let mut fleet = Fleet::start().await;
    let (_provider, street, people) = settle(&fleet, Way::balanced).await;
    let traffic = Traffic::begin(&street, &people);
    await_traffic(&street, 50).await;
    for place in 0..fleet.running.len() {
        fleet.running[place].2.kill();
        let killed = Instant::now();
        await_traffic(&street, 50).await;
        tokio::time::sleep(GAP).await;
        let group = fleet.running[place].0;
        for failed in street.failed() {
            assert!(!failed.reading, "{group:?} was killed: {}", failed.what);
            let late = failed.begun.saturating_duration_since(killed);
            assert!(late < GAP, "{group:?} was killed {late:?} before: {}", failed.what);
        }
        fleet.start_again(place).await;
        fleet.await_ready().await;
    }
    traffic.end().await;
}
