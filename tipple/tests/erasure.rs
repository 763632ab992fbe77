//! Whoever is erased leaves no trace but what is listed: twenty-eight words that nobody else would say
//! go through the whole house, and are gone afterwards, and stay gone.

mod support;

use std::{
    io::Write,
    sync::{Arc, Mutex},
    time::Duration,
};

use hmac::{Hmac, KeyInit, Mac};
use jiff::civil::date;
use kernel::{Actor, PersonId, Role};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use sqlx::{AssertSqlSafe, Row};
use support::settle::{STORE, Settled};
use testkit::Bench;
use tipple::demo::visitor::Visitor;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};
use uuid::Uuid;

const EMAIL: &str = "zq-mail-4711@example.com";
const PHONE: &str = "+15155550147";
const DEVICE: &str = "zq-telephone-of-mine";
const TAKER: &str = "Zq Taker";
const SIGNATURE: &str = "M 0 0 L 471147 1147";
const NOTE: &str = "zq note of the driver";
const CANCELLED: &str = "zq because of my knee";
const REJECTED: &str = "zq has no manners";
const DOOR: (f64, f64) = (41.587_342_19, -93.624_018_73);

/// What is said of the person, by themselves and by others.
const CANARIES: [&str; 27] = [
    EMAIL,
    PHONE,
    DEVICE,
    "Zqgiven",
    "Zqfamily",
    "1937-11-29",
    "zq-label-1",
    "Zq Recipient 1",
    "1 Zq Street",
    "zq-bell-1",
    "zq-label-2",
    "Zq Recipient 2",
    "2 Zq Street",
    "zq-bell-2",
    "Zq Cart Recipient",
    "3 Zq Cart Street",
    "zq-cart-bell",
    "Zq Order Recipient",
    "4 Zq Order Street",
    "zq-order-bell",
    "41.58734219",
    "-93.62401873",
    TAKER,
    SIGNATURE,
    NOTE,
    CANCELLED,
    REJECTED,
];
/// Shown at the door, and kept by nobody at any time.
const DOCUMENT: &str = "ZQ-DOC-4711";

const PASSWORD: &str = "correct horse battery staple";
const WEBHOOK_SECRET: &str = "whsec_test_0123456789abcdef0123456789abcdef";

/// Everything that is logged, down to the details.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn start() -> Self {
        let log = Self::default();
        let writer = log.clone();
        let layer = fmt::layer().with_ansi(false).with_writer(move || writer.clone());
        let filter = EnvFilter::new("debug,hyper=info,hyper_util=info,sqlx=info");
        tracing_subscriber::registry().with(filter).with(layer).try_init().expect("the only log");
        log
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// The whole house in this process, on a socket, with a clock that stands still.
struct Stage {
    bench: Bench,
    base: String,
    person: PersonId,
    ann: Visitor,
    driver: Visitor,
    settled: Settled,
}

impl Stage {
    async fn set() -> Self {
        host::choose_cryptography();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let key = "sk_test_0123456789abcdef0123456789abcdef";
        let settings = format!(
            "public_url = \"{base}\"\n\
             [payments.sandbox]\nsecret_key = \"{key}\"\nwebhook_secret = \"{WEBHOOK_SECRET}\"\n\
             [sandbox]\nsecret_key = \"{key}\"\nwebhook_secret = \"{WEBHOOK_SECRET}\"\n\
             [gateway]\naddress_per_second = 0\ntoken_per_second = 0\n"
        );
        let mut bench = Bench::of(tipple::PARTS).settings(&settings).start().await;
        bench.process.listen(listener);
        let visitor = |person: PersonId, role: Role| {
            let token = bench.token(&Actor { person, roles: vec![role] });
            Visitor::at(&base).with_token(&token, &person.to_string())
        };
        let cart = schema(&bench, "cart").await;
        cart::seed(&cart, bench.now()).await.unwrap();
        let clerk = |store| visitor(PersonId::new(), Role::Manager { stores: vec![store] });
        let operator = visitor(PersonId::new(), Role::Operator);
        let settled = Settled::by(operator, clerk, 100).await;
        let (person, driver) = people(&bench).await;
        let ann = visitor(person, Role::Customer);
        let driver = visitor(driver, Role::Driver);
        Self { bench, base, person, ann, driver, settled }
    }

