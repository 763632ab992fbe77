//! A house to which everything beside it leads by a road that can be broken, and all who ask it.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, ensure};
use futures::future::join_all;
use hmac::{Hmac, KeyInit, Mac};
use kernel::{Clock, Id, Role};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use testkit::{GoogleRoutes, PostOffice, Replicated, Road};
use tipple::demo::visitor::Visitor;
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

use crate::{
    RECOVERY, outcome,
    support::{
        Running, Town, WEBHOOK_SECRET,
        settle::{STORE, Settled},
        trade::{Fate, keep_counter, next_step, place},
    },
};

/// More than one row takes, so that nobody comes by twice before everybody has been served: with what they had
/// been told *later* about, they would order under another key.
const CUSTOMERS: usize = 250;
/// Where the checkout is among what is asked.
const CHECKOUT: usize = 3;
/// A letter about an order goes out within this.
const POST: Duration = Duration::from_secs(5);

pub struct Scene {
    pub roads: BTreeMap<&'static str, Road>,
    town: Town,
    settled: Arc<Settled>,
    /// Each fills one basket; whoever orders is not asked to do more.
    customers: Vec<Visitor>,
    next: AtomicUsize,
    /// On the way to a door, so that maps are asked.
    driver: Visitor,
    /// Every checkout since everybody was served, with the key it is sent again with.
    checkouts: Mutex<Vec<RequestBuilder>>,
    /// What was ordered.
    orders: Mutex<BTreeSet<String>>,
    _running: [Running; 2],
    /// The clerk works for as long as this is there.
    _open: watch::Sender<bool>,
    _beside: Beside,
}

/// The same address with the road's port.
fn by_road(url: &str, road: &Road) -> String {
    let led = url.replacen(&format!(":{}", port_of(url)), &format!(":{}", road.port), 1);
    assert_ne!(led, url);
    led
}

fn port_of(url: &str) -> u16 {
    let after_host = url
        .rsplit_once('@')
        .map_or_else(|| url.split_once("//").expect("an address").1, |(_, rest)| rest);
    let port = after_host.split(':').nth(1).expect("a port");
    port.split('/').next().expect("a port").parse().expect("a port")
}

/// What the house needs beside itself.
struct Beside {
    servers: Replicated,
    redis: String,
    broker: String,
    maps: GoogleRoutes,
    office: PostOffice,
}

