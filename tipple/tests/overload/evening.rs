//! What a busy evening asks of the house: mostly to look around, some baskets, few orders, and what
//! providers and drivers tell meanwhile.

use std::{net::SocketAddr, sync::Mutex};

use axum::body::Bytes;
use futures::{StreamExt, stream};
use hmac::{Hmac, KeyInit, Mac};
use kernel::{Clock, Id, Role};
use serde_json::{Value, json};
use tipple::demo::visitor::Visitor;

use crate::support::{
    Town, WEBHOOK_SECRET,
    settle::{STORE, Settled},
    token,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A store's shelves.
    Browse,
    Search,
    /// One more bottle, or one less.
    Basket,
    /// A basket with its price.
    Quote,
    /// An order is placed, with its payment begun.
    Checkout,
    Webhook,
    Ping,
}

/// Of each kind, how many of two hundred requests.
pub const MIX: [(Kind, usize); 7] = [
    (Kind::Browse, 84),
    (Kind::Search, 44),
    (Kind::Basket, 30),
    (Kind::Quote, 26),
    (Kind::Checkout, 6),
    (Kind::Webhook, 5),
    (Kind::Ping, 5),
];

/// What the next one asks for: the kinds come well mixed.
pub fn of_mix(number: usize) -> Kind {
    let mut place = number * 73 % 200;
    for (kind, many) in MIX {
        if place < many {
            return kind;
        }
        place -= many;
    }
    Kind::Browse
}

/// People with baskets, drivers on shift, and things on the shelf.
const FILLING: usize = 128;
const DRIVERS: usize = 20;
const PRODUCTS: usize = 40;
const WORDS: [&str; 8] = ["rye", "test", "gin", "bottle", "old", "stout", "brut", "whiskey"];

/// What is asked, ready to be sent.
pub struct Evening {
    pub address: SocketAddr,
    settled: Settled,
    buyers: Vec<(Visitor, String)>,
    browse: Bytes,
    searches: Vec<Bytes>,
    /// Of each basket: two bottles of a thing, three, and how it stands.
    baskets: Vec<[Bytes; 3]>,
    /// Tokens of those on shift.
    drivers: Vec<String>,
    /// The order of each buyer's basket, and those that nobody has placed yet.
    filled: Mutex<Vec<Bytes>>,
    orders: Mutex<Vec<Bytes>>,
}

impl Evening {
    /// With so many people who order.
    pub async fn at(town: &Town, ordering: usize) -> Self {
        let settled = town.settle(1_000_000).await;
        shelve(&settled).await;
        let people = town.people(FILLING + ordering, &Role::Customer).await;
        town.await_birthdays(people.len() as i64).await;
        let customers = people.into_iter().map(|person| {
            let token = token(person, vec![Role::Customer]);
            (Visitor::at(&town.base(0)).with_token(&token, &person.to_string()), token)
        });
        let mut buyers: Vec<_> = customers.collect();
        let mut baskets = Vec::new();
        for (customer, token) in buyers.drain(..FILLING) {
            let (path, _) = settled.fill(&customer).await.expect("a basket");
            let line = format!("{path}/lines/{}", settled.product);
            let bottles = |quantity| body("PUT", &line, &token, &json!({"quantity": quantity}));
            baskets.push([bottles(2), bottles(3), get(&path, &token)]);
        }
        let mut drivers = Vec::new();
        for person in town.people(DRIVERS, &Role::Driver).await {
            let driver = town.visitor(0, person, vec![Role::Driver]);
            let shift = driver.post("/v1/delivery/shift", &json!({"place": STORE})).await;
            shift.expect("a shift");
            drivers.push(token(person, vec![Role::Driver]));
        }
        let shelves = format!("/v1/catalogue/stores/{}/listings", settled.store);
        let words = WORDS.map(|word| get(&format!("/v1/catalogue/products?q={word}"), ""));
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], town.ports[0])),
            settled,
            buyers,
            browse: get(&shelves, ""),
            searches: words.into(),
            baskets,
            drivers,
            filled: Mutex::new(vec![Bytes::new(); ordering]),
            orders: Mutex::default(),
        }
    }

    /// Fills each basket that was ordered, so that it can be again.
    pub async fn fill_baskets(&self) {
        let mut orders = self.orders.lock().expect("orders").clone();
        let mut filled = self.filled.lock().expect("baskets").clone();
        let free = (0..filled.len()).filter(|buyer| !orders.contains(&filled[*buyer]));
        let free = stream::iter(free.collect::<Vec<_>>()).map(async |number: usize| {
            let (buyer, token) = &self.buyers[number];
            let (_, order) = self.settled.fill(buyer).await.expect("a basket");
            let key = format!("idempotency-key: {}\r\n", Id::<Self>::new());
            let headers = format!("{}{key}", bearer(token));
            (number, request("POST", "/v1/orders/orders", &headers, &order))
        });
        for (number, order) in free.buffer_unordered(8).collect::<Vec<_>>().await {
            filled[number] = order.clone();
            orders.push(order);
        }
        *self.orders.lock().expect("orders") = orders;
        *self.filled.lock().expect("baskets") = filled;
    }

    /// The next request of this kind; a quote where every basket is ordered.
    pub fn ask(&self, kind: Kind, number: usize) -> (Kind, Bytes) {
        let basket = &self.baskets[number % self.baskets.len()];
        let bytes = match kind {
            Kind::Browse => self.browse.clone(),
            // What many search for is kept; most search for what nobody did.
            Kind::Search if number.is_multiple_of(4) => {
                self.searches[number % self.searches.len()].clone()
            }
            Kind::Search => {
                get(&format!("/v1/catalogue/products?q=rye%20{}", Id::<Self>::new()), "")
            }
            Kind::Basket => basket[number / self.baskets.len() % 2].clone(),
            Kind::Quote => basket[2].clone(),
            Kind::Checkout => match self.orders.lock().expect("orders").pop() {
                Some(order) => order,
                None => return (Kind::Quote, basket[2].clone()),
            },
            Kind::Webhook => webhook(),
            Kind::Ping => {
                let point = json!({"at": Clock::system().now(), "place": STORE});
                let token = &self.drivers[number % self.drivers.len()];
                body("POST", "/v1/delivery/pings", token, &json!({"points": [point]}))
            }
        };
        (kind, bytes)
    }

    /// What was turned away can be asked again.
    pub fn give_back(&self, order: Bytes) {
        self.orders.lock().expect("orders").push(order);
    }
}