    /// Orders one bottle and pays for it: its order.
    async fn buy(&self) -> String {
        let ann = &self.ann;
        let cart =
            self.fill_cart(["Zq Order Recipient", "4 Zq Order Street", "zq-order-bell"]).await;
        let seen = ann.get(&format!("/v1/cart/carts/{cart}")).await.unwrap();
        let order = json!({"cart": cart, "expected_total": seen["quote"]["total"]});
        let request = ann.request(Method::POST, "/v1/orders/orders").json(&order);
        let request = request.header("Idempotency-Key", Uuid::from(PersonId::new()).to_string());
        let placed = ann.send(request).await.unwrap();
        ann.pay(&placed["payment"], "4242424242424242").await.unwrap();
        let order = placed["order"]["order"].as_str().unwrap().to_owned();
        self.until(&order, "paid").await;
        order
    }

    async fn fill_cart(&self, [recipient, address, instructions]: [&str; 3]) -> String {
        let ann = &self.ann;
        let store = json!({"store": self.settled.store});
        let opened = ann.post("/v1/cart/carts", &store).await.unwrap();
        let cart = opened["cart"].as_str().unwrap().to_owned();
        let line = format!("/v1/cart/carts/{cart}/lines/{}", self.settled.product);
        ann.put(&line, &json!({"quantity": 1})).await.unwrap();
        let door = json!({
            "recipient": recipient, "address": address, "instructions": instructions,
            "place": {"lat": DOOR.0, "lon": DOOR.1},
        });
        ann.put(&format!("/v1/cart/carts/{cart}/destination"), &door).await.unwrap();
        cart
    }

    async fn until(&self, order: &str, state: &str) {
        let path = format!("/v1/orders/orders/{order}");
        let look = || async {
            let found = self.settled.operator.get(&path).await.unwrap();
            (found["state"] == state).then_some(())
        };
        self.bench.eventually(&format!("{order} is {state}"), look).await;
    }

    async fn of_store(&self, order: &str, command: &str, body: Value) {
        let path = format!("/v1/orders/orders/{order}/{command}");
        self.settled.clerk.post(&path, &body).await.unwrap();
    }

    /// Packs it and has the driver take the job on: the job.
    async fn assign(&self, order: &str) -> String {
        self.of_store(order, "accept", json!({})).await;
        self.of_store(order, "pack", json!({})).await;
        let me = || self.driver.get("/v1/delivery/me");
        let offered =
            || async { me().await.unwrap()["offer"]["offer"].as_str().map(str::to_owned) };
        let offer = self.bench.eventually("an offer", offered).await;
        let accept = format!("/v1/delivery/offers/{offer}/accept");
        self.driver.post(&accept, &json!({})).await.unwrap();
        let ready = || async {
            let me = me().await.unwrap();
            (me["job"]["ready"] == true).then(|| me["job"]["job"].as_str().unwrap().to_owned())
        };
        self.bench.eventually("the job is ready", ready).await
    }

    async fn act(&self, job: &str, deed: &str, body: Value) {
        let path = format!("/v1/delivery/jobs/{job}/{deed}");
        let done = self.driver.post(&path, &body).await;
        done.unwrap_or_else(|error| panic!("{deed}: {error:#}"));
    }

    /// Brings it to the door and checks who is there.
    async fn at_the_door(&self, job: &str) {
        self.act(job, "pick-up", json!({})).await;
        self.act(job, "arrive", json!({})).await;
        let document = json!({"kind": "passport", "date_of_birth": "1937-11-29",
                              "expires_on": "2090-01-01", "number": DOCUMENT});
        let check = json!({"document": document, "name_matches": true, "sober": true});
        self.act(job, "check", check).await;
    }