impl Beside {
    async fn roads(&self, town: &Town) -> BTreeMap<&'static str, Road> {
        let mut roads = BTreeMap::new();
        for (beside, port) in [
            ("PostgreSQL", port_of(&town.database_url)),
            ("replica", port_of(&self.servers.replica_url())),
            ("Redis", port_of(&self.redis)),
            ("RabbitMQ", port_of(&self.broker)),
            ("provider", port_of(&town.provider_base())),
            ("maps", port_of(self.maps.base_url())),
            ("SMTP", self.office.port),
        ] {
            roads.insert(beside, Road::to(port).await);
        }
        roads
    }

    /// By which the house goes to all of it on those roads.
    fn settings(&self, town: &Town, roads: &BTreeMap<&'static str, Road>) -> Vec<(String, String)> {
        let own = format!("test_{}", Id::<Town>::new().uuid().simple());
        let sandbox = format!("{}/sandbox", by_road(&town.provider_base(), &roads["provider"]));
        let maps = by_road(self.maps.base_url(), &roads["maps"]);
        let replica = by_road(&self.servers.replica_url(), &roads["replica"]);
        let settings = [
            ("DATABASE_URL", by_road(&town.database_url, &roads["PostgreSQL"])),
            ("TIPPLE__DATABASE__REPLICAS", replica),
            ("TIPPLE__REDIS__URL", by_road(&self.redis, &roads["Redis"])),
            ("TIPPLE__REDIS__PREFIX", own.clone()),
            ("TIPPLE__EVENTS__RABBITMQ_URL", by_road(&self.broker, &roads["RabbitMQ"])),
            ("TIPPLE__EVENTS__RABBITMQ_NAME", own),
            ("TIPPLE__PAYMENTS__SANDBOX__BASE_URL", sandbox),
            ("TIPPLE__GATEWAY__MAP__GOOGLE_KEY", "a-key-for-browsers".into()),
            ("TIPPLE__GATEWAY__MAP__GOOGLE_MAP_ID", "a-map".into()),
            ("TIPPLE__DELIVERY__GOOGLE_ROUTES__KEY", self.maps.key().into()),
            ("TIPPLE__DELIVERY__GOOGLE_ROUTES__BASE_URL", maps),
            ("TIPPLE__NOTIFICATIONS__CHANNELS", r#"["smtp"]"#.into()),
            ("TIPPLE__NOTIFICATIONS__SMTP__HOST", "127.0.0.1".into()),
            ("TIPPLE__NOTIFICATIONS__SMTP__PORT", roads["SMTP"].port.to_string()),
            ("TIPPLE__NOTIFICATIONS__SMTP__TLS", "none".into()),
            ("TIPPLE__NOTIFICATIONS__SMTP__FROM", "Tipple <orders@shop.example>".into()),
            // Everybody is counted in Redis, and nobody is too much.
            ("TIPPLE__GATEWAY__ADDRESS_PER_SECOND", "100000".into()),
            ("TIPPLE__GATEWAY__ADDRESS_BURST", "100000".into()),
            ("TIPPLE__GATEWAY__TOKEN_PER_SECOND", "100000".into()),
            ("TIPPLE__GATEWAY__TOKEN_BURST", "100000".into()),
        ];
        settings.map(|(name, value)| (name.to_owned(), value)).into()
    }
}

impl Scene {
    pub async fn new() -> Option<Self> {
        let (redis, broker) = (testkit::shared_redis()?, testkit::broker()?);
        let servers = Replicated::start().await;
        let town = Town::on(servers.primary_url(), 1);
        town.house().migrate(|_| ()).await.expect("the tables");
        let provider = town.start_provider().await;
        let (maps, office) = (GoogleRoutes::start().await, PostOffice::open(&[]).await);
        let beside = Beside { servers, redis, broker, maps, office };
        let roads = beside.roads(&town).await;
        let running = town.start_with(0, &beside.settings(&town, &roads)).await;
        let settled = Arc::new(town.settle(10_000).await);
        let people = town.people(CUSTOMERS, &Role::Customer).await;
        town.await_birthdays(CUSTOMERS as i64).await;
        let customers = people.into_iter();
        let customers = customers.map(|person| town.visitor(0, person, vec![Role::Customer]));
        let customers: Vec<Visitor> = customers.collect();
        let (open, stopped) = watch::channel(false);
        tokio::spawn(keep_counter(Arc::clone(&settled), stopped));
        let placed = place(&customers[0], &settled, Fate::Delivered).await;
        let at_provider = Visitor::at(&town.provider_base());
        at_provider.pay(&placed["payment"], "4242424242424242").await.expect("the money");
        let driver = town.people(1, &Role::Driver).await;
        let driver = town.visitor(0, driver[0], vec![Role::Driver]);
        drive_off(&driver).await;
        Some(Self {
            roads,
            town,
            settled,
            customers,
            next: AtomicUsize::new(1),
            driver,
            checkouts: Mutex::default(),
            orders: Mutex::new(BTreeSet::from([order_of(&placed).expect("an order")])),
            _running: [provider, running],
            _open: open,
            _beside: beside,
        })
    }

    fn customer(&self) -> &Visitor {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        &self.customers[number % self.customers.len()]
    }

