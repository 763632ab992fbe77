use std::sync::Arc;

use kernel::OrderId;
use orders_api::Move;
use payments_api::Started;
use tokio::sync::Barrier;

use crate::shop::Shop;

const INTENTS: &str = "select count(*) from sandbox.intent";

#[tokio::test]
async fn an_order_has_one_payment_however_often_it_is_started() {
    let shop = Arc::new(Shop::open().await);
    let order = OrderId::new();
    let barrier = Arc::new(Barrier::new(8));
    let starts = (0..8).map(|_| {
        let (shop, barrier) = (Arc::clone(&shop), Arc::clone(&barrier));
        tokio::spawn(async move {
            barrier.wait().await;
            shop.start(order).await
        })
    });
    let started: Vec<Started> =
        futures::future::join_all(starts).await.into_iter().map(Result::unwrap).collect();
    assert!(started.iter().all(|one| *one == started[0]), "{started:#?}");
    assert_eq!(shop.count(INTENTS).await, 1);

    let other = shop.start_of(order, 2600);
    shop.try_start(&other).await.refused(409, "payment-differs");
    let mut foreign = shop.start_of(order, 2599);
    foreign.customer = testkit::customer().customer();
    shop.try_start(&foreign).await.refused(409, "payment-differs");
    shop.try_start(&shop.start_of(OrderId::new(), 0)).await.refused(422, "invalid-input");
}

#[tokio::test]
async fn an_answer_that_never_came_is_asked_for_again_under_the_same_key() {
    let shop = Shop::open().await;
    let start = shop.start_of(OrderId::new(), 2599);
    shop.fault("create", "before", 1).await;
    shop.try_start(&start).await.refused(503, "provider-unavailable");
    assert_eq!(shop.count(INTENTS).await, 0);
    shop.fault("create", "after", 1).await;
    shop.try_start(&start).await.refused(503, "provider-unavailable");
    assert_eq!(shop.count(INTENTS).await, 1, "it took effect there");
    let started: Started = shop.try_start(&start).await.ok();
    assert_eq!(shop.count(INTENTS).await, 1, "and is not made twice");
    assert!(started.pay_url.contains(&started.provider_payment));
}

#[tokio::test]
async fn one_that_its_provider_never_answered_ends_with_its_order_and_is_cut_with_its_person() {
    let shop = Shop::open().await;
    let start = shop.start_of(OrderId::new(), 2599);
    shop.fault("create", "before", 1).await;
    shop.try_start(&start).await.refused(503, "provider-unavailable");
    shop.tell(start.order, Move::Cancelled { reason: "nobody paid".into() }).await;
    let ended = "select count(*) from payments.payment where state = 'cancelled'";
    shop.bench.later("it is over", || async { (shop.count(ended).await == 1).then_some(()) }).await;
    shop.try_start(&start).await.refused(422, "provider-refused");
    shop.bench.tell(&accounts_api::PersonErased { person: shop.customer.person }).await;
    let words = "select count(*) from payments.payment where description <> ''";
    shop.bench.later("it is cut", || async { (shop.count(words).await == 0).then_some(()) }).await;
}

#[tokio::test]
async fn a_provider_that_refuses_says_why() {
    let shop = Shop::open().await;
    let mut start = shop.start_of(OrderId::new(), 2599);
    start.pay_by = shop.bench.now();
    let problem = shop.try_start(&start).await.refused(422, "provider-refused");
    assert!(problem["why"].as_str().unwrap().contains("expires_at"), "{problem}");
}

#[tokio::test]
async fn an_order_that_ended_first_is_never_paid() {
    let shop = Shop::open().await;
    let order = OrderId::new();
    shop.tell(order, Move::Cancelled { reason: "no stock".into() }).await;
    shop.quiet().await;
    let problem = shop.try_start(&shop.start_of(order, 2599)).await;
    problem.refused(422, "provider-refused");
    assert_eq!(shop.count(INTENTS).await, 0);
}
