//! A small town in which everyone has something: two vendors with three stores, two customers,
//! three drivers, and one person of every role.

use std::{collections::BTreeMap, sync::Arc};

use host::House;
use jiff::civil::date;
use kernel::{Actor, Id, PersonId, Role, RoleKind, StoreId, VendorId};
use serde_json::{Value, json};
use testkit::{Bench, Caller};
use tokio::net::TcpListener;
use wire::Pass;

pub const PROVIDER_KEY: &str = "sk_test_0123456789abcdef0123456789abcdef";
const WEBHOOK_SECRET: &str = "whsec_test_0123456789abcdef0123456789abcdef";
const PASSWORD: &str = "correct horse battery";

/// Whose a row is, seen from those who act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    Own,
    AnothersInTheSameStore,
    AnotherStores,
    Missing,
}

impl Whose {
    pub const ALL: [Self; 4] =
        [Self::Own, Self::AnothersInTheSameStore, Self::AnotherStores, Self::Missing];
}

/// A row of everything: an order and all that belongs to it.
#[derive(Debug, Clone)]
pub struct Row {
    /// Ids by what they are of.
    pub ids: BTreeMap<&'static str, String>,
    pub customer: PersonId,
    pub driver: PersonId,
    pub store: StoreId,
}

pub struct World {
    pub bench: Bench,
    /// The one of each role who acts.
    pub people: BTreeMap<RoleKind, Actor>,
    pub rows: BTreeMap<Whose, Row>,
}

/// A store to be, with who buys there and who drives.
struct Place {
    whose: Whose,
    /// The number of the store.
    store: usize,
    customer: usize,
    driver: usize,
}

/// What is where: the first customer and the first driver are those who act.
const PLACES: [Place; 3] = [
    Place { whose: Whose::Own, store: 0, customer: 0, driver: 0 },
    Place { whose: Whose::AnothersInTheSameStore, store: 0, customer: 1, driver: 1 },
    Place { whose: Whose::AnotherStores, store: 2, customer: 1, driver: 2 },
];

/// Where the stores are: so far from each other that each has a driver of its own.
const STORES: [(f64, f64); 3] = [(41.59, -93.61), (41.60, -93.61), (41.70, -93.61)];

fn at(place: (f64, f64)) -> Value {
    json!({ "lat": place.0, "lon": place.1 })
}

fn door(place: (f64, f64)) -> Value {
    json!({ "recipient": "A buyer", "address": "1 Door St", "place": at((place.0 + 0.003, place.1)) })
}

fn email_of(number: usize) -> String {
    format!("person-{number}@example.com")
}

/// A string in an answer.
fn text(answer: &Value, name: &str) -> String {
    answer[name].as_str().unwrap_or_else(|| panic!("no {name} in {answer:#}")).to_owned()
}

fn id<T: std::str::FromStr>(answer: &Value, name: &str) -> T {
    let text = text(answer, name);
    text.parse().unwrap_or_else(|_| panic!("{text} is no id"))
}

/// Who there is before anything else.
struct Cast {
    customers: Vec<Actor>,
    drivers: Vec<Actor>,
    stores: Vec<StoreId>,
    /// Of each store.
    vendors: Vec<VendorId>,
}

impl World {
    pub async fn new() -> Self {
        let bench = start().await;
        let mut world = Self { bench, people: BTreeMap::new(), rows: BTreeMap::new() };
        world.people.insert(RoleKind::Operator, testkit::operator());
        world.make_law().await;
        let (vendors, stores) = world.build_stores().await;
        let cast = world.bring_people(vendors, stores).await;
        for place in &PLACES {
            let row = world.fill(place, &cast).await;
            world.rows.insert(place.whose, row);
        }
        world.give_passkeys().await;
        let mut missing = world.rows[&Whose::Own].clone();
        missing.ids = missing.ids.into_keys().map(|kind| (kind, missing_id(kind))).collect();
        world.rows.insert(Whose::Missing, missing);
        world
    }

    /// One of those who act.
    pub fn actor(&self, kind: RoleKind) -> &Actor {
        &self.people[&kind]
    }

