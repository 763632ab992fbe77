use std::sync::Arc;

use anyhow::Context as _;
use kernel::Id;
use rand::{Rng, seq::IndexedRandom};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{City, dice, pause};
use crate::demo::{data::DemoPerson, visitor::Visitor};

/// Cards of the sandbox: nearly all pay, some want a second step, some are declined.
const CARDS: [&str; 8] = [
    "4242424242424242",
    "4242424242424242",
    "4242424242424242",
    "4242424242424242",
    "4242424242424242",
    "4242424242424242",
    "4000000000009995",
    "4000000000000002",
];

/// How many buy at once when the city wakes up, so that there is something to see.
const FIRST: usize = 8;

/// Customers who look around and buy: some at once, then one after the other.
pub async fn buy(city: Arc<City>, people: Vec<DemoPerson>) {
    let mut customers = Vec::new();
    for person in people {
        let visitor = city.enter(&person).await;
        customers.push((person, visitor));
    }
    let mut buying = JoinSet::new();
    for (person, visitor) in customers.choose_multiple(&mut dice(), FIRST).cloned() {
        buying.spawn(go_shopping(Arc::clone(&city), person, visitor));
    }
    loop {
        pause(60.0 / city.config.orders_per_minute.max(0.01)).await;
        let Some((person, visitor)) = customers.choose(&mut dice()).cloned() else { return };
        buying.spawn(go_shopping(Arc::clone(&city), person, visitor));
        while buying.try_join_next().is_some() {}
    }
}

async fn go_shopping(city: Arc<City>, person: DemoPerson, visitor: Visitor) {
    if let Err(error) = order(&city, &person, &visitor).await {
        tracing::debug!(email = person.email, error = format!("{error:#}"), "did not buy");
    }
}

async fn order(city: &City, person: &DemoPerson, customer: &Visitor) -> anyhow::Result<()> {
    let place = person.place().context("lives nowhere")?;
    let near = format!("/v1/catalogue/stores?near={},{}&limit=20", place.lat, place.lon);
    let stores = customer.get(&near).await?;
    let stores: Vec<&Value> =
        stores["items"].as_array().into_iter().flatten().filter(|s| open(city, s)).collect();
    let store = stores.choose(&mut dice()).context("no store is open")?["store"].clone();
    let store = store.as_str().context("a store")?;
    let cart = fill(customer, store).await?;
    let path = format!("/v1/cart/carts/{cart}");
    let destination = json!({
        "recipient": format!("{} {}", person.given_name, person.family_name),
        "address": person.address(),
        "place": place,
    });
    customer.put(&format!("{path}/destination"), &destination).await?;
    let tip = dice().random_range(0..5) * 100;
    customer.put(&format!("{path}/tip"), &json!({"amount": tip})).await?;
    let seen = customer.get(&path).await?;
    pause(2.0).await;
    let request = customer
        .request(Method::POST, "/v1/orders/orders")
        .header("idempotency-key", Id::<City>::new().to_string())
        .json(&json!({"cart": cart, "expected_total": seen["quote"]["total"]}));
    let placed = customer.send(request).await?;
    pause(2.0).await;
    let card = *CARDS.choose(&mut dice()).context("a card")?;
    customer.pay(&placed["payment"], card).await?;
    Ok(())
}

fn open(city: &City, store: &Value) -> bool {
    store["open_now"] == true && store["store"] != city.yours.to_string()
}

/// Looks at the shelf, looks closer at some, and puts a few into the cart.
async fn fill(customer: &Visitor, store: &str) -> anyhow::Result<String> {
    let shelf = customer.get(&format!("/v1/catalogue/stores/{store}/listings?limit=100")).await?;
    let shelf = shelf["items"].as_array().context("a shelf")?;
    let opened = customer.post("/v1/cart/carts", &json!({"store": store})).await?;
    let cart = opened["cart"].as_str().context("a cart")?.to_owned();
    for _ in 0..dice().random_range(1..4) {
        let listing = shelf.choose(&mut dice()).context("an empty shelf")?;
        let product = listing["product"].as_str().context("a product")?;
        let view = json!({
            "product": product, "store": store, "from": "list", "visitor": customer.person,
        });
        customer.post("/v1/insight/views", &view).await?;
        pause(1.0).await;
        let line = format!("/v1/cart/carts/{cart}/lines/{product}");
        let quantity = dice().random_range(1..3);
        customer.put(&line, &json!({"quantity": quantity})).await?;
    }
    Ok(cart)
}
