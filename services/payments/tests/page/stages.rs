use kernel::OrderId;
use serde_json::{Value, json};
use testkit::{Call, Goes, Pays, StandIn};

use super::counter::Counter;

#[tokio::test]
async fn a_decline_is_said_with_what_to_do_and_another_try_pays() {
    let counter = Counter::open().await;
    let started = counter.start("stripe:main", OrderId::new()).await;
    let path = Counter::path(&started);
    let before: Value = counter.browser().get(&format!("{path}/state")).await.ok();
    assert_eq!((&before["stage"], &before["seconds_left"]), (&json!("waiting"), &json!(1800)));
    assert!(counter.page(&path).await.contains(before["mark"].as_str().unwrap()));
    counter.stripe.pay(&started.provider_payment, Pays::Declined).await;
    let after: Value = counter.back(&path, &json!({})).await.ok();
    assert_eq!(after["stage"], "waiting");
    assert_ne!(after["mark"], before["mark"], "the page has something new to say");
    let page = counter.page(&path).await;
    assert!(page.contains("role=\"alert\" id=\"declined\""), "{page}");
    assert!(page.contains("not enough money on the card or account: pay in another way"), "{page}");
    counter.stripe.pay(&started.provider_payment, Pays::AfterChallenge).await;
    // What the browser says of it does not count.
    let brought = json!({"redirect_status": "failed"});
    let after: Value = counter.back(&path, &brought).await.ok();
    assert_eq!(after["stage"], "paid");
    let page = counter.page(&path).await;
    let order = format!("https://shop.example/orders/{}", order_of(&counter).await);
    assert!(page.contains("Paid") && page.contains(&order), "{page}");
    for gone in ["<script", "data-secret", "_secret_", "<form"] {
        assert!(!page.contains(gone), "{gone} in {page}");
    }
}

async fn order_of(counter: &Counter) -> String {
    let mut connection = counter.bench.connection().await;
    let order: uuid::Uuid = sqlx::query_scalar("select order_id from payments.payment")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    order.to_string()
}

#[tokio::test]
async fn nothing_is_paid_because_a_browser_says_so() {
    let counter = Counter::open().await;
    let path = Counter::path(&counter.start("stripe:main", OrderId::new()).await);
    let brought = json!({"payment_intent": "pi_1", "redirect_status": "succeeded"});
    let after: Value = counter.back(&path, &brought).await.ok();
    assert_eq!(after["stage"], "waiting");
    let started = counter.start("razorpay:main", OrderId::new()).await;
    let path = Counter::path(&started);
    let mut brought = counter.razorpay.pay(&started.provider_payment, Pays::Plainly).await;
    let genuine = brought.clone();
    brought["razorpay_signature"] = json!("0".repeat(64));
    counter.back(&path, &brought).await.refused(400, "bad-signature");
    assert_eq!(counter.stage(&path).await, "waiting");
    let after: Value = counter.back(&path, &genuine).await.ok();
    assert_eq!(after["stage"], "paid");
}

#[tokio::test]
async fn while_the_bank_is_asked_the_page_waits_and_offers_nothing_else() {
    let counter = Counter::open().await;
    let started = counter.start("paypal:card", OrderId::new()).await;
    let (path, name) = (Counter::path(&started), &started.provider_payment);
    // PayPal takes its time.
    counter.cards.fault(Call::Authorise, Goes::Slowly(600), 1);
    counter.cards.pay(name, Pays::AfterChallenge).await;
    let after: Value = counter.back(&path, &json!({"token": name})).await.ok();
    assert_eq!(after["stage"], "authorising");
    let page = counter.page(&path).await;
    assert!(page.contains("Your bank is being asked") && !page.contains("data-kind"), "{page}");
    let there = |stage: &'static str| {
        let (counter, path) = (&counter, &path);
        async move { (counter.stage(path).await == stage).then_some(()) }
    };
    counter.bench.eventually("paid", || there("paid")).await;
}

#[tokio::test]
async fn too_late_and_cancelled_are_said_and_nothing_can_be_chosen() {
    let counter = Counter::open().await;
    let order = OrderId::new();
    let cancelled = Counter::path(&counter.start("stripe:main", order).await);
    let late = Counter::path(&counter.start("stripe:main", OrderId::new()).await);
    counter.cancel(order).await;
    let gone = || async { (counter.stage(&cancelled).await == "cancelled").then_some(()) };
    counter.bench.eventually("cancelled", gone).await;
    assert!(counter.page(&cancelled).await.contains("This payment was cancelled"));
    counter.bench.advance(30 * 60);
    assert_eq!(counter.stage(&late).await, "late");
    let page = counter.page(&late).await;
    assert!(page.contains("The time to pay is over") && !page.contains("<form"), "{page}");
    for path in [&cancelled, &late] {
        assert_eq!(counter.choose(path, "razorpay:main").await, *path);
    }
    let count = "select count(*) from payments.payment";
    let mut connection = counter.bench.connection().await;
    let payments: i64 = sqlx::query_scalar(count).fetch_one(&mut connection).await.unwrap();
    assert_eq!(payments, 2);
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_marked_and_the_others_are_offered() {
    let counter = Counter::open().await;
    let path = Counter::path(&counter.start("stripe:main", OrderId::new()).await);
    counter.stripe.fault(Call::Retrieve, Goes::WrongBefore, 5);
    for _ in 0..5 {
        counter.back(&path, &json!({})).await.refused(503, "unavailable");
    }
    assert_eq!(counter.stage(&path).await, "unreachable");
    let page = counter.page(&path).await;
    assert!(page.contains("does not answer at present") && page.contains("UPI"), "{page}");
    assert!(!page.contains("data-kind"), "nobody types a card for nobody: {page}");
    // The page that somebody is typing a card into is not taken from them.
    let state: Value = counter.browser().get(&format!("{path}/state")).await.ok();
    assert!(page.contains(state["mark"].as_str().unwrap()));
    let other = Counter::path(&counter.start("razorpay:main", OrderId::new()).await);
    let page = counter.page(&other).await;
    assert!(page.contains("value=\"stripe:main\" disabled"), "{page}");
    counter.bench.advance(20);
    assert_eq!(counter.stage(&path).await, "waiting");
}