    /// A token of this person's, or of a machine in this person's place that has scopes; it holds
    /// whatever becomes of the person meanwhile.
    pub fn token(&self, actor: &Actor, scopes: Option<&[&str]>) -> String {
        let scopes = scopes.map(|scopes| scopes.iter().map(ToString::to_string).collect());
        let (actor, session) = (actor.clone(), Id::new());
        self.bench.signed_pass(&Pass { actor, session, version: i64::MAX, scopes })
    }

    /// A token of a session that accounts knows, where it knows the person.
    pub async fn signed_in(&self, actor: &Actor) -> String {
        let session = Id::new();
        sqlx::query(
            "insert into accounts.session (id, person_id, method, device, address, strong,
                                           created_at, used_at, expires_at)
             select $1, id, 'password', '', '', true, $3, $3, $3 + interval '1 day'
             from accounts.person where id = $2",
        )
        .bind(session.uuid())
        .bind(actor.person.uuid())
        .bind(store::instant(self.bench.now()))
        .execute(&mut self.bench.connection().await)
        .await
        .expect("a session");
        let pass = Pass { actor: actor.clone(), session, version: i64::MAX, scopes: None };
        self.bench.signed_pass(&pass)
    }

    fn operator(&self, service: &str) -> Caller {
        self.bench.signed(service, self.actor(RoleKind::Operator))
    }

    async fn make_law(&self) {
        let law = self.operator("compliance");
        let area = json!({ "shape": "radius", "centre": at(STORES[0]), "metres": 500_000 });
        let town = json!({ "name": "Test", "time_zone": "America/Chicago", "area": area });
        law.put("/v1/compliance/jurisdictions/US-IA", town).await.ok::<Value>();
        let always = json!({ "week": vec![vec![json!({ "from": "00:00", "until": "00:00" })]; 7] });
        let class = json!({ "minimum_age": 21, "sale_hours": always });
        let rules = json!({ "beer": class, "wine": class, "spirits": class });
        let book = json!({ "version": 1, "rules": rules });
        law.post("/v1/compliance/jurisdictions/US-IA/rulebooks", book).await.ok::<Value>();
        let cart = self.house().database("cart").await.expect("the cart's database");
        cart::seed(&cart, self.bench.now()).await.expect("taxes and fees");
    }

    fn house(&self) -> House {
        House {
            settings: Arc::clone(&self.bench.settings),
            clock: self.bench.clock.clone(),
            parts: tipple::PARTS,
            stand_ins: BTreeMap::new(),
        }
    }

    /// All stores, of which the first vendor has the first two, and the vendor of each.
    async fn build_stores(&self) -> (Vec<VendorId>, Vec<StoreId>) {
        let (catalogue, law) = (self.operator("catalogue"), self.operator("compliance"));
        let mut vendors: Vec<VendorId> = Vec::new();
        for name in ["First vendor", "Second vendor"] {
            let made = catalogue.post("/v1/catalogue/vendors", json!({ "name": name })).await;
            let vendor: VendorId = id(&made.ok(), "vendor");
            let terms = json!({
                "legal_name": name, "address": "1 Main St", "commission_bp": 1_500,
                "payout_interval_days": 7,
            });
            let path = format!("/v1/payments/vendors/{vendor}/terms");
            self.operator("payments").put(&path, terms).await.ok::<Value>();
            vendors.push(vendor);
        }
        let mut stores = Vec::new();
        for (number, place) in STORES.iter().enumerate() {
            let input = store_input(vendors[number / 2], number, *place);
            let made: Value = catalogue.post("/v1/catalogue/stores", input).await.ok();
            let store: StoreId = id(&made, "store");
            let licence = json!({
                "number": format!("TEST-{number}"), "classes": ["beer", "wine", "spirits"],
                "valid_from": "2020-01-01", "valid_until": "2090-12-31", "suspended": false,
            });
            let path = format!("/v1/compliance/licences/{store}");
            law.put(&path, licence).await.ok::<Value>();
            self.copy_tariff(store).await;
            stores.push(store);
        }
        (vec![vendors[0], vendors[0], vendors[1]], stores)
    }

    async fn copy_tariff(&self, store: StoreId) {
        let cart = self.operator("cart");
        let tariff: Value = cart.get("/v1/cart/tariffs/default").await.ok();
        let path = format!("/v1/cart/tariffs/{store}");
        cart.put(&path, &tariff["tariff"]).await.ok::<Value>();
    }

    /// People whose age is known, and one of each role who acts.
    async fn bring_people(&mut self, vendors: Vec<VendorId>, stores: Vec<StoreId>) -> Cast {
        let vendor = vendors[0];
        let (mine, both) = (vec![stores[0]], stores[..2].to_vec());
        let roles = [
            Role::Customer,
            Role::Customer,
            Role::Driver,
            Role::Driver,
            Role::Driver,
            Role::Clerk { stores: mine.clone() },
            Role::Manager { stores: mine },
            Role::VendorOwner { vendor, stores: both },
            Role::Support,
            Role::Operator,
            Role::Auditor,
        ];
        let new: Vec<accounts::seed::NewDemoPerson> = roles
            .iter()
            .enumerate()
            .map(|(number, role)| accounts::seed::NewDemoPerson {
                email: email_of(number),
                given_name: format!("Person {number}"),
                family_name: "Test".into(),
                date_of_birth: Some(date(1980, 1, 1)),
                roles: vec![role.clone()],
                home: None,
            })
            .collect();
        let db = self.house().database("accounts").await.expect("accounts' database");
        let config =
            accounts::Config { argon2_memory_kib: 8, argon2_rounds: 1, ..Default::default() };
        let people = accounts::seed::people(&db, &self.bench.clock, &config, PASSWORD, &new);
        let people = people.await.expect("people");
        let all: Vec<Actor> = people
            .into_iter()
            .zip(roles)
            .map(|(person, role)| Actor { person, roles: vec![role] })
            .collect();
        self.bench.eventually("everyone's birthday is known", || self.known(all.len())).await;
        for actor in all.iter().rev() {
            self.people.insert(actor.roles[0].kind(), actor.clone());
        }
        Cast { customers: all[..2].to_vec(), drivers: all[2..5].to_vec(), stores, vendors }
    }

    async fn known(&self, people: usize) -> Option<()> {
        let mut connection = self.bench.connection().await;
        let count = "select least((select count(*) from compliance.person),
                                  (select count(*) + 8 from delivery.driver))";
        let known: i64 = sqlx::query_scalar(count).fetch_one(&mut connection).await.ok()?;
        (known >= people as i64).then_some(())
    }

    /// All that there is of one store, one customer and one driver.
    async fn fill(&self, place: &Place, cast: &Cast) -> Row {
        let (customer, driver) = (&cast.customers[place.customer], &cast.drivers[place.driver]);
        let mut row = Row {
            ids: BTreeMap::new(),
            customer: customer.person,
            driver: driver.person,
            store: cast.stores[place.store],
        };
        row.ids.insert("store", row.store.to_string());
        row.ids.insert("vendor", cast.vendors[place.store].to_string());
        row.ids.insert("person", customer.person.to_string());
        row.ids.insert("driver", driver.person.to_string());
        row.ids.insert("jurisdiction", "US-IA".into());
        row.ids.insert("version", "1".into());
        self.stock(&mut row, place).await;
        self.make_rules(&mut row, place).await;
        // Before anything is to be fetched, or somebody else is asked.
        let shift = json!({ "place": at(STORES[place.store]) });
        let begun = self.bench.signed("delivery", driver).post("/v1/delivery/shift", shift).await;
        begun.ok::<Value>();
        let placed = self.order(&mut row, customer, STORES[place.store]).await;
        self.deliver(&mut row, driver).await;
        self.listen(&mut row, &placed).await;
        row.ids.insert("cart", self.open_cart(&row, customer, STORES[place.store]).await.0);
        self.move_in(&mut row, customer, place).await;
        row
    }

    async fn stock(&self, row: &mut Row, place: &Place) {
        let catalogue = self.operator("catalogue");
        let product = json!({
            "name": format!("Rye {:?}", place.whose), "producer": "Test",
            "category": "spirits/whiskey/rye", "class": "spirits", "abv_bp": 4000,
            "volume_ml": 750, "pack": 1, "container": "bottle", "country": "US",
            "description": "", "active": true,
        });
        let made: Value = catalogue.post("/v1/catalogue/products", product).await.ok();
        let product = text(&made, "product");
        let of_store = format!("/v1/catalogue/stores/{}", row.store);
        let listing = json!({ "price_minor": 1999, "tax_class": "standard", "active": true });
        let path = format!("{of_store}/listings/{product}");
        catalogue.put(&path, listing).await.ok::<Value>();
        let receipt = json!({ "kind": "receipt", "quantity": 100 });
        let path = format!("{of_store}/stock/{product}/movements");
        catalogue.post(&path, receipt).await.ok::<Value>();
        row.ids.insert("product", product);
    }

    async fn make_rules(&self, row: &mut Row, place: &Place) {
        let cart = self.operator("cart");
        let code = format!("CODE-{}", place.whose as u8);
        let terms = json!({ "benefit": { "kind": "free_delivery" } });
        let coupon = json!({ "code": code, "store": row.store, "terms": terms });
        cart.post("/v1/cart/coupons", coupon).await.ok::<Value>();
        row.ids.insert("coupon", code);
        let terms = json!({
            "label": "A tenth off", "scope": { "of": "everything" },
            "benefit": { "kind": "percent", "ppm": 100_000 },
        });
        let promotion = json!({ "store": row.store, "terms": terms });
        let made: Value = cart.post("/v1/cart/promotions", promotion).await.ok();
        row.ids.insert("promotion", text(&made, "promotion"));
        let way = json!({
            "way": "sandbox:sandbox", "store": PersonId::new(), "label": "Test card", "active": true,
        });
        let made: Value = self.operator("payments").put("/v1/payments/ways", way).await.ok();
        row.ids.insert("way", text(&made, "id"));
        row.ids.insert("account", "sandbox".into());
        // Nothing has been invoiced, settled or asked back here.
        for kind in [
            "change",
            "complaint",
            "difference",
            "document",
            "letter",
            "payout",
            "refund",
            "settlement",
        ] {
            row.ids.insert(kind, PersonId::new().to_string());
        }
        // The link of a page is told to its customer alone, and to no test.
        row.ids.insert("key", "no-key".into());
        let none = self.bench.anyone("payments").get("/pay/none/no-key").await.body;
        let style = none.as_str().and_then(|page| page.split("/pay/files/").nth(1));
        let style = style.and_then(|rest| rest.split('"').next()).expect("its style");
        row.ids.insert("file", style.to_owned());
        let (insight, product) = (self.operator("insight"), row.ids["product"].clone());
        let path = format!("/v1/insight/top-picks/{product}");
        let pinned = || async {
            let pin = json!({ "action": "pin", "position": 1 });
            let answer = insight.put(&path, pin).await;
            answer.status.is_success().then(|| answer.body["id"].clone())
        };
        let curation = self.bench.eventually("insight knows the product", pinned).await;
        row.ids.insert("curation", curation.as_str().expect("an id").to_owned());
    }

    /// A cart with a way to the door, and what it costs.
    async fn open_cart(&self, row: &Row, customer: &Actor, place: (f64, f64)) -> (String, Value) {
        let caller = self.bench.signed("cart", customer);
        let opened: Value = caller.post("/v1/cart/carts", json!({ "store": row.store })).await.ok();
        let cart = text(&opened, "cart");
        let path = format!("/v1/cart/carts/{cart}");
        let line = format!("{path}/lines/{}", row.ids["product"]);
        caller.put(&line, json!({ "quantity": 1 })).await.ok::<Value>();
        caller.put(&format!("{path}/destination"), door(place)).await.ok::<Value>();
        let seen: Value = caller.get(&path).await.ok();
        (cart, seen["quote"]["total"].clone())
    }

    /// An order that is paid and accepted.
    async fn order(&self, row: &mut Row, customer: &Actor, place: (f64, f64)) -> Value {
        let (cart, total) = self.open_cart(row, customer, place).await;
        let caller = self.bench.signed("orders", customer).with("idempotency-key", &cart);
        let body = json!({ "cart": cart, "expected_total": total });
        let placed: Value = caller.post("/v1/orders/orders", body).await.ok();
        let order = text(&placed["order"], "order");
        let pay = json!({
            "client_secret": placed["payment"]["client_secret"],
            "card": { "number": "4242424242424242", "exp": "12/34", "cvc": "123" },
        });
        let intent = text(&placed["payment"], "provider_payment");
        let path = format!("/sandbox/v1/payment_intents/{intent}/confirm");
        self.bench.anyone("sandbox").post(&path, pay).await.ok::<Value>();
        let path = format!("/v1/orders/orders/{order}");
        let paid = || async { (caller.get(&path).await.body["state"] == "paid").then_some(()) };
        self.bench.eventually("it is paid", paid).await;
        let accept = self.operator("orders").post(&format!("{path}/accept"), json!({})).await;
        accept.ok::<Value>();
        row.ids.insert("order", order);
        row.ids.insert("payment", text(&placed["payment"], "payment"));
        row.ids.insert("intent", intent);
        self.keep_a_method(row).await;
        placed
    }

    /// The customer keeps what they paid with; the sandbox keeps nothing.
    async fn keep_a_method(&self, row: &mut Row) {
        let method: sqlx::types::Uuid = sqlx::query_scalar(
            "insert into payments.saved_method (id, customer_id, provider, account, provider_customer,
                                                payment_id, token, kind, consented_at, created_at)
             select gen_random_uuid(), customer_id, provider, account, 'cus', id, id::text, 'card', now(),
                    now()
             from payments.payment where id = $1::uuid returning id",
        )
        .bind(&row.ids["payment"])
        .fetch_one(&mut self.bench.connection().await)
        .await
        .expect("a payment");
        row.ids.insert("method", method.to_string());
    }

    /// The driver takes the order that waits.
    async fn deliver(&self, row: &mut Row, driver: &Actor) {
        let caller = self.bench.signed("delivery", driver);
        let offered = || async {
            let me = caller.get("/v1/delivery/me").await.body;
            me["offer"]["offer"].as_str().map(str::to_owned)
        };
        let offer = self.bench.eventually("a driver is asked", offered).await;
        let path = format!("/v1/delivery/offers/{offer}/accept");
        let job: Value = caller.post(&path, ()).await.ok();
        assert_eq!(text(&job, "order"), row.ids["order"], "it is the order of this row");
        row.ids.insert("job", text(&job, "job"));
        row.ids.insert("line", text(&job["lines"][0], "line"));
        row.ids.insert("offer", offer);
    }

    /// What the customer has been told of the order.
    async fn listen(&self, row: &mut Row, placed: &Value) {
        let path =
            format!("/v1/notifications/all?state=sent&order={}", text(&placed["order"], "order"));
        let told = || async {
            let all = self.operator("notifications").get(&path).await.body;
            all["items"][0]["id"].as_str().map(str::to_owned)
        };
        row.ids.insert("message", self.bench.eventually("somebody is told", told).await);
    }

    /// Each row's customer gets a passkey, which no authenticator has to make here. Only then: with
    /// one they need it to sign in.
    async fn give_passkeys(&mut self) {
        let mut connection = self.bench.connection().await;
        for row in self.rows.values_mut() {
            let passkey = Id::<Self>::new();
            sqlx::query(
                "insert into accounts.passkey
                     (id, person_id, credential_id, credential, name, created_at)
                 values ($1, $2, $3, $4, 'A phone', now())",
            )
            .bind(passkey.uuid())
            .bind(row.customer.uuid())
            .bind(passkey.uuid().as_bytes().as_slice())
            .bind(credential())
            .execute(&mut connection)
            .await
            .expect("a passkey");
            row.ids.insert("passkey", passkey.to_string());
        }
    }

    /// Where the customer lives and is signed in; who is to work at the store, and for it.
    async fn move_in(&self, row: &mut Row, customer: &Actor, place: &Place) {
        let caller = self.bench.signed("accounts", customer);
        let mut home = door(STORES[place.store]);
        home["label"] = json!("Home");
        let made: Value = caller.post("/v1/accounts/addresses", home).await.ok();
        row.ids.insert("address", text(&made, "id"));
        let email = email_of(place.customer);
        let sign_in = json!({ "email": email, "password": PASSWORD });
        let anyone = self.bench.anyone("accounts");
        let signed: Value = anyone.post("/v1/accounts/sign-in", sign_in).await.ok();
        row.ids.insert("email", email);
        row.ids.insert("provider", "corp".into());
        // Of whom this was asked before it stays open.
        let _ = caller.post("/v1/accounts/me/age-reviews", json!({ "note": "A passport" })).await;
        let age: Value = caller.get("/v1/accounts/me/age-proofs").await.ok();
        row.ids.insert("review", text(&age["review"], "id"));
        row.ids.insert("refresh", text(&signed, "refresh_token"));
        let sessions: Value = caller.get("/v1/accounts/sessions").await.ok();
        row.ids.insert("session", text(&sessions[0], "session"));
        let operator = self.operator("accounts");
        let clerk = json!({ "role": "clerk", "stores": [row.store] });
        let invitation =
            json!({ "email": format!("new-{}@example.com", row.ids["order"]), "role": clerk });
        let made: Value = operator.post("/v1/accounts/invitations", invitation).await.ok();
        row.ids.insert("invitation", text(&made, "flow"));
        let machine = json!({ "name": "Till", "roles": [clerk], "scopes": ["orders:read"] });
        let made: Value = operator.post("/v1/accounts/machines", machine).await.ok();
        row.ids.insert("machine", text(&made, "machine"));
        row.ids.insert("secret", text(&made, "secret"));
    }
}

