//! Orders that are paid at each provider through the whole platform, in a storm: checkout is tried
//! again and again, browsers come back, and webhooks come several times, at once and the wrong way
//! round. Each customer reads once that the payment is confirmed, and it is captured once.

mod support;

use std::{path::PathBuf, time::Duration};

use futures::future::join_all;
use kernel::{Clock, Id, Role};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use support::{Running, Town, settle::Settled};
use testkit::{PayPal, Pays, Razorpay, StandIn, Stripe, Webhook};
use tipple::demo::visitor::{Visitor, refused};

/// Customers of each provider.
const BUYERS: usize = 8;
/// How often each webhook comes, side by side.
const COPIES: usize = 3;
const PACE: Duration = Duration::from_millis(50);

struct Scene {
    town: Town,
    settled: Settled,
    /// Where mail goes.
    mail: PathBuf,
    http: reqwest::Client,
    _running: Running,
}

/// An order, and what its provider calls its payment.
struct Order {
    buyer: Visitor,
    body: Value,
    key: String,
    placed: Value,
}

impl Order {
    fn text(&self, part: &str, name: &str) -> &str {
        self.placed[part][name].as_str().expect("it was placed")
    }
}

impl Scene {
    async fn new(accounts: &str) -> Self {
        let town = Town::new(1).await;
        town.house().migrate(|_| ()).await.expect("the tables");
        let here = std::env::temp_dir().join(format!("storm-{}", Id::<Town>::new()));
        let mail = here.join("mail");
        std::fs::create_dir_all(&mail).expect("a folder");
        let toml = format!(
            "[notifications]\nchannels = [\"folder\"]\n[notifications.folder]\npath = \"{}\"\n\
             {accounts}",
            mail.display()
        );
        let file = here.join("tipple.toml");
        std::fs::write(&file, toml).expect("the settings");
        let more = [("TIPPLE_CONFIG".to_owned(), file.display().to_string())];
        let running = town.start_with(0, &more).await;
        let settled = town.settle(100).await;
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        Self { settled, mail, http, _running: running, town }
    }

    /// All that happens to the orders of one provider.
    async fn weather<S: StandIn>(&self, stand_in: &S) {
        let way = format!("{}:main", S::PROVIDER);
        // Also where the provider wants to have approved the sale of alcohol.
        let approved = json!({"way": way, "label": "Card", "active": true});
        self.settled.operator.put("/v1/payments/ways", &approved).await.expect("a way to pay");
        let people = self.town.people(BUYERS, &Role::Customer).await;
        let buyers = people.iter().map(|person| {
            let buyer = self.town.visitor(0, *person, vec![Role::Customer]);
            self.buys(buyer, &way)
        });
        let orders = join_all(buyers).await;
        let all = async {
            join_all(orders.iter().enumerate().map(|(place, order)| async move {
                let how = if place % 2 == 0 { Pays::Plainly } else { Pays::AfterChallenge };
                self.pays(stand_in, order, how).await;
            }))
            .await;
        };
        tokio::select! {
            () = all => {}
            () = self.bring_webhooks(stand_in) => {}
        }
        // And all of them once more.
        self.bring(stand_in, 0..stand_in.told()).await;
        self.quiet().await;
        for order in &orders {
            self.check(stand_in, order).await;
        }
    }

    /// A cart with one bottle, and checkout three times at once.
    async fn buys(&self, buyer: Visitor, way: &str) -> Order {
        let body = loop {
            // The law may not have heard of the customer's birthday yet.
            if let Some(body) = self.fill(&buyer, way).await {
                break body;
            }
            tokio::time::sleep(PACE).await;
        };
        let key = Id::<Town>::new().to_string();
        let placed = place(&buyer, &body, &key).await;
        Order { buyer, body, key, placed }
    }

    async fn fill(&self, buyer: &Visitor, way: &str) -> Option<Value> {
        let (_, mut body) = self.settled.fill(buyer).await.expect("a cart");
        body["pay_with"] = way.into();
        body["expected_total"].is_object().then_some(body)
    }

    /// The customer pays; the browser and checkout come again while webhooks do. Then it is packed,
    /// and they come again.
    async fn pays<S: StandIn>(&self, stand_in: &S, order: &Order, how: Pays) {
        let name = order.text("payment", "provider_payment");
        let brought = stand_in.pay(name, how).await;
        tokio::join!(self.comes_back(order, brought), again(order), again(order));
        let id = order.text("order", "order").to_owned();
        self.reaches(order, "paid").await;
        for command in ["accept", "pack"] {
            let path = format!("/v1/orders/orders/{id}/{command}");
            self.settled.clerk.post(&path, &json!({})).await.expect(command);
        }
        tokio::join!(self.comes_back(order, json!({})), again(order));
        self.reaches(order, "captured").await;
    }

    async fn comes_back(&self, order: &Order, brought: Value) {
        let path = format!("/v1/payments/payments/{}/return", order.text("payment", "payment"));
        let back = (0..2).map(|_| order.buyer.post(&path, &brought));
        for answer in join_all(back).await {
            answer.expect("the payment");
        }
    }

