//! One order, one charge, one of each effect, whatever comes twice, at once, too late or in the
//! wrong order: through the whole platform and a provider apart from it.

mod support;

use std::time::Duration;

use futures::future::join_all;
use kernel::{Id, Role};
use reqwest::Method;
use serde_json::{Value, json};
use support::{Running, Town, settle::Settled};
use tipple::demo::visitor::{Visitor, refused};

const GOOD: &str = "4242424242424242";
const ASKS_THE_BANK: &str = "4000000000003220";

struct Scene {
    town: Town,
    settled: Settled,
    buyers: Vec<Visitor>,
    /// A browser at the provider's own address.
    browser: Visitor,
    _running: [Running; 2],
}

impl Scene {
    async fn new(bottles: u32, buyers: usize) -> Self {
        let town = Town::new(1).await;
        town.house().migrate(|_| ()).await.expect("the tables");
        let running = [town.start_provider().await, town.start(0).await];
        let settled = town.settle(bottles).await;
        let people = town.people(buyers, &Role::Customer).await;
        town.await_birthdays(buyers as i64).await;
        let buyers = people.into_iter().map(|person| town.visitor(0, person, vec![Role::Customer]));
        let browser = Visitor::at(&town.provider_base());
        Self { buyers: buyers.collect(), browser, town, settled, _running: running }
    }

    /// A cart with one bottle, as it is to be ordered.
    async fn fill(&self, buyer: &Visitor) -> Value {
        self.settled.fill(buyer).await.expect("a cart").1
    }

    async fn order(&self, buyer: &Visitor) -> Value {
        let body = self.fill(buyer).await;
        place(buyer, &body, &Id::<Town>::new().to_string()).await.expect("an order")
    }

    async fn count(&self, query: &'static str) -> i64 {
        let mut connection = self.town.connection().await;
        sqlx::query_scalar(query).fetch_one(&mut connection).await.expect("a number")
    }

    async fn run(&self, statement: &'static str) {
        let mut connection = self.town.connection().await;
        sqlx::query(statement).execute(&mut connection).await.expect(statement);
    }

    async fn pay(&self, placed: &Value, card: &str) -> anyhow::Result<Value> {
        self.browser.pay(&placed["payment"], card).await
    }

    /// The customer says yes on the bank's page.
    async fn confirm_at_bank(&self, placed: &Value) {
        let payment = &placed["payment"];
        let text = |name: &str| payment[name].as_str().expect("a payment").to_owned();
        let path = format!("/sandbox/3ds/{}", text("provider_payment"));
        let form = format!("client_secret={}&answer=confirm", text("client_secret"));
        let request = self.browser.request(Method::POST, &path);
        let kind = "application/x-www-form-urlencoded";
        // The answer sends the browser on to the shop's pages, which are not there.
        let _ = self.browser.send(request.header("content-type", kind).body(form)).await;
    }

    /// All holds are over, as if time had passed.
    async fn lapse(&self) {
        self.run("update catalogue.hold set until = now() - interval '1 s' where state = 'held'")
            .await;
        self.run(
            "update catalogue.hold_line set held_until = now() - interval '1 s'
             where held_until is not null",
        )
        .await;
    }