    /// All that is asked, with a basket for one order and another to fill.
    pub async fn requests(&self) -> anyhow::Result<[RequestBuilder; 7]> {
        let (fills, orders) = (self.customer(), self.customer());
        let (open, (_, order)) =
            (self.settled.fill(fills).await?.0, self.settled.fill(orders).await?);
        let Settled { store, product, operator, .. } = &*self.settled;
        let word = Id::<Town>::new().uuid().simple().to_string();
        let at = |path: &str| fills.request(Method::GET, path);
        let line = format!("{open}/lines/{product}");
        let line = fills.request(Method::PUT, &line).json(&json!({"quantity": 2}));
        let placed = orders.request(Method::POST, "/v1/orders/orders").json(&order);
        let placed = placed.header("idempotency-key", &word);
        self.checkouts.lock().expect("nobody panics").push(again(&placed));
        let point = json!({"at": Clock::system().now(), "place": STORE});
        let ping = self.driver.request(Method::POST, "/v1/delivery/pings");
        Ok([
            at(&format!("/v1/catalogue/stores/{store}/listings")),
            at(&format!("/v1/catalogue/products?q={}", &word[..12])),
            line,
            placed,
            self.webhook(&word),
            ping.json(&json!({"points": [point]})),
            operator.request(Method::GET, "/v1/orders/all"),
        ])
    }

    /// A notice of something that is not ours: what counts is that it is kept.
    fn webhook(&self, id: &str) -> RequestBuilder {
        let object = json!({"object": {"id": format!("pi_{id}")}});
        let body = json!({"id": format!("evt_{id}"), "type": "payment_intent.succeeded",
                          "data": object})
        .to_string();
        let at = Clock::system().now().as_second().to_string();
        let mut mac =
            Hmac::<sha2::Sha256>::new_from_slice(WEBHOOK_SECRET.as_bytes()).expect("a key");
        mac.update(format!("{at}.{body}").as_bytes());
        let signature = hex::encode(mac.finalize().into_bytes());
        let request =
            Visitor::at(&self.town.base(0)).request(Method::POST, "/v1/payments/webhooks/sandbox");
        request
            .header("sandbox-signature", format!("t={at},v1={signature}"))
            .header("content-type", "application/json")
            .body(body)
    }

    /// What comes of everything that is asked, all at once. It is time to ask maps too.
    pub async fn ask(&self, requests: [RequestBuilder; 7]) -> Vec<String> {
        let sql = "update delivery.job set eta_asked_at = null where state = 'picked_up'";
        let done = sqlx::query(sql).execute(&mut self.town.connection().await).await;
        assert_eq!(done.expect("the jobs").rows_affected(), 1, "the driver is on the way");
        join_all(requests.into_iter().map(outcome)).await
    }

