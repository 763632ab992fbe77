//! Live streams where there are two of everything: a customer who follows an order at one gateway
//! hears what a driver reports at the other, and misses nothing when processes are restarted or
//! killed.

mod support;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::StreamExt;
use kernel::{Id, PersonId, Role};
use reqwest::Method;
use serde_json::{Value, json};
use support::{
    Running, Town,
    fleet::{Fleet, eventually},
    settle::{STORE, Settled},
};
use tipple::demo::visitor::Visitor;

/// Between two tries to connect.
const PACE: Duration = Duration::from_millis(50);

/// What somebody heard who follows an order as browsers do: they come again where a stream ends, at
/// whichever gateway there is, and say what they saw last.
#[derive(Default)]
struct Heard {
    /// The id of each event, and what it tells.
    events: Vec<(i64, String)>,
    /// Of each stream's end, at which gateway and whether it had said when to come again.
    ends: Vec<(usize, bool)>,
    /// The gateway of the stream that is open.
    at: Option<usize>,
}

#[derive(Clone)]
struct Follower {
    http: reqwest::Client,
    /// The gateways, in the order in which they are tried.
    bases: Vec<String>,
    path: String,
    token: String,
    heard: Arc<Mutex<Heard>>,
}

impl Follower {
    fn with<T>(&self, act: impl FnOnce(&mut Heard) -> T) -> T {
        act(&mut self.heard.lock().expect("nobody panics here"))
    }

    fn has_heard(&self, what: &str) -> bool {
        self.with(|heard| heard.events.iter().any(|(_, told)| told == what))
    }

    async fn hears(&self, what: &str) {
        let has = || async { self.has_heard(what) };
        eventually(&format!("the customer hears {what}"), has).await;
    }

    async fn is_at(&self, gateway: usize) {
        let there = || async { self.with(|heard| heard.at == Some(gateway)) };
        eventually("the stream is open", there).await;
    }

    /// Until the order is delivered.
    async fn follow(self) {
        while !self.has_heard("delivered") {
            for place in 0..self.bases.len() {
                if let Some(hinted) = self.listen(place).await {
                    self.with(|heard| {
                        heard.at = None;
                        heard.ends.push((place, hinted));
                    });
                    break;
                }
            }
            tokio::time::sleep(PACE).await;
        }
    }

    /// One stream to its end; none where there is no such stream.
    async fn listen(&self, place: usize) -> Option<bool> {
        let url = format!("{}{}", self.bases[place], self.path);
        let mut request = self.http.get(url).bearer_auth(&self.token);
        if let Some(last) = self.with(|heard| heard.events.last().map(|(id, _)| *id)) {
            request = request.header("last-event-id", last);
        }
        let answer = request.send().await.ok().filter(|answer| answer.status().is_success())?;
        self.with(|heard| heard.at = Some(place));
        let (mut chunks, mut text, mut hinted) = (answer.bytes_stream(), String::new(), false);
        while let Some(Ok(chunk)) = chunks.next().await {
            text.push_str(std::str::from_utf8(&chunk).expect("text"));
            while let Some((event, rest)) = text.split_once("\n\n") {
                hinted |= self.take(event);
                text = rest.to_owned();
            }
        }
        Some(hinted)
    }

    /// Notes an event; whether it says when to come again.
    fn take(&self, event: &str) -> bool {
        let field = |name| event.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        if let (Some(id), Some(what)) = (field("id:"), field("event:")) {
            let id = id.parse().expect("a number");
            self.with(|heard| heard.events.push((id, what.to_owned())));
        }
        field("retry:").is_some()
    }
}

struct Scene {
    fleet: Fleet,
    settled: Settled,
    customer: PersonId,
    driver: Visitor,
    _provider: Running,
}

impl Scene {
    async fn new() -> Self {
        let fleet = Fleet::start().await;
        let provider = fleet.town.start_provider().await;
        let settled = fleet.town.settle(10).await;
        let customer = fleet.town.people(1, &Role::Customer).await[0];
        fleet.town.await_birthdays(1).await;
        let driver = fleet.town.people(1, &Role::Driver).await[0];
        let driver = fleet.town.visitor(1, driver, vec![Role::Driver]);
        Self { fleet, settled, customer, driver, _provider: provider }
    }

    fn buyer(&self) -> Visitor {
        self.fleet.town.visitor(1, self.customer, vec![Role::Customer])
    }

    /// An order that is paid, and its path.
    async fn order(&self) -> String {
        let (buyer, town) = (self.buyer(), &self.fleet.town);
        let (_, body) = self.settled.fill(&buyer).await.expect("a cart");
        let request = buyer.request(Method::POST, "/v1/orders/orders").json(&body);
        let key = Id::<Town>::new().to_string();
        let placed = buyer.send(request.header("idempotency-key", key)).await.expect("an order");
        let browser = Visitor::at(&town.provider_base());
        browser.pay(&placed["payment"], "4242424242424242").await.expect("the money");
        format!("/v1/orders/orders/{}", placed["order"]["order"].as_str().expect("an order"))
    }