/// Of the form of the kind, and not there.
fn missing_id(kind: &str) -> String {
    match kind {
        "coupon" => "NOT-THERE".into(),
        "jurisdiction" => "US-XX".into(),
        "version" => "999".into(),
        "intent" => "pi_notthere".into(),
        _ => PersonId::new().to_string(),
    }
}

/// All services in one process on a fresh database; their provider's webhooks come over the
/// network, for its own do.
async fn start() -> Bench {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let settings = format!(
        r#"
        public_url = "{base}"
        [accounts]
        second_factor = "nobody"
        argon2_memory_kib = 8
        argon2_rounds = 1
        [accounts.providers.corp]
        kind = "oidc"
        issuer = "http://127.0.0.1:9"
        client_id = "tipple"
        client_secret = "for tests only"
        [orders]
        stream_minutes = 0
        [delivery]
        offer_seconds = 3000
        silent_minutes = 3000
        stream_minutes = 0
        [gateway]
        address_per_second = 0
        token_per_second = 0
        webhook_per_second = 0
        [payments.sandbox]
        secret_key = "{PROVIDER_KEY}"
        webhook_secret = "{WEBHOOK_SECRET}"
        [sandbox]
        secret_key = "{PROVIDER_KEY}"
        webhook_secret = "{WEBHOOK_SECRET}"
        "#
    );
    let mut bench = Bench::of(tipple::PARTS).settings(&settings).start().await;
    bench.process.listen(listener);
    bench
}