    /// Whether everything that is asked works, nothing is missing beside the house, and the customer of
    /// an order has a letter about it, which is where events lead.
    pub async fn is_well(&self) -> anyhow::Result<()> {
        let requests = self.requests().await?;
        let checkout = again(&requests[CHECKOUT]);
        let all = self.ask(requests).await;
        ensure!(all.iter().all(|one| one == "works"), "{all:?}");
        let ready = Visitor::at(&self.town.base(0)).get("/readyz").await?;
        ensure!(ready["status"] == "ready", "{ready}");
        let order = order_of(&self.customers[0].send(checkout).await?)?;
        let letters = format!(
            "notifications.message where order_id = '{order}' and kind = 'placed' and state = 'sent'"
        );
        let began = Instant::now();
        while self.count(&letters).await == 0 {
            ensure!(began.elapsed() < POST, "no letter about order {order}");
            sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Whoever was told *later* orders again with the same basket and key; whoever was not gets the same
    /// order once more.
    pub async fn whoever_orders_again_is_served(&self) {
        let checkouts = mem::take(&mut *self.checkouts.lock().expect("nobody panics"));
        for checkout in checkouts {
            let began = Instant::now();
            let order = loop {
                match self.customers[0].send(again(&checkout)).await {
                    Ok(placed) => break order_of(&placed).expect("an order"),
                    Err(error) => {
                        assert!(began.elapsed() < RECOVERY, "who orders again: {error:#}");
                    }
                }
                sleep(Duration::from_millis(200)).await;
            };
            let is_new = self.orders.lock().expect("nobody panics").insert(order);
            assert!(is_new, "two baskets and one order");
        }
    }

    /// Whatever was broken meanwhile, every message has gone out.
    pub async fn everybody_was_told(&self) {
        let mut db = self.town.connection().await;
        let mut left = async |states: &'static str| -> Vec<String> {
            let sql = "select concat_ws(' ', state, kind, channel, attempts, next_at, error)
                       from notifications.message where state = any($1)";
            let states: Vec<&str> = states.split(' ').collect();
            sqlx::query_scalar(sql).bind(states).fetch_all(&mut db).await.expect("messages")
        };
        let began = Instant::now();
        loop {
            let waiting = left("pending failed sending").await;
            if waiting.is_empty() {
                break;
            }
            assert!(began.elapsed() < Duration::from_mins(5), "they never go out: {waiting:?}");
            sleep(Duration::from_millis(200)).await;
        }
        let lost = left("dead unknown").await;
        assert!(lost.is_empty(), "given up: {lost:?}");
    }

    /// Whatever was broken meanwhile, each order is there once, with one payment of as much as the
    /// provider has and one letter that it was placed; and what was begun and given up keeps nobody's
    /// money and no bottle.
    pub async fn everything_is_there_once(&self) {
        let orders = self.orders.lock().expect("nobody panics").len() as i64;
        let by_order = "join orders.orders o on o.id = order_id where o.placed_at is";
        for (what, expected) in [
            ("orders.orders where placed_at is not null".to_owned(), orders),
            ("orders.orders where placed_at is null and state <> 'cancelled'".into(), 0),
            (format!("payments.payment p {by_order} not null"), orders),
            (format!("payments.payment p {by_order} null and p.state <> 'cancelled'"), 0),
            (format!("payments.payment p {by_order} null and p.captured <> 0"), 0),
            (format!("catalogue.hold h {by_order} null and h.state in ('held', 'allocated')"), 0),
            (
                "sandbox.intent i full join payments.payment p on i.id = p.provider_payment
                 where coalesce(i.received, 0) <> coalesce(p.captured, 0)
                    or coalesce(i.refunded, 0) <> coalesce(p.refunded, 0)"
                    .into(),
                0,
            ),
            ("notifications.message where kind = 'placed'".into(), orders),
            (
                "(select from notifications.message group by order_id, kind, channel
                  having count(*) > 1) twice"
                    .into(),
                0,
            ),
            ("(select from payments.ledger_entry having sum(amount) <> 0) unbalanced".into(), 0),
            ("feed.message where dead_at is not null".into(), 0),
        ] {
            let (began, mut found) = (Instant::now(), self.count(&what).await);
            // What was given up is undone in the background.
            while found != expected && began.elapsed() < Duration::from_mins(1) {
                sleep(Duration::from_millis(200)).await;
                found = self.count(&what).await;
            }
            assert_eq!(found, expected, "{what}");
        }
    }

    async fn count(&self, what: &str) -> i64 {
        let sql = AssertSqlSafe(format!("select count(*) from {what}"));
        let counted = sqlx::query_scalar(sql).fetch_one(&mut self.town.connection().await).await;
        counted.expect("a count")
    }
}

fn again(request: &RequestBuilder) -> RequestBuilder {
    request.try_clone().expect("its body is no stream")
}

fn order_of(placed: &Value) -> anyhow::Result<String> {
    Ok(placed["order"]["order"].as_str().context("no order")?.to_owned())
}

/// Until the driver has left the store.
async fn drive_off(driver: &Visitor) {
    for _ in 0..1200 {
        let me = driver.get("/v1/delivery/me").await.expect("the driver's own page");
        if me["step"] == "go_to_door" {
            return;
        }
        // What is not packed yet cannot be picked up.
        let _ = next_step(driver).await;
        sleep(Duration::from_millis(50)).await;
    }
    panic!("the driver never leaves the store");
}
