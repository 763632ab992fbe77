use std::sync::Arc;

use kernel::{Actor, OrderId, StoreId};
use payments_api::Started;
use serde_json::{Value, json};
use testkit::Answer;
use tokio::sync::Barrier;

use crate::shop::{GOOD, Shop};

/// A captured payment of 25.99 at a store.
async fn captured_at(shop: &Shop, store: StoreId) -> Started {
    let order = OrderId::new();
    let start = payments_api::Start { store, ..shop.start_of(order, 2599) };
    let started: Started = shop.try_start(&start).await.ok();
    shop.pay(&started, GOOD).await.ok::<Value>();
    shop.come_back(&started).await.ok::<Value>();
    shop.tell(order, orders_api::Move::Packed).await;
    shop.bench
        .later("captured", || async {
            (shop.show(&started).await["state"] == "captured").then_some(())
        })
        .await;
    started
}

async fn limit(shop: &Shop, desk: &str, per_payment: i64, per_day: i64) {
    let input =
        json!({"desk": desk, "currency": "USD", "per_payment": per_payment, "per_day": per_day});
    shop.operator().put("/v1/payments/refund-limits", input).await.ok::<Value>();
}

async fn ask(shop: &Shop, who: &Actor, of: &Started, key: &str, amount: i64) -> Answer {
    let path = format!("/v1/payments/payments/{}/refunds", of.payment);
    let input = json!({"amount": {"amount": amount, "currency": "USD"}, "code": "damaged", "reason": "broken"});
    shop.bench.signed("payments", who).with("idempotency-key", key).post(&path, input).await
}

async fn decide(shop: &Shop, who: &Actor, refund: &Value, approve: bool) -> Answer {
    let path = format!("/v1/payments/refunds/{}/decision", refund["refund"].as_str().unwrap());
    let input = json!({"approve": approve, "reason": "seen the picture"});
    shop.bench.signed("payments", who).post(&path, input).await
}

async fn waiting(shop: &Shop, who: &Actor) -> Vec<Value> {
    let path = "/v1/payments/refunds?state=waiting";
    let page: Value = shop.bench.signed("payments", who).get(path).await.ok();
    page["items"].as_array().unwrap().clone()
}

const OPERATIONS: &str = "select count(*) from payments.operation where kind = 'refund'";

#[tokio::test]
async fn a_store_gives_back_a_little_alone_and_more_with_a_second_person_once() {
    let shop = Arc::new(Shop::open().await);
    let (store, other) = (StoreId::new(), StoreId::new());
    let started = captured_at(&shop, store).await;
    limit(&shop, "store", 500, 5000).await;
    let (manager, colleague) = (testkit::staff(&[store]), testkit::staff(&[store]));
    let stranger = testkit::staff(&[other]);
    ask(&shop, &stranger, &started, "s", 1).await.refused(404, "not-found");
    let small: Value = ask(&shop, &manager, &started, "a", 300).await.ok();
    assert_ne!(small["state"], "waiting");
    // In pieces, by a colleague: the limit is the payment's.
    let rest: Value = ask(&shop, &colleague, &started, "b", 300).await.ok();
    assert_eq!((&rest["state"], &rest["can"]), (&json!("waiting"), &json!(["decline"])));
    assert_eq!(
        ask(&shop, &colleague, &started, "b", 300).await.ok::<Value>()["refund"],
        rest["refund"]
    );
    ask(&shop, &colleague, &started, "b", 301).await.refused(422, "idempotency-key-reused");
    // What waits is promised.
    let much = ask(&shop, &testkit::operator(), &started, "c", 2000).await;
    assert_eq!(much.refused(409, "too-much")["left"]["amount"], 1999);

    assert!(waiting(&shop, &stranger).await.is_empty());
    let operator = testkit::operator();
    assert_eq!(waiting(&shop, &operator).await[0]["can"], json!(["approve", "decline"]));
    decide(&shop, &stranger, &rest, true).await.refused(404, "not-found");
    decide(&shop, &colleague, &rest, true).await.refused(403, "same-person");
    decide(&shop, &manager, &rest, true).await.refused(403, "beyond-limit");
    let support = testkit::support();
    let barrier = Arc::new(Barrier::new(6));
    let agreed = (0..6).map(|n| {
        let (shop, rest, barrier) = (Arc::clone(&shop), rest.clone(), Arc::clone(&barrier));
        let who = if n % 2 == 0 { operator.clone() } else { support.clone() };
        tokio::spawn(async move {
            barrier.wait().await;
            decide(&shop, &who, &rest, true).await.status
        })
    });
    let statuses: Vec<u16> = futures::future::join_all(agreed)
        .await
        .into_iter()
        .map(|status| status.unwrap().as_u16())
        .collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 3, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 3, "{statuses:?}");
    shop.quiet().await;
    assert_eq!(shop.count(OPERATIONS).await, 2);
    assert_eq!(shop.count("select count(*) from sandbox.refund").await, 2);
    assert_eq!(shop.show(&started).await["refunded"]["amount"], 600);
    assert!(waiting(&shop, &operator).await.is_empty());
    // Who asked and who agreed is told to whoever keeps such things.
    let deeds = shop.bench.told::<host::Deed>("payments").await;
    let count = |operation: &str| deeds.iter().filter(|deed| deed.operation == operation).count();
    assert_eq!((count("refund_payment"), count("decide_refund")), (3, 3));
}

