//! Five hundred people at once, over real connections, at three processes on one database.

mod support;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures::{StreamExt, stream};
use kernel::{Id, ProductId, Role};
use reqwest::Method;
use serde_json::{Value, json};
use support::{
    Town,
    settle::{DOOR, Settled},
};
use tipple::demo::visitor::{Visitor, refused};
use tokio::sync::Barrier;

const BUYERS: usize = 500;
const BOTTLES: u32 = 17;
const COUPON_USES: u32 = 5;
const PROCESSES: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_five_hundred_seventeen_get_a_bottle_and_five_the_coupon() {
    let town = Town::new(PROCESSES).await;
    town.house().migrate(|_| ()).await.expect("the tables");
    let _provider = town.start_provider().await;
    let mut running = Vec::new();
    for process in 0..PROCESSES {
        running.push(town.start(process).await);
    }
    let settled = town.settle(BOTTLES).await;
    let people = town.people(BUYERS, &Role::Customer).await;
    town.await_birthdays(BUYERS as i64).await;
    let buyers: Vec<Visitor> = people
        .into_iter()
        .enumerate()
        .map(|(number, person)| town.visitor(number % PROCESSES, person, vec![Role::Customer]))
        .collect();

    let outcomes = race(&buyers, &settled, settled.product, None).await;
    assert_eq!(outcomes.get("sold"), Some(&(BOTTLES as usize)), "{outcomes:?}");
    assert_eq!(outcomes.get("out-of-stock"), Some(&(BUYERS - BOTTLES as usize)), "{outcomes:?}");
    stock_is_promised_once(&town).await;
    nothing_is_held_beyond_its_time(&town).await;

    let plenty = plenty_of_another(&settled).await;
    let coupon = json!({
        "code": "FIVE", "max_uses": COUPON_USES,
        "terms": {"benefit": {"kind": "percent", "ppm": 100_000}, "min_spend": null},
    });
    settled.operator.post("/v1/cart/coupons", &coupon).await.expect("a coupon");
    let outcomes = race(&buyers, &settled, plenty, Some("FIVE")).await;
    assert_eq!(outcomes.get("sold"), Some(&(COUPON_USES as usize)), "{outcomes:?}");
    let refusals = BUYERS - COUPON_USES as usize;
    assert_eq!(outcomes.get("coupon-refused"), Some(&refusals), "{outcomes:?}");
    coupon_is_used(&town).await;
}

/// Everyone fills a cart; when all are ready all check out at once. How many ended how.
async fn race(
    buyers: &[Visitor],
    settled: &Settled,
    product: ProductId,
    coupon: Option<&str>,
) -> BTreeMap<String, usize> {
    let carts: Vec<(Visitor, Value)> = stream::iter(buyers.to_vec())
        .map(|buyer| async move {
            let request = fill(&buyer, settled, product, coupon).await;
            (buyer, request.unwrap_or_else(|error| panic!("a cart: {error:#}")))
        })
        .buffer_unordered(24)
        .collect()
        .await;
    let ready = Arc::new(Barrier::new(carts.len()));
    let tasks = carts.into_iter().map(|(buyer, request)| {
        let ready = Arc::clone(&ready);
        tokio::spawn(async move {
            ready.wait().await;
            checkout(&buyer, &request).await
        })
    });
    let mut outcomes = BTreeMap::new();
    for outcome in futures::future::join_all(tasks.collect::<Vec<_>>()).await {
        *outcomes.entry(outcome.expect("a buyer")).or_insert(0) += 1;
    }
    outcomes
}

async fn fill(
    buyer: &Visitor,
    settled: &Settled,
    product: ProductId,
    coupon: Option<&str>,
) -> anyhow::Result<Value> {
    let opened = buyer.post("/v1/cart/carts", &json!({"store": settled.store})).await?;
    let path = format!("/v1/cart/carts/{}", opened["cart"].as_str().unwrap_or_default());
    for line in opened["lines"].as_array().into_iter().flatten() {
        let old = line["product"].as_str().unwrap_or_default();
        buyer.send(buyer.request(Method::DELETE, &format!("{path}/lines/{old}"))).await?;
    }
    buyer.put(&format!("{path}/lines/{product}"), &json!({"quantity": 1})).await?;
    let door = json!({"recipient": "A buyer", "address": "1 Door St", "place": DOOR});
    buyer.put(&format!("{path}/destination"), &door).await?;
    if let Some(code) = coupon {
        buyer.put(&format!("{path}/coupons/{code}"), &json!({})).await?;
    }
    let seen = buyer.get(&path).await?;
    Ok(json!({"cart": opened["cart"], "expected_total": seen["quote"]["total"]}))
}