/// More bottles on the same shelves.
async fn shelve(settled: &Settled) {
    let Settled { store, operator, clerk, .. } = settled;
    for number in 1..PRODUCTS {
        let word = WORDS[number % WORDS.len()];
        let product = json!({
            "name": format!("{word} {number}"), "producer": "Test", "class": "spirits",
            "category": "spirits/whiskey/rye", "abv_bp": 4000, "volume_ml": 750, "pack": 1,
            "container": "bottle", "country": "US", "description": "", "active": true,
        });
        let made = operator.post("/v1/catalogue/products", &product).await.expect("a product");
        let product = made["product"].as_str().expect("its id");
        let listing = json!({"price_minor": 1999, "tax_class": "standard", "active": true});
        let path = format!("/v1/catalogue/stores/{store}/listings/{product}");
        clerk.put(&path, &listing).await.expect("a listing");
        let receipt = json!({"kind": "receipt", "quantity": 1000});
        let path = format!("/v1/catalogue/stores/{store}/stock/{product}/movements");
        clerk.post(&path, &receipt).await.expect("a receipt");
    }
}

/// A notice of something that is not ours, signed: what counts is that it is kept.
fn webhook() -> Bytes {
    let id = Id::<Evening>::new().uuid().simple();
    let notice = json!({"id": format!("evt_{id}"), "type": "payment_intent.succeeded",
                        "data": {"object": {"id": format!("pi_{id}")}}});
    let at = Clock::system().now().as_second();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(WEBHOOK_SECRET.as_bytes()).expect("a key");
    mac.update(format!("{at}.{notice}").as_bytes());
    let signature = hex::encode(mac.finalize().into_bytes());
    let signed = format!("sandbox-signature: t={at},v1={signature}\r\n");
    request("POST", "/v1/payments/webhooks/sandbox", &signed, &notice)
}

fn bearer(token: &str) -> String {
    format!("authorization: Bearer {token}\r\n")
}

fn get(path: &str, token: &str) -> Bytes {
    let who = if token.is_empty() { String::new() } else { bearer(token) };
    format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{who}\r\n").into()
}

fn body(method: &str, path: &str, token: &str, body: &Value) -> Bytes {
    request(method, path, &bearer(token), body)
}

fn request(method: &str, path: &str, headers: &str, body: &Value) -> Bytes {
    let body = body.to_string();
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{headers}\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into()
}
