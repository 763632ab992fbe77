//! A town with one of everything, so that what is sent gets past "there is no such thing".

use std::{collections::BTreeMap, time::Duration};

use kernel::{Id, PersonId, Role};
use reqwest::Method;
use serde_json::{Value, json};
use tipple::demo::visitor::Visitor;

use crate::support::{
    PROVIDER_KEY, Running, Town,
    settle::{DOOR, STORE, Settled},
    token,
};

pub struct Scene {
    pub town: Town,
    /// Who may ask, by what they are, and their tokens; whoever is nobody has none.
    pub people: BTreeMap<&'static str, String>,
    /// Things that are there, by what paths and bodies call them.
    pub ids: BTreeMap<String, Vec<String>>,
    settled: Settled,
    persons: BTreeMap<&'static str, PersonId>,
    _running: [Running; 2],
}

impl Scene {
    pub async fn new() -> Self {
        let town = Town::new(1).await;
        town.house().migrate(|_| ()).await.expect("the tables");
        // No limit on rates may hide what is behind it, and an offer waits to be fuzzed.
        let settings = [
            ("TIPPLE__GATEWAY__PASSWORD_PER_SECOND", "0"),
            ("TIPPLE__GATEWAY__WEBHOOK_PER_SECOND", "0"),
            ("TIPPLE__ACCOUNTS__ARGON2_MEMORY_KIB", "8"),
            ("TIPPLE__ACCOUNTS__ARGON2_ROUNDS", "1"),
            ("TIPPLE__DELIVERY__OFFER_SECONDS", "3000"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let running = [town.start_provider().await, town.start_with(0, &settings).await];
        let settled = town.settle(1000).await;
        let mut scene = Self {
            town,
            people: BTreeMap::from([
                ("nobody", String::new()),
                ("merchant", PROVIDER_KEY.to_owned()),
            ]),
            ids: BTreeMap::new(),
            settled,
            persons: BTreeMap::new(),
            _running: running,
        };
        scene.sign_in().await;
        scene.fill().await;
        scene
    }

    async fn sign_in(&mut self) {
        let clerk = Role::Manager { stores: vec![self.settled.store] };
        for (name, role) in [
            ("customer", Role::Customer),
            ("clerk", clerk),
            ("driver", Role::Driver),
            ("other driver", Role::Driver),
            ("operator", Role::Operator),
        ] {
            let person = self.town.people(1, &role).await[0];
            self.people.insert(name, token(person, vec![role]));
            self.persons.insert(name, person);
        }
        self.town.await_birthdays(self.persons.len() as i64).await;
    }

    pub fn visitor(&self, name: &str) -> Visitor {
        let person = self.persons.get(name).map(ToString::to_string).unwrap_or_default();
        let visitor = Visitor::at(&self.town.base(0));
        match self.people[name].as_str() {
            "" => visitor,
            token => visitor.with_token(token, &person),
        }
    }

    async fn ask(&mut self, name: &str, method: Method, path: &str, body: Value) -> Value {
        let visitor = self.visitor(name);
        let mut request = visitor.request(method, path);
        if !body.is_null() {
            request = request.json(&body);
        }
        if path == "/v1/orders/orders" {
            request = request.header("idempotency-key", Id::<Town>::new().to_string());
        }
        let answer =
            visitor.send(request).await.unwrap_or_else(|error| panic!("{path}: {error:#}"));
        learn(&answer, &mut self.ids);
        answer
    }

    async fn post(&mut self, name: &str, path: &str, body: Value) -> Value {
        self.ask(name, Method::POST, path, body).await
    }

    async fn get(&mut self, name: &str, path: &str) -> Value {
        self.ask(name, Method::GET, path, Value::Null).await
    }

    async fn fill(&mut self) {
        let product = self.settled.product;
        let coupon = json!({"code": "WELCOME", "terms": {"benefit": {"kind": "free_delivery"}}});
        self.post("operator", "/v1/cart/coupons", coupon).await;
        let terms = json!({
            "label": "A tenth off", "scope": {"of": "everything"},
            "benefit": {"kind": "percent", "ppm": 100_000},
        });
        self.post("operator", "/v1/cart/promotions", json!({"terms": terms})).await;
        let pin = json!({"action": "pin", "position": 1});
        let picks = format!("/v1/insight/top-picks/{product}");
        self.ask("operator", Method::PUT, &picks, pin).await;
        let home = json!({"label": "Home", "recipient": "A buyer", "address": "1 Door St",
                          "place": DOOR});
        self.post("customer", "/v1/accounts/addresses", home).await;
        self.deliver_orders().await;
        self.open_cart(1).await;
        for (name, path) in [
            ("operator", "/v1/catalogue/vendors"),
            ("operator", "/v1/accounts/people"),
            ("operator", "/v1/delivery/drivers"),
            ("customer", "/v1/orders/orders"),
        ] {
            self.get(name, path).await;
        }
        for (name, path, kind) in [
            ("customer", "/v1/accounts/addresses", "address"),
            ("operator", "/v1/insight/curations", "curation"),
            ("operator", "/v1/notifications/all", "message"),
        ] {
            let found = self.get(name, path).await;
            let ids = found["items"].as_array().into_iter().flatten();
            let ids = ids.filter_map(|item| item["id"].as_str()).map(str::to_owned).collect();
            self.ids.insert(kind.to_owned(), ids);
        }
        let mut name = |name: &str, texts: &[&str]| {
            let texts = texts.iter().map(|text| (*text).to_owned()).collect();
            self.ids.insert(name.to_owned(), texts);
        };
        name("code", &["US-IA", "WELCOME"]);
        name("version", &["1"]);
    }

    /// One that is not paid, two that are, one of which a driver is asked to fetch, and one at
    /// the door.
    async fn deliver_orders(&mut self) {
        self.order(false).await;
        self.order(true).await;
        self.post("driver", "/v1/delivery/shift", json!({"place": STORE})).await;
        let order = self.order(true).await;
        let of_order = format!("/v1/orders/orders/{order}");
        self.post("clerk", &format!("{of_order}/accept"), json!({})).await;
        let offer = self.await_me("driver", |me| me["offer"]["offer"].clone()).await;
        let offer = format!("/v1/delivery/offers/{}/accept", offer.as_str().expect("an offer"));
        self.post("driver", &offer, Value::Null).await;
        self.post("clerk", &format!("{of_order}/pack"), Value::Null).await;
        let ready = |me: &Value| match me["job"]["ready"].as_bool() {
            Some(true) => me["job"]["job"].clone(),
            _ => Value::Null,
        };
        let job = self.await_me("driver", ready).await;
        for step in ["pick-up", "arrive"] {
            let path = format!("/v1/delivery/jobs/{}/{step}", job.as_str().expect("a job"));
            self.post("driver", &path, Value::Null).await;
        }
        self.post("other driver", "/v1/delivery/shift", json!({"place": STORE})).await;
        let order = self.order(true).await;
        self.post("clerk", &format!("/v1/orders/orders/{order}/accept"), json!({})).await;
        self.await_me("other driver", |me| me["offer"]["offer"].clone()).await;
    }

    /// A cart with a way to the door, and what it costs.
    async fn open_cart(&mut self, bottles: u32) -> (Value, Value) {
        let store = json!({"store": self.settled.store});
        let opened = self.post("customer", "/v1/cart/carts", store).await;
        let path = format!("/v1/cart/carts/{}", opened["cart"].as_str().expect("a cart"));
        let line = format!("{path}/lines/{}", self.settled.product);
        self.ask("customer", Method::PUT, &line, json!({"quantity": bottles})).await;
        let door = json!({"recipient": "A buyer", "address": "1 Door St", "place": DOOR});
        self.ask("customer", Method::PUT, &format!("{path}/destination"), door).await;
        let seen = self.get("customer", &path).await;
        (opened["cart"].clone(), seen["quote"]["total"].clone())
    }

    async fn order(&mut self, paid: bool) -> String {
        let (cart, total) = self.open_cart(2).await;
        let body = json!({"cart": cart, "expected_total": total});
        let placed = self.post("customer", "/v1/orders/orders", body).await;
        let order = placed["order"]["order"].as_str().expect("an order").to_owned();
        if paid {
            let browser = Visitor::at(&self.town.provider_base());
            browser.pay(&placed["payment"], "4242424242424242").await.expect("the money");
            let path = format!("/v1/orders/orders/{order}");
            let paid = |order: &Value| match order["state"].as_str() {
                Some("paid") => order["order"].clone(),
                _ => Value::Null,
            };
            self.wait("customer", &path, paid).await;
        }
        order
    }

    async fn await_me(&mut self, name: &str, look: impl Fn(&Value) -> Value) -> Value {
        self.wait(name, "/v1/delivery/me", look).await
    }

    /// Looks until what is looked for is there.
    async fn wait(&mut self, name: &str, path: &str, look: impl Fn(&Value) -> Value) -> Value {
        for _ in 0..600 {
            let found = look(&self.get(name, path).await);
            if !found.is_null() {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{name} waits for ever at {path}");
    }
}

/// Remembers the ids in an answer by the names that they have there.
pub fn learn(answer: &Value, ids: &mut BTreeMap<String, Vec<String>>) {
    match answer {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = if name == "provider_payment" { "intent" } else { name };
                let text = value.as_str().unwrap_or_default();
                if text.parse::<PersonId>().is_ok() || (name == "intent" && !text.is_empty()) {
                    let known = ids.entry(name.to_owned()).or_default();
                    if !known.iter().any(|it| it == text) {
                        known.push(text.to_owned());
                    }
                }
                learn(value, ids);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| learn(item, ids)),
        _ => {}
    }
}