/// `sold`, or the code of the refusal; anything else is a broken promise.
async fn checkout(buyer: &Visitor, request: &Value) -> String {
    let request = buyer
        .request(Method::POST, "/v1/orders/orders")
        .header("idempotency-key", Id::<Town>::new().to_string())
        .json(request);
    match buyer.send(request).await {
        Ok(_) => "sold".into(),
        Err(error) => match refused(&error) {
            Some(refusal) if refusal.status < 500 => refusal.code.clone(),
            _ => format!("{error:#}"),
        },
    }
}

async fn plenty_of_another(settled: &Settled) -> ProductId {
    let path = format!("/v1/catalogue/products/{}", settled.product);
    let first = settled.operator.get(&path).await.expect("the product");
    let other = json!({
        "name": "Plenty Rye", "category": first["category"], "class": "spirits", "abv_bp": 4000,
        "volume_ml": 750, "pack": 1, "container": "bottle", "active": true,
    });
    let made = settled.operator.post("/v1/catalogue/products", &other).await.expect("a product");
    let product = made["product"].as_str().expect("an id");
    let listing = json!({"price_minor": 2099, "tax_class": "standard", "active": true});
    let path = format!("/v1/catalogue/stores/{}/listings/{product}", settled.store);
    settled.clerk.put(&path, &listing).await.expect("a listing");
    let path = format!("/v1/catalogue/stores/{}/stock/{product}/movements", settled.store);
    let receipt = json!({"kind": "receipt", "quantity": 100_000});
    settled.clerk.post(&path, &receipt).await.expect("a receipt");
    product.parse().expect("an id")
}

/// Exactly as many are held as there are, by as many live orders.
async fn stock_is_promised_once(town: &Town) {
    let mut connection = town.connection().await;
    let held: i64 = sqlx::query_scalar(
        "select coalesce(sum(quantity), 0)::int8 from catalogue.hold_line
         join catalogue.hold using (order_id) where state = 'held'",
    )
    .fetch_one(&mut connection)
    .await
    .expect("holds");
    assert_eq!(held, i64::from(BOTTLES));
    let live: i64 =
        sqlx::query_scalar("select count(*) from orders.orders where state <> 'cancelled'")
            .fetch_one(&mut connection)
            .await
            .expect("orders");
    assert_eq!(live, i64::from(BOTTLES));
}

/// Nobody pays; time passes, as far as holds and payments can tell.
async fn nothing_is_held_beyond_its_time(town: &Town) {
    let mut connection = town.connection().await;
    for pass in [
        "update catalogue.hold set until = now() - interval '1 s' where state = 'held'",
        "update catalogue.hold_line set held_until = now() - interval '1 s'
         where held_until is not null",
        "update orders.orders set pay_by = now() - interval '1 s' where state = 'placed'",
    ] {
        sqlx::query(pass).execute(&mut connection).await.expect(pass);
    }
    for _ in 0..600 {
        let left: i64 = sqlx::query_scalar(
            "select (select count(*) from catalogue.hold where state = 'held')
                  + (select count(*) from orders.orders where state <> 'cancelled')",
        )
        .fetch_one(&mut connection)
        .await
        .expect("what is left");
        if left == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("holds or orders outlive their time");
}

async fn coupon_is_used(town: &Town) {
    let mut connection = town.connection().await;
    let used: i64 = sqlx::query_scalar("select used::int8 from cart.coupon where code = 'FIVE'")
        .fetch_one(&mut connection)
        .await
        .expect("the coupon");
    assert_eq!(used, i64::from(COUPON_USES));
}
