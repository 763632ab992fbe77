//! The story of three orders, whose every answer is written down.

use std::time::Duration;

use kernel::{PersonId, Role};
use reqwest::Method;
use serde_json::{Value, json};
use tipple::demo::visitor::Visitor;

use super::{
    Apart, Running, Town,
    settle::{DOOR, STORE, Settled},
};

/// That both were told alike.
pub fn assert_equal(one: &[String], many: &[String]) {
    for (one, many) in one.iter().zip(many) {
        assert_eq!(one, many);
    }
    assert_eq!(one.len(), many.len());
}

/// What everyone was answered, with what differs from run to run taken out.
struct Told {
    lines: Vec<String>,
}

impl Told {
    async fn ask(&mut self, visitor: &Visitor, method: Method, path: &str, body: Value) -> Value {
        let name = format!("{method} {}", plain(&json!(path)));
        let mut request = visitor.request(method, path);
        if !body.is_null() {
            request = request.json(&body);
        }
        if path == "/v1/orders/orders" {
            request = request.header("idempotency-key", format!("key-{}", self.lines.len()));
        }
        let answer = visitor.answer(request).await;
        let (status, answer) = answer.unwrap_or_else(|error| panic!("{name}: {error:#}"));
        assert!(!status.is_server_error(), "{name}: {status} {answer}");
        self.lines.push(format!("{name}: {status} {}", plain(&answer)));
        if status.is_success() { answer } else { Value::Null }
    }

    async fn get(&mut self, visitor: &Visitor, path: &str) -> Value {
        self.ask(visitor, Method::GET, path, Value::Null).await
    }

    async fn post(&mut self, visitor: &Visitor, path: &str, body: Value) -> Value {
        self.ask(visitor, Method::POST, path, body).await
    }

    async fn put(&mut self, visitor: &Visitor, path: &str, body: Value) -> Value {
        self.ask(visitor, Method::PUT, path, body).await
    }
}