    async fn eventually(&self, query: &'static str, expected: i64) {
        for _ in 0..600 {
            if self.count(query).await == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never {expected}, but {}: {query}", self.count(query).await);
    }
}

async fn place(buyer: &Visitor, body: &Value, key: &str) -> anyhow::Result<Value> {
    let request = buyer.request(Method::POST, "/v1/orders/orders");
    buyer.send(request.header("idempotency-key", key).json(body)).await
}

async fn comes_to(buyer: &Visitor, placed: &Value, state: &str) -> Value {
    let order = placed["order"]["order"].as_str().expect("an order");
    for _ in 0..600 {
        let found = buyer.get(&format!("/v1/orders/orders/{order}")).await.expect("the order");
        if found["state"] == state {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the order never became {state}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_again_at_once_and_in_the_wrong_order_happens_once() {
    let scene = Scene::new(10, 1).await;
    scene.run("update sandbox.mischief set repeat = 3, reorder = true, delay_ms = 300").await;
    let buyer = &scene.buyers[0];
    let body = scene.fill(buyer).await;
    // Ten retries with one key, and beside them another checkout of the same cart.
    let retries = (0..10).map(|_| place(buyer, &body, "the-one-key"));
    let (retried, other) = tokio::join!(join_all(retries), place(buyer, &body, "another-key"));
    let mut placed: Vec<Value> = Vec::new();
    for answer in retried.into_iter().chain([other]) {
        match answer {
            Ok(order) => placed.push(order),
            Err(error) => {
                let code = refused(&error).expect("a refusal").code.clone();
                let expected = ["idempotency-key-running", "cart-taken"];
                assert!(expected.contains(&code.as_str()), "{error:#}");
            }
        }
    }
    assert!(!placed.is_empty() && placed.iter().all(|one| *one == placed[0]));
    let placed = &placed[0];

    scene.pay(placed, "4000000000000002").await.expect_err("a declined card");
    let payment = placed["payment"]["payment"].as_str().expect("a payment");
    let back = format!("/v1/payments/payments/{payment}/return");
    let no_body = json!({});
    let paid = scene.pay(placed, GOOD).await.expect("the money");
    assert_eq!(paid["status"], "requires_capture");
    // The browser comes back, several times, while the webhooks come.
    for _ in 0..6 {
        // Whoever comes too soon after another is told what is known.
        for answer in join_all((0..4).map(|_| buyer.post(&back, &no_body))).await {
            let state = answer.expect("the payment")["state"].clone();
            assert!(state == "authorised" || state == "open", "{state}");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let order = comes_to(buyer, placed, "paid").await;
    let id = order["order"].as_str().expect("an id");
    for command in ["accept", "pack", "pack"] {
        let path = format!("/v1/orders/orders/{id}/{command}");
        scene.settled.clerk.post(&path, &no_body).await.expect(command);
    }
    scene.eventually("select count(*) from payments.payment where state = 'captured'", 1).await;
    scene.eventually("select count(*) from sandbox.delivery where ended_at is null", 0).await;
    let open = "select count(*) from payments.webhook_inbox where handled_at is null";
    scene.eventually(open, 0).await;
    for (what, query, expected) in [
        ("live orders", "select count(*) from orders.orders where state <> 'cancelled'", 1),
        ("payments", "select count(*) from payments.payment", 1),
        ("intents", "select count(*) from sandbox.intent", 1),
        ("events sent", "select count(*) / 3 from sandbox.delivery", 4),
        ("events kept", "select count(*) from payments.webhook_inbox", 4),
        ("captures", "select count(*) from sandbox.event where kind = 'charge.captured'", 1),
        ("movements of money", "select count(*) from payments.ledger_transaction", 2),
        ("the ledger", "select sum(amount)::bigint from payments.ledger_entry", 0),
        ("bottles allocated", "select sum(allocated)::bigint from catalogue.stock", 1),
        ("times paid", "select count(*) from orders.history where what = 'paid'", 1),
        ("times captured", "select count(*) from orders.history where what = 'captured'", 1),
    ] {
        assert_eq!(scene.count(query).await, expected, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_that_lapses_at_the_bank_is_taken_again_or_the_money_goes_back() {
    let scene = Scene::new(2, 3).await;
    let [lucky, late, quick] = [0, 1, 2].map(|number| &scene.buyers[number]);
    let first = scene.order(lucky).await;
    let asked = scene.pay(&first, ASKS_THE_BANK).await.expect("a question");
    assert_eq!(asked["status"], "requires_action");
    scene.lapse().await;
    scene.confirm_at_bank(&first).await;
    comes_to(lucky, &first, "paid").await;

    let second = scene.order(late).await;
    scene.pay(&second, ASKS_THE_BANK).await.expect("a question");
    scene.lapse().await;
    let third = scene.order(quick).await;
    scene.pay(&third, GOOD).await.expect("the money");
    comes_to(quick, &third, "paid").await;
    scene.confirm_at_bank(&second).await;
    let cancelled = comes_to(late, &second, "cancelled").await;
    assert_eq!(cancelled["reason"], "out-of-stock");

    // The money is free again at the provider, and why is kept.
    scene.eventually("select count(*) from sandbox.intent where status = 'canceled'", 1).await;
    scene.eventually("select count(*) from payments.payment where state = 'cancelled'", 1).await;
    for (what, query, expected) in [
        ("bottles allocated", "select sum(allocated)::bigint from catalogue.stock", 2),
        ("the ledger", "select sum(amount)::bigint from payments.ledger_entry", 0),
        (
            "set aside",
            "select sum(amount)::bigint from payments.ledger_entry
             where account = 'authorisations'",
            second["order"]["total"]["amount"].as_i64().expect("a total") * 2,
        ),
        (
            "reasons",
            "select count(*) from payments.operation
             where kind = 'cancel' and state = 'done' and reason = 'out-of-stock'",
            1,
        ),
    ] {
        assert_eq!(scene.count(query).await, expected, "{what}");
    }
}