    /// The customer's own screen, which tries the first gateway first.
    fn follower(&self, order: &str) -> Follower {
        let town = &self.fleet.town;
        Follower {
            http: reqwest::Client::builder().no_proxy().build().expect("a client"),
            bases: vec![town.base(0), town.base(1)],
            path: format!("{order}/events"),
            token: support::token(self.customer, vec![Role::Customer]),
            heard: Arc::default(),
        }
    }

    async fn clerk(&self, order: &str, command: &str) {
        let role = Role::Manager { stores: vec![self.settled.store] };
        let clerk = self.fleet.town.visitor(1, PersonId::new(), vec![role]);
        clerk.post(&format!("{order}/{command}"), &json!({})).await.expect(command);
    }

    /// What the driver's own page says, once it says it.
    async fn driver_sees(&self, look: impl Fn(&Value) -> Option<&str>) -> String {
        for _ in 0..1200 {
            if let Ok(me) = self.driver.get("/v1/delivery/me").await
                && let Some(found) = look(&me)
            {
                return found.to_owned();
            }
            tokio::time::sleep(PACE).await;
        }
        panic!("the driver never sees it");
    }

    async fn driver_does(&self, what: &str, body: Value) {
        let done = self.driver.post(&format!("/v1/delivery/{what}"), &body).await;
        done.unwrap_or_else(|error| panic!("{what}: {error:#}"));
    }

    /// Where this gateway, or one process with orders in it, stands in the fleet.
    fn gateway(&self, gateway: usize) -> usize {
        let wanted = self.fleet.town.ports[gateway];
        let place = self.fleet.running.iter().position(|(_, port, _)| *port == wanted);
        place.expect("it runs")
    }

    fn with_orders(&self) -> Vec<usize> {
        let all = self.fleet.running.iter().enumerate();
        all.filter(|(_, (group, ..))| group.contains(&"orders")).map(|(place, _)| place).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_hears_everything_once_whatever_ends_in_between() {
    let mut scene = Scene::new().await;
    let order = scene.order().await;
    let follower = scene.follower(&order);
    let following = tokio::spawn(follower.clone().follow());
    follower.is_at(0).await;
    follower.hears("paid").await;
    scene.driver_does("shift", json!({"place": STORE})).await;
    for command in ["accept", "pack"] {
        scene.clerk(&order, command).await;
    }
    follower.hears("captured").await;

    // The driver takes it out while the first gateway is restarted.
    let first = scene.gateway(0);
    scene.fleet.running[first].2.end().await;
    let offer = scene.driver_sees(|me| me["offer"]["offer"].as_str()).await;
    scene.driver_does(&format!("offers/{offer}/accept"), json!({})).await;
    let ready = |me: &Value| me["job"]["ready"] == true;
    let job = scene.driver_sees(|me| me["job"]["job"].as_str().filter(|_| ready(me))).await;
    scene.driver_does(&format!("jobs/{job}/pick-up"), json!({})).await;
    follower.hears("out_for_delivery").await;
    follower.is_at(1).await;
    scene.fleet.start_again(first).await;
    scene.fleet.await_ready().await;

    // Those that know of orders are restarted one after the other.
    for place in scene.with_orders() {
        scene.fleet.running[place].2.end().await;
        scene.fleet.start_again(place).await;
    }
    follower.is_at(0).await;
    let (told, all) = follower.with(|heard| (heard.ends.clone(), heard.ends.len()));
    assert!(all >= 2 && told.iter().all(|(_, hinted)| *hinted), "who ends says so: {told:?}");

    // The first gateway is killed, and nobody says anything.
    scene.fleet.running[first].2.kill();
    scene.driver_does(&format!("jobs/{job}/arrive"), json!({})).await;
    let document = json!({"kind": "driving_licence", "date_of_birth": "1980-01-01",
                          "expires_on": "2090-01-01"});
    let check = json!({"document": document, "name_matches": true, "sober": true});
    scene.driver_does(&format!("jobs/{job}/check"), check).await;
    let to = json!({"recipient_name": "A buyer"});
    scene.driver_does(&format!("jobs/{job}/hand-over"), to).await;
    follower.hears("delivered").await;
    following.await.expect("the order is over");

    let killed = follower.with(|heard| heard.ends.get(all).copied());
    assert_eq!(killed, Some((0, false)), "it was killed");
    let seen = scene.buyer().get(&order).await.expect("the order");
    let history = seen["history"].as_array().expect("a history").iter();
    let happened = history.map(|one| (one["seq"].as_i64(), one["what"].as_str()));
    let happened: Vec<_> = happened
        .map(|(seq, what)| (seq.expect("a seq"), what.expect("a what").to_owned()))
        .collect();
    let heard = follower.with(|heard| heard.events.clone());
    assert_eq!(heard, happened[..heard.len()], "each once, in order, and none is missing");
    assert!(heard.iter().any(|(_, what)| what == "delivered"));
}