/// A passkey as the library writes it; no authenticator has its other half.
fn credential() -> Value {
    let half = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";
    let curve = json!({ "curve": "SECP256R1", "x": half, "y": half });
    json!({ "cred": {
        "cred_id": half, "cred": { "type_": "ES256", "key": { "EC_EC2": curve } }, "counter": 0,
        "transports": null, "user_verified": true, "backup_eligible": false,
        "backup_state": false, "registration_policy": "preferred",
        "extensions": {
            "cred_protect": "Ignored", "hmac_create_secret": "NotRequested",
            "appid": "NotRequested", "cred_props": "Ignored",
        },
        "attestation": { "data": "None", "metadata": "None" }, "attestation_format": "none",
    } })
}

fn store_input(vendor: VendorId, number: usize, place: (f64, f64)) -> Value {
    json!({
        "vendor": vendor, "name": format!("Always Open {number}"), "address": "1 Test St",
        "place": at(place), "time_zone": "America/Chicago", "currency": "USD",
        "hours": { "week": vec![vec![json!({ "from": "00:00", "until": "00:00" })]; 7] },
        "zone": { "shape": "radius", "centre": at(place), "metres": 4_000 },
        "preparation_minutes": 5, "licence_number": format!("TEST-{number}"), "active": true,
    })
}