    /// Everything that the person does and has done to them, one order being under way at the end:
    /// its number and its job.
    async fn play(&self) -> (String, String) {
        let stranger = Visitor::at(&self.base);
        let password = json!({"email": EMAIL, "password": PASSWORD});
        let request = stranger.request(Method::POST, "/v1/accounts/sign-in").json(&password);
        stranger.send(request.header("User-Agent", DEVICE)).await.unwrap();
        let request = self.ann.request(Method::POST, "/v1/accounts/phone");
        self.ann.send(request.json(&json!({"phone": PHONE}))).await.unwrap();
        for number in 1..=2 {
            let address = json!({
                "label": format!("zq-label-{number}"), "kind": "home",
                "recipient": format!("Zq Recipient {number}"),
                "address": format!("{number} Zq Street"),
                "instructions": format!("zq-bell-{number}"),
                "place": {"lat": DOOR.0, "lon": DOOR.1},
            });
            self.ann.post("/v1/accounts/addresses", &address).await.unwrap();
        }
        let favourite = format!("/v1/accounts/me/favourites/{}", self.settled.product);
        self.ann.put(&favourite, &json!({})).await.unwrap();
        self.driver.post("/v1/delivery/shift", &json!({"place": STORE})).await.unwrap();
        let delivered = self.buy().await;
        let job = self.assign(&delivered).await;
        self.at_the_door(&job).await;
        let handed = json!({"recipient_name": TAKER, "signature": SIGNATURE});
        self.act(&job, "hand-over", handed).await;
        self.until(&delivered, "delivered").await;
        let refused = self.buy().await;
        let job = self.assign(&refused).await;
        self.at_the_door(&job).await;
        self.act(&job, "refuse", json!({"because": "intoxicated", "note": NOTE})).await;
        self.act(&job, "return", json!({})).await;
        self.until(&refused, "closed").await;
        let cancelled = self.buy().await;
        let cancel = format!("/v1/orders/orders/{cancelled}/cancel");
        self.ann.post(&cancel, &json!({"reason": CANCELLED})).await.unwrap();
        let rejected = self.buy().await;
        self.of_store(&rejected, "reject", json!({"reason": REJECTED})).await;
        let under_way = self.buy().await;
        let job = self.assign(&under_way).await;
        self.fill_cart(["Zq Cart Recipient", "3 Zq Cart Street", "zq-cart-bell"]).await;
        (under_way, job)
    }

    /// A notice of the provider about the person's payment, which says more than it needs to.
    async fn notice(&self) {
        let intent: String = sqlx::query_scalar(
            "select provider_payment from payments.payment where customer_id = $1 limit 1",
        )
        .bind(self.person.uuid())
        .fetch_one(&mut self.bench.connection().await)
        .await
        .unwrap();
        let body = json!({
            "id": "evt_late", "type": "charge.refunded",
            "data": {"object": {"id": "ch_1", "payment_intent": intent, "receipt_email": EMAIL}},
        })
        .to_string();
        let at = self.bench.now().as_second();
        let mut mac = Hmac::<Sha256>::new_from_slice(WEBHOOK_SECRET.as_bytes()).unwrap();
        mac.update(format!("{at}.{body}").as_bytes());
        let signature = format!("t={at},v1={}", hex::encode(mac.finalize().into_bytes()));
        let stranger = Visitor::at(&self.base);
        let request = stranger.request(Method::POST, "/v1/payments/webhooks/sandbox");
        let request = request.header("Sandbox-Signature", signature);
        let request = request.header("Content-Type", "application/json").body(body);
        stranger.send(request).await.unwrap();
    }
}

/// One schema, with all rights.
async fn schema(bench: &Bench, name: &str) -> sqlx::PgPool {
    let url = format!("{}?options=-csearch_path%3D{name},public", bench.database_url);
    sqlx::PgPool::connect(&url).await.unwrap()
}

/// The person and a driver, as accounts would know them.
async fn people(bench: &Bench) -> (PersonId, PersonId) {
    let new =
        |email: &str, given_name: &str, family_name: &str, role| accounts::seed::NewDemoPerson {
            email: email.into(),
            given_name: given_name.into(),
            family_name: family_name.into(),
            date_of_birth: Some(date(1937, 11, 29)),
            roles: vec![role],
            home: None,
        };
    let mut driver = new("dee@example.com", "Dee", "Driver", Role::Driver);
    driver.date_of_birth = None;
    let all = [new(EMAIL, "Zqgiven", "Zqfamily", Role::Customer), driver];
    let (db, config) = (schema(bench, "accounts").await, accounts::Config::default());
    let people = accounts::seed::people(&db, &bench.clock, &config, PASSWORD, &all);
    let people = people.await.unwrap();
    let known = || async {
        let known: i64 = sqlx::query_scalar("select count(*) from compliance.person")
            .fetch_one(&mut bench.connection().await)
            .await
            .unwrap();
        (known == 2).then_some(())
    };
    bench.eventually("the law knows them", known).await;
    (people[0], people[1])
}

