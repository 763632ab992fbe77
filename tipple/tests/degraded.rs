//! What works while something beside the house does not: the house is held against the table in
//! `docs/degraded.md`, cell by cell, and is itself again soon after. Some rows are tried for two
//! seconds each; those that `TIPPLE_FAULTS` names (`maps,SMTP`, or `all`, as `make test-long` does) for
//! ten. `TIPPLE_WRITE` writes what is seen into the table, for a person to judge.

mod support;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use hmac::{Hmac, KeyInit, Mac};
use kernel::{Clock, Id, Role};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::json;
use support::{
    Running, Town,
    settle::{STORE, Settled},
    trade::{Fate, keep_counter, next_step, place},
};
use testkit::{GoogleRoutes, PostOffice, Replicated, Road, Trouble};
use tipple::demo::visitor::Visitor;
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};

/// The columns of the table.
const ASKED: [&str; 7] = ["browse", "search", "cart", "checkout", "webhook", "ping", "operator"];
const CUSTOMERS: usize = 100;
/// An answer is late from here on, and none takes longer than the other.
const LATE: Duration = Duration::from_millis(1500);
const LONGEST: Duration = Duration::from_secs(30);
/// The house is itself again within this.
const RECOVERY: Duration = Duration::from_secs(15);
/// The rows of the short form.
const SHORT: [(&str, &str); 7] = [
    ("PostgreSQL", "refused"),
    ("replica", "silent"),
    ("Redis", "silent"),
    ("RabbitMQ", "reset"),
    ("provider", "refused"),
    ("maps", "silent"),
    ("SMTP", "refused"),
];

/// A row: what is beside the house, what is wrong with it, and what comes of each thing asked.
#[derive(Debug)]
struct Row {
    beside: String,
    wrong: String,
    cells: Vec<String>,
}

fn table() -> (PathBuf, String) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/degraded.md");
    let text = std::fs::read_to_string(&path).expect("docs/degraded.md");
    (path, text)
}

fn rows(text: &str) -> Vec<Row> {
    let lines = text.lines().filter(|line| {
        line.starts_with("| ") && !line.starts_with("| beside") && !line.starts_with("| ---")
    });
    let rows = lines.map(|line| {
        let mut cells: Vec<String> =
            line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
        assert_eq!(cells.len(), 2 + ASKED.len(), "{line}");
        let rest = cells.split_off(2);
        Row { beside: cells[0].clone(), wrong: cells[1].clone(), cells: rest }
    });
    rows.collect()
}

fn trouble(name: &str) -> Trouble {
    match name {
        "refused" => Trouble::Refused,
        "reset" => Trouble::Reset,
        "silent" => Trouble::Silent,
        "2 s late" => Trouble::Late,
        "flapping" => Trouble::Flapping,
        _ => panic!("no such trouble: {name}"),
    }
}

struct Scene {
    town: Town,
    settled: Arc<Settled>,
    /// Each fills one basket; whoever orders is not asked to do more.
    customers: Vec<Visitor>,
    next: AtomicUsize,
    /// On the way to a door, so that maps are asked.
    driver: Visitor,
    roads: BTreeMap<&'static str, Road>,
    _running: [Running; 2],
    /// The clerk works for as long as this is there.
    _open: watch::Sender<bool>,
    _beside: Beside,
}

/// The same address with the road's port.
fn by_road(url: &str, road: &Road) -> String {
    let port = port_of(url);
    url.replacen(&format!(":{port}"), &format!(":{}", road.port), 1)
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
            ("TIPPLE__DELIVERY__GOOGLE_ROUTES__ASK_AGAIN_SECONDS", "15".into()),
            ("TIPPLE__NOTIFICATIONS__CHANNELS", r#"["smtp"]"#.into()),
            ("TIPPLE__NOTIFICATIONS__SMTP__HOST", "127.0.0.1".into()),
            ("TIPPLE__NOTIFICATIONS__SMTP__PORT", roads["SMTP"].port.to_string()),
            ("TIPPLE__NOTIFICATIONS__SMTP__TLS", "none".into()),
            ("TIPPLE__NOTIFICATIONS__SMTP__FROM", "Tipple <orders@shop.example>".into()),
        ];
        settings.map(|(name, value)| (name.to_owned(), value)).into()
    }
}

impl Scene {
    async fn new() -> Option<Self> {
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
        let (next, running) = (AtomicUsize::new(1), [provider, running]);
        Some(Self {
            town,
            settled,
            customers,
            next,
            driver,
            roads,
            _running: running,
            _open: open,
            _beside: beside,
        })
    }

    fn customer(&self) -> &Visitor {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        &self.customers[number % self.customers.len()]
    }

