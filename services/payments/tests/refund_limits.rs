use std::sync::Arc;

use kernel::{Actor, OrderId, StoreId};
use payments_api::{Start, Started};
use serde_json::{Value, json};
use testkit::Answer;
use tokio::sync::Barrier;

use crate::shop::{GOOD, Shop};

/// A captured payment of 25.99 at a store.
async fn captured_at(shop: &Shop, store: StoreId) -> Started {
    let order = OrderId::new();
    let start = Start { store, ..shop.start_of(order, 2599) };
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
    let row_of = |row: &&Value| row["desk"] == "support" && row["currency"] == "USD";
    let row = all["limits"].as_array().unwrap().iter().find(row_of).unwrap();
    assert_eq!((&row["per_payment"], &row["per_day"]), (&json!(0), &json!(0)));
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

const LIMITS: &str = "/v1/payments/refund-limits";

async fn set_limit(shop: &Shop, who: &Actor, per_payment: i64) -> Value {
    let input = json!({"desk": "operator", "currency": "USD", "per_payment": per_payment,
                       "per_day": per_payment});
    shop.bench.signed("payments", who).put(LIMITS, input).await.ok()
}

async fn decide_limit(shop: &Shop, who: &Actor, change: &Value, approve: bool) -> Answer {
    let path = format!("{LIMITS}/changes/{}/decision", change["change"].as_str().unwrap());
    shop.bench.signed("payments", who).post(&path, json!({"approve": approve})).await
}

#[tokio::test]
async fn an_operator_who_raises_their_own_limit_still_waits_for_a_second_person() {
    let shop = Shop::open().await;
    let started = captured_at(&shop, StoreId::new()).await;
    let (one, other) = (testkit::operator(), testkit::operator());
    let lowered = set_limit(&shop, &other, 100).await;
    assert_eq!(
        (&lowered["state"], &lowered["from"]["per_payment"]),
        (&json!("effective"), &json!(1_000_000))
    );
    let raised = set_limit(&shop, &one, 5_000).await;
    assert_eq!((&raised["state"], &raised["can"]), (&json!("waiting"), &json!(["decline"])));
    assert_eq!(ask(&shop, &one, &started, "a", 101).await.ok::<Value>()["state"], "waiting");
    decide_limit(&shop, &one, &raised, true).await.refused(403, "same-person");
    let support = testkit::support();
    decide_limit(&shop, &support, &raised, true).await.refused(403, "forbidden");
    // Another one takes its place; what is declined holds neither now nor in a day.
    let again = set_limit(&shop, &one, 6_000).await;
    decide_limit(&shop, &other, &raised, true).await.refused(409, "not-waiting");
    decide_limit(&shop, &one, &again, false).await.ok::<Value>();
    shop.bench.advance(24 * 3600 + 1);
    assert_eq!(ask(&shop, &one, &started, "b", 102).await.ok::<Value>()["state"], "waiting");
    // What a second operator agrees to holds at once.
    let third = set_limit(&shop, &one, 5_000).await;
    let agreed: Value = decide_limit(&shop, &other, &third, true).await.ok();
    assert_eq!(
        (&agreed["state"], &agreed["decided_by"]),
        (&json!("effective"), &json!(other.person))
    );
    let given: Value = ask(&shop, &one, &started, "c", 103).await.ok();
    assert_ne!(given["state"], "waiting");
    // And back again.
    set_limit(&shop, &one, 100).await;
    history_tells(&shop, &one).await;
}

/// All of it, newest first, in pages; and PostgreSQL lets nobody change it.
async fn history_tells(shop: &Shop, one: &Actor) {
    let path = format!("{LIMITS}/changes");
    let all: Value = shop.operator().get(&path).await.ok();
    let to = |row: &Value| {
        (row["to"]["per_payment"].as_i64().unwrap(), row["state"].as_str().unwrap().to_owned())
    };
    let told: Vec<(i64, String)> = all["items"].as_array().unwrap().iter().map(to).collect();
    let told: Vec<(i64, &str)> = told.iter().map(|(to, state)| (*to, state.as_str())).collect();
    assert_eq!(
        told,
        [
            (100, "effective"),
            (5_000, "effective"),
            (6_000, "declined"),
            (5_000, "declined"),
            (100, "effective")
        ]
    );
    assert!(
        all["items"].as_array().unwrap()[1..4]
            .iter()
            .all(|row| row["asked_by"] == json!(one.person))
    );
    let first: Value = shop.operator().get(&format!("{path}?limit=2")).await.ok();
    let next = first["next"].as_str().unwrap();
    let rest: Value = shop.operator().get(&format!("{path}?after={next}")).await.ok();
    assert_eq!(rest["items"].as_array().unwrap().len(), 3);
    for change in [
        "update payments.refund_limit_change set per_day = 1",
        "delete from payments.refund_limit_decision",
    ] {
        let error =
            sqlx::query(change).execute(&mut shop.bench.connection().await).await.unwrap_err();
        let constraint = error.as_database_error().and_then(|error| error.constraint());
        assert_eq!(constraint, Some("ledger_is_kept"), "{change}");
    }
}

#[tokio::test]
async fn where_there_is_one_operator_alone_a_raise_holds_after_a_day_in_which_it_can_be_seen() {
    let shop = Shop::open_with("[payments.refunds]\nraise_alone_hours = 24\n").await;
    let started = captured_at(&shop, StoreId::new()).await;
    let alone = testkit::operator();
    set_limit(&shop, &alone, 100).await;
    set_limit(&shop, &alone, 500).await;
    shop.bench.advance(24 * 3600 - 60);
    assert_eq!(ask(&shop, &alone, &started, "a", 200).await.ok::<Value>()["state"], "waiting");
    shop.bench.advance(61);
    assert_ne!(ask(&shop, &alone, &started, "b", 201).await.ok::<Value>()["state"], "waiting");
}

#[tokio::test]
async fn without_a_second_operator_no_raise_ever_holds() {
    let shop = Shop::open().await;
    let started = captured_at(&shop, StoreId::new()).await;
    let alone = testkit::operator();
    set_limit(&shop, &alone, 100).await;
    set_limit(&shop, &alone, 500).await;
    shop.bench.advance(90 * 24 * 3600);
    assert_eq!(ask(&shop, &alone, &started, "a", 200).await.ok::<Value>()["state"], "waiting");
}

#[tokio::test]
async fn nobody_gives_back_what_they_paid_themselves_or_agrees_to_it() {
    let shop = Shop::open().await;
    let store = StoreId::new();
    let started = captured_at(&shop, store).await;
    let own = |actor: Actor| Actor { person: shop.customer.person, ..actor };
    for role in [own(testkit::operator()), own(testkit::support()), own(testkit::staff(&[store]))] {
        ask(&shop, &role, &started, "own", 1).await.refused(403, "own-order");
        let path = format!("/v1/payments/payments/{}", started.payment);
        let view: Value = shop.bench.signed("payments", &role).get(&path).await.ok();
        assert!(!view["can"].as_array().unwrap().contains(&json!("refund")), "{view}");
    }
    limit(&shop, "store", 0, 0).await;
    let waits: Value = ask(&shop, &testkit::staff(&[store]), &started, "a", 10).await.ok();
    let operator = own(testkit::operator());
    assert_eq!(waiting(&shop, &operator).await[0]["can"], json!(["decline"]));
    decide(&shop, &operator, &waits, true).await.refused(403, "own-order");
    assert_eq!(shop.count(OPERATIONS).await, 0);
    decide(&shop, &testkit::operator(), &waits, true).await.ok::<Value>();
}

#[tokio::test]
async fn in_a_currency_that_is_not_listed_the_first_cent_needs_a_second_person() {
    let shop = Shop::open().await;
    let order = OrderId::new();
    let francs = kernel::Money::new(2599, kernel::Currency::CHF);
    let start = Start { amount: francs, ..shop.start_of(order, 2599) };
    let started: Started = shop.try_start(&start).await.ok();
    shop.pay(&started, GOOD).await.ok::<Value>();
    shop.come_back(&started).await.ok::<Value>();
    shop.tell(order, orders_api::Move::Packed).await;
    let captured = || async { (shop.show(&started).await["state"] == "captured").then_some(()) };
    shop.bench.later("captured", captured).await;
    let path = format!("/v1/payments/payments/{}/refunds", started.payment);
    let input = json!({"amount": {"amount": 1, "currency": "CHF"}, "reason": "broken"});
    let asked: Value = shop.operator().with("idempotency-key", "k").post(&path, input).await.ok();
    assert_eq!(asked["state"], "waiting");
}