/// The value without ids, instants, addresses and secrets.
fn plain(value: &Value) -> Value {
    const SECRETS: [&str; 6] =
        ["number", "client_secret", "provider_payment", "pay_url", "next", "request_id"];
    match value {
        Value::String(text) => {
            let pieces = text.split('/').map(|piece| {
                let instant = piece.len() >= 20 && piece.parse::<jiff::Timestamp>().is_ok();
                if piece.parse::<PersonId>().is_ok() || instant { "…" } else { piece }
            });
            pieces.collect::<Vec<_>>().join("/").into()
        }
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| {
                let hidden = SECRETS.contains(&name.as_str()) && !value.is_null();
                (name.clone(), if hidden { json!("…") } else { plain(value) })
            })
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

/// A house that runs.
pub struct House {
    town: Town,
    _provider: Option<Running>,
    _together: Option<Running>,
    apart: Option<Apart>,
}

impl House {
    pub async fn together(town: Town) -> Self {
        let provider = Some(Self::begin(&town).await);
        let together = Some(town.start(0).await);
        Self { town, _provider: provider, _together: together, apart: None }
    }

    pub async fn apart(town: Town) -> Self {
        let provider = Some(Self::begin(&town).await);
        let apart = Some(town.start_apart().await);
        Self { town, _provider: provider, _together: None, apart }
    }

    /// One whose processes are somebody else's.
    pub const fn of(town: Town) -> Self {
        Self { town, _provider: None, _together: None, apart: None }
    }

    async fn begin(town: &Town) -> Running {
        town.house().migrate(|_| ()).await.expect("the tables");
        town.start_provider().await
    }

    /// What delivery is told goes to the broker, where there is one, and no farther.
    fn deafen_delivery(&mut self) {
        if let (Some(apart), true) = (&mut self.apart, self.town.has_broker()) {
            apart.kill("delivery");
        }
    }

    /// The broker loses everything, and delivery is back.
    async fn lose(&mut self) {
        let Some(apart) = self.apart.as_mut().filter(|_| self.town.has_broker()) else { return };
        let mut db = self.town.connection().await;
        let unsent = "select exists (select from orders.outbox where sent_at is null)";
        while sqlx::query_scalar(unsent).fetch_one(&mut db).await.expect("an answer") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(self.town.purge("delivery").await > 0, "there was nothing to lose");
        self.town.start_again(apart, "delivery").await;
    }
}

/// Who is in it.
struct Cast {
    settled: Settled,
    customer: Visitor,
    stranger: Visitor,
    driver: Visitor,
}

impl Cast {
    async fn of(town: &Town) -> Self {
        let settled = town.settle(3).await;
        let people = town.people(2, &Role::Customer).await;
        town.await_birthdays(2).await;
        let customer = town.visitor(0, people[0], vec![Role::Customer]);
        let stranger = town.visitor(0, people[1], vec![Role::Customer]);
        let driver = town.people(1, &Role::Driver).await;
        let driver = town.visitor(0, driver[0], vec![Role::Driver]);
        Self { settled, customer, stranger, driver }
    }
}

/// An order that is refused at the door, one that is delivered and one that is cancelled, and all that is
/// tried with them that must not go.
pub async fn story(mut house: House) -> Vec<String> {
    let cast = Cast::of(&house.town).await;
    let mut told = Told { lines: Vec::new() };
    told.post(&cast.driver, "/v1/delivery/shift", json!({"place": STORE})).await;
    refused(&mut told, &mut house, &cast).await;
    delivered(&mut told, &cast).await;
    cancelled(&mut told, &cast).await;
    // Nobody who comes after is to be brought anything by them.
    let home = cast.driver.request(Method::DELETE, "/v1/delivery/shift");
    cast.driver.send(home).await.expect("the end of a shift");
    told.lines
}

async fn refused(told: &mut Told, house: &mut House, cast: &Cast) {
    let Cast { settled, customer, stranger, driver } = cast;
    let placed = buy(told, customer, settled).await;
    let order = text(&placed["order"]["order"]);
    told.get(stranger, &format!("/v1/orders/orders/{order}")).await;
    told.post(stranger, &format!("/v1/orders/orders/{order}/cancel"), json!({})).await;
    customer.pay(&placed["payment"], "4242424242424242").await.expect("the money");
    await_state(customer, &order, "paid").await;
    told.get(customer, "/internal/accounts/people").await;
    house.deafen_delivery();
    pack(told, settled, customer, &order).await;
    house.lose().await;
    refuse_at_door(told, driver, customer, &order).await;
    told.get(customer, &format!("/v1/orders/orders/{order}")).await;
    told.get(customer, "/v1/orders/orders").await;
    let payment = text(&placed["payment"]["payment"]);
    told.get(customer, &format!("/v1/payments/payments/{payment}")).await;
    told.get(stranger, &format!("/v1/payments/payments/{payment}")).await;
    told.get(&settled.operator, &format!("/v1/payments/ledger/{payment}")).await;
}

async fn delivered(told: &mut Told, cast: &Cast) {
    let Cast { settled, customer, stranger, driver } = cast;
    let placed = buy_one(told, customer, settled).await;
    let order = text(&placed["order"]["order"]);
    let of_order = format!("/v1/orders/orders/{order}");
    // The money does not come at the first try.
    let declined = customer.pay(&placed["payment"], "4000000000000002").await;
    declined.expect_err("a declined card");
    await_in_history(customer, &order, "payment_declined").await;
    customer.pay(&placed["payment"], "4242424242424242").await.expect("the money");
    await_state(customer, &order, "paid").await;
    told.post(&settled.clerk, &format!("{of_order}/pack"), json!({})).await;
    pack(told, settled, customer, &order).await;
    let job = take_job(driver).await;
    let act = |command: &str| format!("/v1/delivery/jobs/{job}/{command}");
    told.post(driver, &act("pick-up"), json!({})).await;
    await_state(customer, &order, "out_for_delivery").await;
    told.post(customer, &format!("{of_order}/cancel"), json!({})).await;
    told.post(driver, &act("arrive"), json!({})).await;
    told.post(driver, &act("check"), check("1980-01-01")).await;
    told.post(stranger, &act("hand-over"), json!({"recipient_name": "A buyer"})).await;
    told.post(driver, &act("hand-over"), json!({"recipient_name": "A buyer"})).await;
    await_state(customer, &order, "delivered").await;
    told.post(driver, &act("hand-over"), json!({"recipient_name": "A buyer"})).await;
    told.get(customer, &of_order).await;
    let payment = text(&placed["payment"]["payment"]);
    told.get(customer, &format!("/v1/payments/payments/{payment}")).await;
}

async fn cancelled(told: &mut Told, cast: &Cast) {
    let Cast { settled, customer, .. } = cast;
    let placed = buy_one(told, customer, settled).await;
    let order = text(&placed["order"]["order"]);
    let of_order = format!("/v1/orders/orders/{order}");
    told.post(customer, &format!("{of_order}/cancel"), json!({})).await;
    await_state(customer, &order, "cancelled").await;
    told.post(customer, &format!("{of_order}/cancel"), json!({})).await;
    told.post(&settled.clerk, &format!("{of_order}/accept"), json!({})).await;
    told.get(customer, &of_order).await;
    let payment = format!("/v1/payments/payments/{}", text(&placed["payment"]["payment"]));
    await_page(customer, &payment, "the money is let go", |it| it["state"] == "cancelled").await;
    told.get(customer, &payment).await;
    told.get(customer, "/v1/orders/orders").await;
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// One bottle, without detours.
async fn buy_one(told: &mut Told, customer: &Visitor, settled: &Settled) -> Value {
    let opened = told.post(customer, "/v1/cart/carts", json!({"store": settled.store})).await;
    let path = format!("/v1/cart/carts/{}", text(&opened["cart"]));
    let line = format!("{path}/lines/{}", settled.product);
    told.put(customer, &line, json!({"quantity": 1})).await;
    let door = json!({"recipient": "A buyer", "address": "1 Door St", "place": DOOR});
    told.put(customer, &format!("{path}/destination"), door).await;
    let seen = told.get(customer, &path).await;
    let order = json!({"cart": opened["cart"], "expected_total": seen["quote"]["total"]});
    told.post(customer, "/v1/orders/orders", order).await
}

async fn buy(told: &mut Told, customer: &Visitor, settled: &Settled) -> Value {
    told.get(customer, &format!("/v1/catalogue/products/{}", settled.product)).await;
    told.get(customer, "/v1/catalogue/products?q=tset+rey").await;
    told.get(customer, &format!("/v1/catalogue/stores/{}/listings", settled.store)).await;
    let opened = told.post(customer, "/v1/cart/carts", json!({"store": settled.store})).await;
    let path = format!("/v1/cart/carts/{}", opened["cart"].as_str().expect("a cart"));
    let line = format!("{path}/lines/{}", settled.product);
    told.put(customer, &line, json!({"quantity": 4})).await;
    told.get(customer, &path).await;
    told.put(customer, &line, json!({"quantity": 1, "price": 1})).await;
    let door = json!({"recipient": "A buyer", "address": "1 Door St", "place": DOOR});
    told.put(customer, &format!("{path}/destination"), door).await;
    let seen = told.get(customer, &path).await;
    let place = |total: &Value| json!({"cart": opened["cart"], "expected_total": total});
    told.post(customer, "/v1/orders/orders", place(&seen["quote"]["total"])).await;
    told.put(customer, &line, json!({"quantity": 2})).await;
    let wrong = json!({"amount": 1, "currency": "USD"});
    told.post(customer, "/v1/orders/orders", place(&wrong)).await;
    let seen = told.get(customer, &path).await;
    told.post(customer, "/v1/orders/orders", place(&seen["quote"]["total"])).await
}

async fn pack(told: &mut Told, settled: &Settled, customer: &Visitor, order: &str) {
    let of_order = format!("/v1/orders/orders/{order}");
    told.post(&settled.clerk, &format!("{of_order}/accept"), json!({})).await;
    told.post(&settled.clerk, &format!("{of_order}/pack"), json!({})).await;
    // Before a driver is found, so that both stories are told in one order.
    await_in_history(customer, order, "captured").await;
}

/// The job that the driver is offered, taken and ready.
async fn take_job(driver: &Visitor) -> String {
    let offer = await_me(driver, |me| me["offer"]["offer"].as_str().map(str::to_owned)).await;
    // Not compared: whether delivery has heard by now that the money is captured is a matter of time.
    let accept = format!("/v1/delivery/offers/{offer}/accept");
    driver.post(&accept, &json!({})).await.expect("the job");
    await_me(driver, |me| {
        (me["job"]["ready"] == true).then(|| me["job"]["job"].as_str().map(str::to_owned))?
    })
    .await
}

/// Of a driver who was shown a document with this date of birth.
fn check(born: &str) -> Value {
    let document = json!({"kind": "driving_licence", "date_of_birth": born,
                          "expires_on": "2090-01-01"});
    json!({"document": document, "name_matches": true, "sober": true})
}

async fn refuse_at_door(told: &mut Told, driver: &Visitor, customer: &Visitor, order: &str) {
    let job = take_job(driver).await;
    let act = |command: &str| format!("/v1/delivery/jobs/{job}/{command}");
    told.post(driver, &act("hand-over"), json!({"recipient_name": "A buyer"})).await;
    told.post(driver, &act("pick-up"), json!({})).await;
    told.post(driver, &act("arrive"), json!({})).await;
    told.post(driver, &act("hand-over"), json!({"recipient_name": "A buyer"})).await;
    told.post(driver, &act("check"), check("2015-01-01")).await;
    told.post(driver, &act("refuse"), json!({"because": "under_age", "note": ""})).await;
    await_state(customer, order, "returning").await;
    told.post(driver, &act("return"), json!({})).await;
    await_state(customer, order, "closed").await;
    // The money is on its way back; what follows looks at where it arrived.
    let payments = "/v1/orders/orders?limit=1";
    customer.get(payments).await.expect("the orders");
    tokio::time::sleep(Duration::from_millis(1_500)).await;
}

async fn await_state(customer: &Visitor, order: &str, state: &str) {
    let path = format!("/v1/orders/orders/{order}");
    await_page(customer, &path, state, |order| order["state"] == state).await;
}

async fn await_in_history(customer: &Visitor, order: &str, what: &str) {
    let is_so = |order: &Value| {
        order["history"].as_array().is_some_and(|all| all.iter().any(|entry| entry["what"] == what))
    };
    await_page(customer, &format!("/v1/orders/orders/{order}"), what, is_so).await;
}

async fn await_page(
    customer: &Visitor,
    path: &str,
    what: &str,
    is_so: impl Fn(&Value) -> bool,
) -> Value {
    for _ in 0..400 {
        if let Ok(found) = customer.get(path).await
            && is_so(&found)
        {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never happened: {what}");
}

async fn await_me<T>(driver: &Visitor, look: impl Fn(&Value) -> Option<T>) -> T {
    for _ in 0..400 {
        if let Ok(me) = driver.get("/v1/delivery/me").await
            && let Some(found) = look(&me)
        {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the driver was never asked");
}