    /// All that is asked, with a basket for one order and another to fill.
    async fn requests(&self) -> anyhow::Result<[RequestBuilder; 7]> {
        let (fills, orders) = (self.customer(), self.customer());
        let (open, (_, order)) =
            (self.settled.fill(fills).await?.0, self.settled.fill(orders).await?);
        let Settled { store, product, operator, .. } = &*self.settled;
        let word = Id::<Town>::new().uuid().simple().to_string();
        let at = |path: &str| fills.request(Method::GET, path);
        let line = format!("{open}/lines/{product}");
        let line = fills.request(Method::PUT, &line).json(&json!({"quantity": 2}));
        let placed = orders.request(Method::POST, "/v1/orders/orders").json(&order);
        let point = json!({"at": Clock::system().now(), "place": STORE});
        let ping = self.driver.request(Method::POST, "/v1/delivery/pings");
        Ok([
            at(&format!("/v1/catalogue/stores/{store}/listings")),
            at(&format!("/v1/catalogue/products?q={}", &word[..12])),
            line,
            placed.header("idempotency-key", &word),
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
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(support::WEBHOOK_SECRET.as_bytes())
            .expect("a key");
        mac.update(format!("{at}.{body}").as_bytes());
        let signature = hex::encode(mac.finalize().into_bytes());
        let request =
            Visitor::at(&self.town.base(0)).request(Method::POST, "/v1/payments/webhooks/sandbox");
        request
            .header("sandbox-signature", format!("t={at},v1={signature}"))
            .header("content-type", "application/json")
            .body(body)
    }

    /// What comes of everything that is asked, all at once.
    async fn ask(&self, requests: [RequestBuilder; 7]) -> Vec<String> {
        join_all(requests.into_iter().map(outcome)).await
    }

    /// Whatever was broken meanwhile, every message has gone out.
    async fn everybody_was_told(&self) {
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
        assert!(!left("sent").await.is_empty(), "nobody was told anything");
    }

    /// How long until all of it works again.
    async fn recovers(&self) -> Duration {
        let began = Instant::now();
        loop {
            if let Ok(requests) = self.requests().await {
                let all = self.ask(requests).await;
                if all.iter().all(|one| one == "works") {
                    return began.elapsed();
                }
                assert!(began.elapsed() < LONGEST, "it does not recover: {all:?}");
            }
            assert!(began.elapsed() < LONGEST, "it does not recover");
            sleep(Duration::from_millis(200)).await;
        }
    }
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

/// What whoever asked would call it.
async fn outcome(request: RequestBuilder) -> String {
    let began = Instant::now();
    let answer = match timeout(LONGEST, request.send()).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return format!("broken: {error:#}"),
        Err(_) => return "hangs".into(),
    };
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = answer.text().await.unwrap_or_default();
    if status.is_success() {
        return if began.elapsed() < LATE { "works" } else { "late" }.into();
    }
    let kind = headers.get("content-type").and_then(|kind| kind.to_str().ok());
    if !status.is_server_error() || kind != Some("application/problem+json") {
        return format!("wrong: {status} {body}");
    }
    if status == StatusCode::INTERNAL_SERVER_ERROR { "fails" } else { "later" }.into()
}

/// How the table tells of what was seen: where it flaps it could have been otherwise.
fn told(how: &str, seen: String) -> String {
    if how == "flapping" && seen != "works" { "mostly".into() } else { seen }
}

/// Whether what was seen is what the table says; where it flaps either may be seen.
fn agrees(cell: &str, seen: &str) -> bool {
    let good = ["works", "late"].contains(&seen);
    match cell {
        // A machine that does other things too is late where nothing is wrong.
        "works" => good,
        "mostly" => good || ["later", "fails"].contains(&seen),
        other => other == seen || (other == "late" && seen == "works"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_works_while_something_else_does_not_is_as_the_table_says() {
    let Some(scene) = Scene::new().await else { return };
    let (path, text) = table();
    let which = std::env::var("TIPPLE_FAULTS").ok();
    let named = |beside: &str| {
        let which = which.as_deref().unwrap_or_default();
        which == "all" || which.split(',').any(|one| one == beside)
    };
    let writes = std::env::var("TIPPLE_WRITE").is_ok();
    let lasts = Duration::from_secs(if which.is_some() { 10 } else { 2 });
    scene.recovers().await;
    let (mut wrong, mut written) = (Vec::new(), text.clone());
    for Row { beside, wrong: how, cells } in rows(&text) {
        let short = which.is_none() && SHORT.contains(&(beside.as_str(), how.as_str()));
        if !short && !named(&beside) {
            continue;
        }
        let requests = scene.requests().await.expect("all is well before");
        let road = &scene.roads[beside.as_str()];
        let began = Instant::now();
        road.suffers(Some(trouble(&how)));
        // What was on its way has noticed.
        sleep(Duration::from_millis(500)).await;
        let seen = scene.ask(requests).await;
        sleep(lasts.saturating_sub(began.elapsed())).await;
        road.suffers(None);
        let took = scene.recovers().await;
        println!("{beside}, {how}: {seen:?}; itself again after {took:?}");
        if took > RECOVERY {
            wrong.push(format!("{beside}, {how}: itself again only after {took:?}"));
        }
        for ((asked, cell), seen) in ASKED.iter().zip(&cells).zip(&seen) {
            if !agrees(cell, seen) {
                wrong.push(format!("{beside}, {how}: {asked} {seen}, and the table says {cell}"));
            }
        }
        let row = |cells: &[String]| format!("| {beside} | {how} | {} |", cells.join(" | "));
        let told: Vec<_> = seen.into_iter().map(|seen| told(&how, seen)).collect();
        written = written.replace(&row(&cells), &row(&told));
    }
    scene.everybody_was_told().await;
    if writes {
        std::fs::write(path, written).expect("docs/degraded.md");
        return;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
