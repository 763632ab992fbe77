//! How orders take carts over, all at once: over real connections, behind a barrier.

use std::sync::Arc;

use cart_api::Claim;
use kernel::{OrderId, StoreId};
use serde_json::{Value, json};
use sqlx::Connection as _;
use testkit::{Answer, Caller};
use tokio::sync::Barrier;

use crate::town::{Shopper, Town, line};

/// Makes the claims at the same moment.
async fn race(town: &Town, claims: Vec<(String, Claim)>) -> Vec<Answer> {
    let barrier = Arc::new(Barrier::new(claims.len()));
    let house = town.bench.house("cart");
    let racing: Vec<_> = claims
        .into_iter()
        .map(|(cart, claim)| tokio::spawn(one(house.clone(), Arc::clone(&barrier), cart, claim)))
        .collect();
    let mut answers = Vec::new();
    for racer in racing {
        answers.push(racer.await.unwrap());
    }
    answers
}

/// Makes the claims while the coupon is locked, and lets them go when all of them wait for it: then
/// each began before any other's use could be seen.
async fn race_for_coupon(town: &Town, code: &str, claims: Vec<(String, Claim)>) -> Vec<Answer> {
    let most = claims.len() as i64;
    let mut holder = town.bench.connection().await;
    let mut held = holder.begin().await.unwrap();
    sqlx::query("select from cart.coupon where code = $1 for update")
        .bind(code)
        .execute(&mut *held)
        .await
        .unwrap();
    let release = async {
        let all_wait = || async {
            let waiting: i64 = sqlx::query_scalar(
                "select count(*) from pg_stat_activity
                 where datname = current_database() and wait_event_type = 'Lock'",
            )
            .fetch_one(&mut town.bench.connection().await)
            .await
            .unwrap();
            (waiting == most).then_some(())
        };
        town.bench.eventually("all claims wait for the coupon", all_wait).await;
        held.commit().await.unwrap();
    };
    tokio::join!(race(town, claims), release).0
}

async fn one(house: Caller, barrier: Arc<Barrier>, cart: String, claim: Claim) -> Answer {
    let cart = cart.rsplit('/').next().unwrap().to_owned();
    barrier.wait().await;
    house.post(&format!("/internal/cart/carts/{cart}/claim"), &claim).await
}

fn won(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| answer.status.is_success()).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn forty_customers_use_a_coupon_with_five_uses_five_times() {
    let town = Town::new().await;
    town.coupon("FIVE", json!({ "max_uses": 5 })).await;
    town.coupon("ANYONE", json!({})).await;
    let mut claims = Vec::new();
    for number in 0..40 {
        let shopper = town.shopper();
        let cart = town.filled(&shopper).await;
        // In both orders, so that two coupons could lock each other out.
        let codes = if number % 2 == 0 { ["FIVE", "ANYONE"] } else { ["ANYONE", "FIVE"] };
        for code in codes {
            shopper.use_coupon(&cart, code).await.ok::<Value>();
        }
        claims.push((cart.clone(), town.agreed(&shopper, &cart).await));
    }
    let answers = race(&town, claims).await;
    assert_eq!(won(&answers), 5);
    assert_eq!(town.uses("FIVE").await, (5, 5));
    assert_eq!(town.uses("ANYONE").await, (5, 5), "who was refused used nothing");
    for lost in answers.into_iter().filter(|answer| !answer.status.is_success()) {
        let problem = lost.refused(409, "coupon-refused");
        assert_eq!(
            (&problem["coupon"], &problem["why"]),
            (&json!("FIVE"), &json!("has been used up"))
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn one_customer_uses_a_coupon_as_often_as_a_customer_may() {
    let town = Town::new().await;
    town.coupon("TWICE", json!({ "per_customer_uses": 2 })).await;
    let shopper = town.shopper();
    let mut claims = Vec::new();
    for _ in 0..6 {
        let cart = town.filled_at(&shopper, StoreId::new()).await;
        shopper.use_coupon(&cart, "TWICE").await.ok::<Value>();
        claims.push((cart.clone(), town.agreed(&shopper, &cart).await));
    }
    let answers = race_for_coupon(&town, "TWICE", claims).await;
    assert_eq!(won(&answers), 2);
    assert_eq!(town.uses("TWICE").await, (2, 2));
    let lost = answers.into_iter().find(|answer| !answer.status.is_success()).unwrap();
    assert_eq!(lost.refused(409, "coupon-refused")["why"], "has been used by you already");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn one_of_many_orders_gets_the_cart() {
    let town = Town::new().await;
    town.coupon("MANY", json!({})).await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    shopper.use_coupon(&cart, "MANY").await.ok::<Value>();
    let claim = town.agreed(&shopper, &cart).await;
    let claims = (0..8).map(|_| (cart.clone(), Claim { order: OrderId::new(), ..claim.clone() }));
    let answers = race(&town, claims.collect()).await;
    assert_eq!(won(&answers), 1);
    assert_eq!(town.uses("MANY").await, (1, 1));
    let order = shopper.page(&cart).await["order"].clone();
    for lost in answers.into_iter().filter(|answer| !answer.status.is_success()) {
        assert_eq!(lost.refused(409, "cart-taken")["order"], order);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn ten_calls_of_one_order_are_one_claim() {
    let town = Town::new().await;
    town.coupon("MANY", json!({})).await;
    let shopper = town.shopper();
    let cart = town.filled(&shopper).await;
    shopper.use_coupon(&cart, "MANY").await.ok::<Value>();
    let claim = town.agreed(&shopper, &cart).await;
    let answers = race(&town, vec![(cart, claim); 10]).await;
    let mut bodies: Vec<String> =
        answers.into_iter().map(|answer| answer.ok::<Value>().to_string()).collect();
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
    assert_eq!(town.uses("MANY").await, (1, 1));
}

/// Whatever comes first, an order never gets a cart that its customer did not see.
#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn a_change_and_a_claim_do_not_mix() {
    let town = Town::new().await;
    for _ in 0..12 {
        let shopper: Shopper = town.shopper();
        let cart = town.filled(&shopper).await;
        let claim = town.agreed(&shopper, &cart).await;
        let barrier = Arc::new(Barrier::new(2));
        let changing = {
            let (caller, barrier) = (shopper.caller.clone(), Arc::clone(&barrier));
            let path = format!("{cart}{}", line(1));
            tokio::spawn(async move {
                barrier.wait().await;
                caller.put(&path, json!({ "quantity": 2 })).await
            })
        };
        let claiming = tokio::spawn(one(town.bench.house("cart"), barrier, cart.clone(), claim));
        let (changed, claimed) = (changing.await.unwrap(), claiming.await.unwrap());
        let page = shopper.page(&cart).await;
        if claimed.status.is_success() {
            changed.refused(409, "cart-taken");
            assert_eq!(page["lines"][0]["quantity"], 1);
        } else {
            claimed.refused(409, "total-changed");
            changed.ok::<Value>();
            assert_eq!(page["lines"][0]["quantity"], 2);
        }
    }
}