#[tokio::test]
async fn a_persons_day_counts_over_payments_even_at_once() {
    let shop = Arc::new(Shop::open().await);
    let store = StoreId::new();
    limit(&shop, "support", 1000, 1500).await;
    let support = testkit::support();
    let mut asked = Vec::new();
    let barrier = Arc::new(Barrier::new(4));
    for _ in 0..4 {
        let started = captured_at(&shop, store).await;
        let (shop, support, barrier) = (Arc::clone(&shop), support.clone(), Arc::clone(&barrier));
        asked.push(tokio::spawn(async move {
            barrier.wait().await;
            ask(&shop, &support, &started, "k", 700).await.ok::<Value>()["state"].clone()
        }));
    }
    let states = futures::future::join_all(asked).await;
    let waits = states.iter().filter(|state| *state.as_ref().unwrap() == "waiting").count();
    assert_eq!(waits, 2, "{states:?}");
    shop.quiet().await;
    assert_eq!(shop.count(OPERATIONS).await, 2);
}

#[tokio::test]
async fn what_is_declined_or_lapses_gives_nothing_back_and_frees_what_it_promised() {
    let shop = Shop::open().await;
    let store = StoreId::new();
    let started = captured_at(&shop, store).await;
    let (owner, support) = (testkit::owner(kernel::VendorId::new(), &[store]), testkit::support());
    limit(&shop, "store", 0, 0).await;
    let first: Value = ask(&shop, &owner, &started, "a", 2599).await.ok();
    let declined: Value = decide(&shop, &support, &first, false).await.ok();
    assert_eq!(
        (&declined["state"], &declined["decision"]),
        (&json!("declined"), &json!("seen the picture"))
    );
    decide(&shop, &testkit::operator(), &first, true).await.refused(409, "not-waiting");
    let second: Value = ask(&shop, &owner, &started, "b", 2599).await.ok();
    ask(&shop, &owner, &started, "c", 1).await.refused(409, "too-much");
    shop.bench.advance(72 * 3600 + 1);
    decide(&shop, &testkit::operator(), &second, true).await.refused(409, "not-waiting");
    let lapsed = "select count(*) from payments.refund_request where state = 'lapsed'";
    shop.bench.later("lapsed", || async { (shop.count(lapsed).await == 1).then_some(()) }).await;
    assert_eq!(ask(&shop, &owner, &started, "b", 2599).await.ok::<Value>()["state"], "lapsed");
    assert_eq!(shop.count(OPERATIONS).await, 0);
    ask(&shop, &owner, &started, "d", 2599).await.ok::<Value>();
}

#[tokio::test]
async fn limits_are_operators_data_and_the_list_has_pages() {
    let shop = Shop::open().await;
    let store = StoreId::new();
    let started = captured_at(&shop, store).await;
    limit(&shop, "support", 0, 0).await;
    let support = testkit::support();
    let desk = shop.bench.signed("payments", &support);
    let input = json!({"desk": "support", "currency": "USD", "per_payment": 1, "per_day": 1});
    desk.put("/v1/payments/refund-limits", &input).await.refused(403, "forbidden");
    let all: Value = shop.operator().get("/v1/payments/refund-limits").await.ok();
    assert_eq!(all["limits"].as_array().unwrap().len(), 4);
    let negative = json!({"desk": "store", "currency": "USD", "per_payment": -1, "per_day": 1});
    shop.operator().put("/v1/payments/refund-limits", negative).await.refused(422, "invalid-input");
    for n in 0..3 {
        ask(&shop, &support, &started, &n.to_string(), 10).await.ok::<Value>();
    }
    let first: Value = desk.get("/v1/payments/refunds?state=waiting&limit=2").await.ok();
    let next = first["next"].as_str().unwrap();
    let rest: Value = desk.get(&format!("/v1/payments/refunds?limit=2&after={next}")).await.ok();
    assert_eq!(
        (first["items"].as_array().unwrap().len(), rest["items"].as_array().unwrap().len()),
        (2, 1)
    );
    shop.customer().get("/v1/payments/refunds").await.refused(403, "forbidden");
    let view: Value = desk.get(&format!("/v1/payments/payments/{}", started.payment)).await.ok();
    assert_eq!(view["can"], json!(["refund"]));
}
