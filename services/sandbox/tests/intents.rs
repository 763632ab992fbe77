use serde_json::{Value, json};

use crate::{GOOD, Provider, id, new_intent, refused};

const PATH: &str = "/sandbox/v1/payment_intents";

#[tokio::test]
async fn money_is_set_aside_captured_in_part_and_given_back() {
    let provider = Provider::start().await;
    let intent = provider.create().await;
    assert_eq!(intent["status"], "requires_payment_method");
    refused(
        provider.act(&intent, "capture", json!({})).await,
        400,
        "payment_intent_unexpected_state",
    );
    let paid: Value = provider.confirm(&intent, GOOD).await.ok();
    assert_eq!(
        (&paid["status"], &paid["amount_capturable"]),
        (&json!("requires_capture"), &json!(2599))
    );
    refused(provider.confirm(&intent, GOOD).await, 400, "payment_intent_unexpected_state");
    let more = json!({"amount_to_capture": 2600});
    refused(provider.act(&intent, "capture", more).await, 400, "amount_too_large");
    let part = json!({"amount_to_capture": 2000});
    provider.act(&intent, "capture", part).await.ok::<Value>();
    refused(
        provider.act(&intent, "cancel", json!({})).await,
        400,
        "payment_intent_unexpected_state",
    );
    let refund = |amount: i64| {
        let body = json!({"payment_intent": id(&intent), "amount": amount, "metadata": {"n": "1"}});
        let merchant = provider.merchant();
        async move { merchant.post("/sandbox/v1/refunds", body).await }
    };
    refund(1500).await.ok::<Value>();
    refused(refund(501).await, 400, "amount_too_large");
    refund(500).await.ok::<Value>();
    refused(refund(1).await, 400, "charge_already_refunded");
    let now = provider.retrieve(&intent).await;
    assert_eq!((&now["amount_received"], &now["amount_capturable"]), (&json!(2000), &json!(0)));
    let refunds = now["latest_charge"]["refunds"]["data"].as_array().unwrap();
    assert_eq!((refunds.len(), &refunds[0]["metadata"]), (2, &json!({"n": "1"})));
}

#[tokio::test]
async fn one_key_is_one_write() {
    let provider = Provider::start().await;
    let keyed = provider.merchant().with("idempotency-key", "k1");
    let twins = (0..5).map(|_| keyed.post(PATH, new_intent()));
    let made: Vec<Value> =
        futures::future::join_all(twins).await.into_iter().map(testkit::Answer::ok).collect();
    assert!(made.iter().all(|one| *one == made[0]), "{made:#?}");
    let mut other = new_intent();
    other["amount"] = json!(1);
    let error = keyed.post(PATH, other).await;
    assert_eq!(
        (error.status.as_u16(), &error.body["error"]["type"]),
        (400, &json!("idempotency_error"))
    );
    refused(
        keyed.with("idempotency-key", "").post(PATH, new_intent()).await,
        400,
        "parameter_invalid",
    );
    // A refusal is not kept: the same key may try again once it can be done.
    let capture = format!("{PATH}/{}/capture", id(&made[0]));
    let keyed = provider.merchant().with("idempotency-key", "k2");
    refused(keyed.post(&capture, json!({})).await, 400, "payment_intent_unexpected_state");
    provider.confirm(&made[0], GOOD).await.ok::<Value>();
    keyed.post(&capture, json!({})).await.ok::<Value>();
    keyed.post(&capture, json!({})).await.ok::<Value>();
}

#[tokio::test]
async fn a_browsers_key_is_its_own_and_opens_nothing() {
    let provider = Provider::start().await;
    let intent = provider.create().await;
    let browser = provider.browser().with("idempotency-key", "k");
    let confirm = format!("{PATH}/{}/confirm", id(&intent));
    let card = json!({"number": GOOD, "exp": "12/34", "cvc": "123"});
    let body = json!({"client_secret": intent["client_secret"], "card": card});
    let paid: Value = browser.post(&confirm, &body).await.ok();
    assert_eq!(browser.post(&confirm, &body).await.ok::<Value>(), paid, "sent again");
    let stranger = browser.post(&confirm, json!({"client_secret": "x", "card": card})).await;
    assert_eq!(stranger.status, 400);
    assert!(!stranger.body.to_string().contains("_secret_"), "{}", stranger.body);
    // The merchant's own key of that name is still free.
    provider.merchant().with("idempotency-key", "k").post(PATH, new_intent()).await.ok::<Value>();
}

