//! Many at once, on real connections.

use std::sync::Arc;

use catalogue_api::StockLow;
use kernel::{OrderId, ProductId};
use serde_json::Value;
use sqlx::PgConnection;
use tokio::{sync::Barrier, task::JoinSet};

use crate::shop::Shop;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_race_for_seventeen_bottles() {
    let shop = Arc::new(Shop::open().await);
    let bottle = shop.bottle("Pappy Van Winkle", 17).await;
    let barrier = Arc::new(Barrier::new(60));
    let mut buyers = JoinSet::new();
    for _ in 0..60 {
        let (shop, barrier) = (Arc::clone(&shop), Arc::clone(&barrier));
        buyers.spawn(async move {
            barrier.wait().await;
            let answer = shop.hold(OrderId::new(), &[(bottle, 1)]).await;
            if answer.status.is_success() {
                return true;
            }
            let short = answer.refused(409, "out-of-stock");
            assert_eq!(short["short"][0]["free"], 0);
            false
        });
    }
    let won = buyers.join_all().await.into_iter().filter(|won| *won).count();
    assert_eq!(won, 17);
    let told = shop.bench.told::<StockLow>("catalogue").await;
    assert_eq!(told.iter().map(|low| low.free).collect::<Vec<_>>(), [5], "once, by who crossed it");
    assert_eq!(shop.counts(bottle).await, [17, 0, 17, 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_mixed_crowd_never_gets_more_than_there_is() {
    let shop = Arc::new(Shop::open().await);
    let (first, second) = (shop.bottle("First", 30).await, shop.bottle("Second", 30).await);
    let barrier = Arc::new(Barrier::new(50));
    let mut crowd = JoinSet::new();
    for index in 0..50_u32 {
        let (shop, barrier) = (Arc::clone(&shop), Arc::clone(&barrier));
        crowd.spawn(async move {
            barrier.wait().await;
            let order = OrderId::new();
            // Opposite orders of lines would wait for each other, were the locks not in one order.
            let lines = match index % 2 {
                0 => [(first, 1), (second, 2)],
                _ => [(second, 1), (first, 2)],
            };
            let held = shop.hold(order, &lines).await.status.is_success();
            match index % 5 {
                _ if !held => assert!(!shop.allocate(order).await.status.is_success()),
                0 => shop.release(order).await.ok(),
                1 => _ = shop.extend(order, shop.in_minutes(30)).await.ok::<serde_json::Value>(),
                2 => _ = shop.moved(first, "write_off", 1).await,
                _ => _ = shop.allocate(order).await.ok::<serde_json::Value>(),
            }
        });
    }
    while let Some(done) = crowd.join_next().await {
        done.unwrap();
    }
    for bottle in [first, second] {
        let [on_hand, allocated, held, free] = shop.counts(bottle).await;
        assert_eq!(on_hand, allocated + held + free, "nothing is promised twice");
    }
    shop.the_ledger_adds_up().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_order_at_once_in_many_calls_is_one_hold() {
    let shop = Arc::new(Shop::open().await);
    let bottle = shop.bottle("Blanton's", 9).await;
    let other = shop.bottle("Eagle Rare", 9).await;
    let (order, barrier) = (OrderId::new(), Arc::new(Barrier::new(20)));
    let mut calls = JoinSet::new();
    for index in 0..20 {
        let (shop, barrier) = (Arc::clone(&shop), Arc::clone(&barrier));
        calls.spawn(async move {
            barrier.wait().await;
            // Even with lines that share no row to lock on, the order's own key decides.
            let product = if index % 2 == 0 { bottle } else { other };
            shop.hold(order, &[(product, 3)]).await.ok::<serde_json::Value>();
        });
    }
    while let Some(done) = calls.join_next().await {
        done.unwrap();
    }
    let held = shop.counts(bottle).await[2] + shop.counts(other).await[2];
    assert_eq!(held, 3);
}

/// A pick changes which stock rows a hold is about while the hold is released, and somebody else
/// locks those rows in their order: nobody waits for one who waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_pick_and_a_release_of_one_order_take_turns() {
    let shop = Arc::new(Shop::open().await);
    let mut bottles = [shop.bottle("Rye", 5).await, shop.bottle("Gin", 5).await];
    bottles.sort();
    let [first, second] = bottles;
    let order = shop.held(second, 1).await;
    shop.allocate(order).await.ok::<Value>();
    let mut before = Locking::new(&shop).await;
    before.lock(second).await;
    let picking = Arc::clone(&shop);
    let picking = tokio::spawn(async move { picking.pick(order, 1, &[(first, 1)]).await });
    shop.so_many_wait(1).await;
    let releasing = Arc::clone(&shop);
    let releasing = tokio::spawn(async move { releasing.release(order).await });
    shop.so_many_wait(2).await;
    let mut between = Locking::new(&shop).await;
    let between = tokio::spawn(async move {
        between.lock(first).await;
        between.lock(second).await;
    });
    shop.so_many_wait(3).await;
    drop(before);
    picking.await.unwrap().ok::<Value>();
    between.await.unwrap();
    releasing.await.unwrap().ok::<()>();
    assert_eq!(shop.counts(first).await, [5, 0, 0, 5]);
    assert_eq!(shop.counts(second).await, [5, 0, 0, 5]);
}

/// Somebody who locks stock rows until they are dropped.
struct Locking(PgConnection);

impl Locking {
    async fn new(shop: &Shop) -> Self {
        let mut connection = shop.bench.connection().await;
        sqlx::query("begin").execute(&mut connection).await.unwrap();
        Self(connection)
    }

    async fn lock(&mut self, product: ProductId) {
        sqlx::query("select from catalogue.stock where product_id = $1 for update")
            .bind(product.uuid())
            .execute(&mut self.0)
            .await
            .unwrap();
    }
}