/// What is kept whole all the same, because the law makes sellers keep what they issued; see
/// docs/personal-data.md.
const KEPT: &[&str] = &["payments.\"document\""];

/// Where each word is found: in which tables, written plainly or in hexadecimal.
async fn traces(bench: &Bench, words: &[&str]) -> Vec<(String, String)> {
    let mut connection = bench.connection().await;
    let tables = sqlx::query(
        "select table_schema, table_name from information_schema.tables
         where table_type = 'BASE TABLE'
           and table_schema not in ('pg_catalog', 'information_schema')",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert!(tables.len() > 60, "all schemas are looked at");
    let mut traces = Vec::new();
    for table in tables {
        let name = format!("{}.\"{}\"", table.get::<&str, _>(0), table.get::<&str, _>(1));
        if KEPT.contains(&name.as_str()) {
            continue;
        }
        let query = format!("select coalesce(string_agg(t::text, ' '), '') from {name} t");
        let text: String =
            sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(&mut connection).await.unwrap();
        for word in words {
            if text.contains(word) || text.contains(&hex::encode(word)) {
                traces.push(((*word).to_owned(), name.clone()));
            }
        }
    }
    traces
}

/// Waits until none of these words is found anywhere.
async fn await_nothing(bench: &Bench, words: &[&str]) {
    let mut last = Vec::new();
    for _ in 0..100 {
        last = traces(bench, words).await;
        if last.is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("there are traces: {last:#?}");
}

/// What every service has told so far.
async fn told(bench: &Bench) -> Vec<(Uuid, String, String, Value)> {
    let mut all = Vec::new();
    for part in tipple::PARTS {
        let query = format!(
            "select event_id, kind, subject, body from {}.outbox where sent_at is not null order by id",
            part.name
        );
        let rows: Vec<(Uuid, String, String, Value)> = sqlx::query_as(AssertSqlSafe(query))
            .fetch_all(&mut bench.connection().await)
            .await
            .unwrap();
        all.extend(rows);
    }
    all
}

/// Brings all of that to its followers again, none of whom remembers it.
async fn replay(bench: &Bench, events: &[(Uuid, String, String, Value)]) {
    let mut connection = bench.connection().await;
    for part in tipple::PARTS {
        let forget = format!("truncate {}.inbox", part.name);
        sqlx::query(AssertSqlSafe(forget)).execute(&mut connection).await.unwrap();
    }
    for (id, kind, subject, body) in events {
        sqlx::query(
            "insert into feed.message (queue, event_id, kind, subject, body)
             select queue, $1, $2, $3, $4 from feed.binding where kind = $2
             on conflict do nothing",
        )
        .bind(id)
        .bind(kind)
        .bind(subject)
        .bind(body)
        .execute(&mut connection)
        .await
        .unwrap();
    }
    let handled = || async {
        let waiting: i64 =
            sqlx::query_scalar("select count(*) from feed.message where dead_at is null")
                .fetch_one(&mut bench.connection().await)
                .await
                .unwrap();
        (waiting == 0).then_some(())
    };
    bench.eventually("all is handled again", handled).await;
}

/// The first event of this kind that says something of the person, which nobody could handle.
async fn bury(bench: &Bench, events: &[(Uuid, String, String, Value)], kind: &str) {
    let found = events.iter().find(|event| event.1 == kind && event.3.to_string().contains("Zq"));
    let (id, kind, subject, body) = found.expect("an event of the person");
    sqlx::query(
        "insert into feed.message (queue, event_id, kind, subject, body, attempts, dead_at, error)
         values ('insight', $1, $2, $3, $4, 36, now(), 'on purpose')",
    )
    .bind(id)
    .bind(kind)
    .bind(subject)
    .bind(body)
    .execute(&mut bench.connection().await)
    .await
    .unwrap();
}

async fn count(bench: &Bench, of: &str) -> i64 {
    let query = format!("select count(*) from {of}");
    sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(&mut bench.connection().await).await.unwrap()
}

/// What docs/personal-data.md says is kept.
async fn listed_records_stay(bench: &Bench) {
    for (what, least) in [
        ("orders.orders where total > 0", 5),
        ("orders.order_line where total > 0", 5),
        ("payments.payment where amount > 0", 5),
        ("payments.ledger_entry", 10),
        ("payments.document where contents is not null", 1),
        ("delivery.job", 5),
        ("delivery.door_check where over_age and method = 'passport'", 3),
        ("compliance.verdict where facts ->> 'of_age' = 'true' and rules::text like '%US-IA%'", 3),
        ("insight.order_fact", 5),
    ] {
        let found = count(bench, what).await;
        assert!(found >= least, "{what}: {found}");
    }
}

async fn no_service_gives_out_anything(bench: &Bench, person: PersonId) {
    for part in tipple::PARTS.iter().filter(|part| !["gateway", "sandbox"].contains(&part.name)) {
        let path = format!("/internal/{}/people/{person}/data", part.name);
        let data: Value = bench.house(part.name).get(&path).await.ok();
        let data = data.to_string();
        for word in CANARIES {
            assert!(!data.contains(word), "{} gives out {word}", part.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_left_of_whoever_is_erased_and_nothing_comes_back() {
    let log = Log::start();
    let stage = Stage::set().await;
    let (bench, person) = (&stage.bench, stage.person);
    let (under_way, job) = stage.play().await;
    stage.notice().await;

    // Before: every word is somewhere, and the person gets all of them.
    let before = traces(bench, &CANARIES).await;
    for word in CANARIES {
        assert!(before.iter().any(|(found, _)| found == word), "{word} went nowhere");
    }
    let export = stage.ann.get("/v1/accounts/me/export").await.unwrap();
    let text = export.to_string();
    for word in CANARIES {
        assert!(text.contains(word), "{word} is not in the export");
    }
    assert_eq!(export.as_object().unwrap().len(), 9, "every service but the stand-in");
    let events = told(bench).await;
    assert!(events.len() > 40, "{} events", events.len());
    bury(bench, &events, "tipple.orders.moved").await;
    bury(bench, &events, "tipple.accounts.person_changed").await;

    // What is under way goes on: the driver knows where to, and the law lets it go.
    let farewell = json!({ "password": PASSWORD });
    stage.ann.post("/v1/accounts/me/erasure", &farewell).await.expect("a farewell");
    let cut = [
        PHONE,
        DEVICE,
        "Zq Recipient 1",
        "zq-cart-bell",
        EMAIL,
        "1937-11-29",
        CANCELLED,
        NOTE,
        TAKER,
    ];
    await_nothing(bench, &cut).await;
    let me = stage.driver.get("/v1/delivery/me").await.unwrap();
    assert_eq!(me["job"]["door"]["address"], "4 Zq Order Street");
    stage.at_the_door(&job).await;
    stage.act(&job, "hand-over", json!({"recipient_name": TAKER})).await;
    stage.until(&under_way, "delivered").await;
    await_nothing(bench, &CANARIES).await;

    listed_records_stay(bench).await;
    let dead = count(bench, "feed.message where dead_at is not null").await;
    assert_eq!(dead, 1, "what is told of the order stays, less the person");

    // Nothing comes back by what is told again, nor by the provider.
    replay(bench, &events).await;
    stage.notice().await;
    await_nothing(bench, &CANARIES).await;
    assert_eq!(count(bench, "compliance.person").await, 1, "the driver");

    let logged = log.text();
    assert!(logged.len() > 1000, "something was logged");
    for word in CANARIES.into_iter().chain([DOCUMENT]) {
        assert!(!logged.contains(word), "{word} was logged");
    }
    assert_eq!(traces(bench, &[DOCUMENT]).await, []);
    no_service_gives_out_anything(bench, person).await;
}