#[tokio::test]
async fn cards_do_what_they_say_and_are_not_kept() {
    let provider = Provider::start().await;
    let intent = provider.create().await;
    let declined =
        refused(provider.confirm(&intent, "4000000000000002").await, 402, "card_declined");
    assert_eq!(declined["decline_code"], "generic_decline");
    assert_eq!(declined["payment_intent"]["status"], "requires_payment_method");
    let poor =
        refused(provider.confirm(&intent, "4000 0000 0000 9995").await, 402, "card_declined");
    assert_eq!(poor["decline_code"], "insufficient_funds");
    let real = refused(provider.confirm(&intent, "5555555555554444").await, 402, "card_declined");
    assert_eq!(real["decline_code"], "test_mode_live_card");
    refused(provider.confirm(&intent, "4242424242424241").await, 402, "incorrect_number");
    assert_eq!(provider.confirm(&intent, "4000000000000119").await.status, 500);
    assert_eq!(provider.retrieve(&intent).await["status"], "requires_capture", "all the same");
    assert_eq!(provider.act(&intent, "capture", json!({})).await.status, 500);
    assert_eq!(provider.retrieve(&intent).await["status"], "succeeded", "all the same");

    let dump: String = sqlx::query_scalar(
        "select (select jsonb_agg(t) from sandbox.intent t)::text
             || (select jsonb_agg(t) from sandbox.event t)::text
             || coalesce((select jsonb_agg(t) from sandbox.answered t)::text, '')",
    )
    .fetch_one(&mut provider.bench.connection().await)
    .await
    .unwrap();
    for number in ["4000000000000119", "4000000000009995", "5555555555554444"] {
        assert!(!dump.contains(number), "{number} is kept");
    }
    assert!(dump.contains("0119"), "its last four digits are");
}

#[tokio::test]
async fn only_who_knows_the_secret_may() {
    let provider = Provider::start().await;
    let intent = provider.create().await;
    let path = format!("{PATH}/{}", id(&intent));
    let secret = intent["client_secret"].as_str().unwrap();
    let browser = provider.browser();
    refused(browser.get(&path).await, 401, "api_key_invalid");
    refused(browser.post(PATH, new_intent()).await, 401, "api_key_invalid");
    refused(browser.get("/sandbox/v1/events").await, 401, "api_key_invalid");
    let theirs: Value = browser.get(&format!("{path}?client_secret={secret}")).await.ok();
    assert_eq!(theirs["metadata"], Value::Null);
    refused(browser.get(&format!("{path}?client_secret=x")).await, 404, "resource_missing");
    let mut other = intent.clone();
    other["client_secret"] = json!("pi_x_secret_x");
    refused(provider.confirm(&other, GOOD).await, 404, "resource_missing");
    for missing in ["pi_none", "%00", "x"] {
        let missing = provider.merchant().get(&format!("{PATH}/{missing}")).await;
        refused(missing, 404, "resource_missing");
    }
    let asks = browser.with("origin", "https://shop.example");
    let preflight = asks
        .with("access-control-request-method", "POST")
        .send(axum::http::Method::OPTIONS, &format!("{path}/confirm"), axum::body::Body::empty())
        .await;
    assert_eq!(preflight.headers["access-control-allow-origin"], "*");
}

#[tokio::test]
async fn bad_input_is_refused_with_its_parameter() {
    let provider = Provider::start().await;
    for (param, value) in [
        ("amount", json!(0)),
        ("amount", json!(-1)),
        ("currency", json!("USD")),
        ("currency", json!("zzz")),
        ("description", json!("\u{0}")),
        ("metadata", json!({"a": "\u{0}"})),
        ("metadata", json!({"a": 1})),
        ("return_url", json!("javascript:alert(1)")),
        ("return_url", json!("/orders")),
        ("expires_at", json!(1)),
    ] {
        let mut input = new_intent();
        input[param] = value.clone();
        let answer = provider.merchant().post(PATH, input).await;
        assert_eq!(refused(answer, 400, "parameter_invalid")["param"], param, "{value}");
    }
    let mut input = new_intent();
    input["paid"] = json!(true);
    refused(provider.merchant().post(PATH, input).await, 400, "parameter_invalid");
    let list = provider.merchant().get("/sandbox/v1/events?limit=0").await;
    refused(list, 400, "parameter_invalid");
    let list = provider.merchant().get("/sandbox/v1/events?limit=x").await;
    refused(list, 400, "parameter_invalid");
}

#[tokio::test]
async fn what_nobody_pays_in_time_ends() {
    let provider = Provider::start().await;
    let mut input = new_intent();
    input["expires_at"] = json!(provider.bench.now().as_second() + 60);
    let intent: Value = provider.merchant().post(PATH, input).await.ok();
    provider.bench.advance(60);
    refused(provider.confirm(&intent, GOOD).await, 400, "payment_intent_unexpected_state");
    assert_eq!(provider.retrieve(&intent).await["status"], "canceled");
    provider
        .bench
        .eventually("told", || async {
            (provider.kinds() == ["payment_intent.canceled"]).then_some(())
        })
        .await;
}