    /// Until its history says so.
    async fn reaches(&self, order: &Order, what: &str) {
        let path = format!("/v1/orders/orders/{}", order.text("order", "order"));
        for _ in 0..1200 {
            let seen = order.buyer.get(&path).await.expect("the order");
            let history = seen["history"].as_array().expect("a history");
            if history.iter().any(|entry| entry["what"] == what) {
                return;
            }
            tokio::time::sleep(PACE).await;
        }
        panic!("an order is never {what}");
    }

    /// Brings what is new, for as long as anything comes.
    async fn bring_webhooks<S: StandIn>(&self, stand_in: &S) {
        let mut brought = 0;
        loop {
            let told = stand_in.told();
            self.bring(stand_in, brought..told).await;
            brought = told;
            tokio::time::sleep(PACE).await;
        }
    }

    /// Brings these webhooks, the newest first and all side by side, each several times.
    async fn bring<S: StandIn>(&self, stand_in: &S, which: std::ops::Range<usize>) {
        let path = format!("/v1/payments/webhooks/{}/main", S::PROVIDER);
        let url = &format!("{}{path}", self.town.base(0));
        let now = Clock::system().now();
        let signed = which.rev().map(|place| stand_in.webhook(place, now).expect("it was told"));
        let copies = signed.flat_map(|webhook| vec![webhook; COPIES]);
        let sent = copies.map(|Webhook { kind, headers, body }| async move {
            // What cannot be taken now is sent again.
            loop {
                let request = self.http.post(url).headers(headers.clone()).body(body.clone());
                let status = request.send().await.expect("an answer").status();
                if status != StatusCode::SERVICE_UNAVAILABLE {
                    assert!(status.is_success(), "{kind}: {status}");
                    break;
                }
                tokio::time::sleep(PACE).await;
            }
        });
        join_all(sent).await;
    }

    async fn quiet(&self) {
        let left = "select (select count(*) from payments.webhook_inbox where handled_at is null)
            + (select count(*) from payments.operation where ended_at is null)
            + (select count(*) from feed.message where dead_at is null)
            + (select count(*) from notifications.message where state in ('pending', 'sending'))";
        for _ in 0..1200 {
            if self.count(left).await == 0 {
                return;
            }
            tokio::time::sleep(PACE).await;
        }
        panic!("it is never quiet");
    }

    async fn count(&self, query: &'static str) -> i64 {
        let mut connection = self.town.connection().await;
        sqlx::query_scalar(query).fetch_one(&mut connection).await.expect("a number")
    }

    /// One message that it is paid, whatever else was told; one capture, of the total.
    async fn check<S: StandIn>(&self, stand_in: &S, order: &Order) {
        let number = order.text("order", "number");
        let subject = format!("Subject: Order {number}: payment confirmed");
        let mail = std::fs::read_dir(&self.mail).expect("the mail");
        let texts = mail.map(|file| std::fs::read_to_string(file.expect("a file").path()));
        let texts = texts.map(|text| text.expect("a letter"));
        let confirmed = texts.filter(|text| text.contains(&subject)).count();
        assert_eq!(confirmed, 1, "{}: confirmations of {number}", S::PROVIDER);
        let book = stand_in.book(order.text("payment", "provider_payment"));
        let total = order.placed["order"]["total"]["amount"].as_i64().expect("a total");
        assert_eq!((book.captures, book.captured), (1, total), "{}: {book:?}", S::PROVIDER);
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.mail.parent().expect("our folder"));
    }
}

/// Checkout, three times at once under one key.
async fn place(buyer: &Visitor, body: &Value, key: &str) -> Value {
    loop {
        let mut placed = Vec::new();
        for answer in join_all((0..3).map(|_| ask(buyer, body, key))).await {
            match answer {
                Ok(order) => placed.push(order),
                Err(error) => {
                    let code = refused(&error).expect("a refusal").code.clone();
                    assert_eq!(code, "idempotency-key-running", "{error:#}");
                }
            }
        }
        assert!(placed.iter().all(|one| *one == placed[0]));
        if let Some(placed) = placed.pop() {
            return placed;
        }
    }
}

async fn ask(buyer: &Visitor, body: &Value, key: &str) -> anyhow::Result<Value> {
    let request = buyer.request(Method::POST, "/v1/orders/orders");
    buyer.send(request.header("idempotency-key", key).json(body)).await
}

/// Checkout of what has been placed.
async fn again(order: &Order) {
    let again = ask(&order.buyer, &order.body, &order.key).await.expect("the same order");
    assert_eq!(again, order.placed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_customer_reads_once_that_it_is_paid() {
    let clock = Clock::system();
    let stripe = Stripe::start(clock.clone()).await;
    let paypal = PayPal::start(clock.clone()).await;
    let razorpay = Razorpay::start(clock).await;
    let accounts = [stripe.settings(), paypal.settings(), razorpay.settings()].concat();
    let scene = Scene::new(&accounts).await;
    tokio::join!(scene.weather(&stripe), scene.weather(&paypal), scene.weather(&razorpay));
    for (what, query) in [
        ("mismatches", "select count(*) from payments.mismatch"),
        ("dead letters", "select count(*) from feed.message where dead_at is not null"),
        ("the ledger", "select coalesce(sum(amount), 0)::bigint from payments.ledger_entry"),
    ] {
        assert_eq!(scene.count(query).await, 0, "{what}");
    }
    let confirmed = "select count(*) from notifications.message where kind = 'paid'";
    assert_eq!(scene.count(confirmed).await, 3 * BUYERS as i64);
}
