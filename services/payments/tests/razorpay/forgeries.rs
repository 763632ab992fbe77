//! What is not Razorpay's word about our payment changes nothing anywhere.

use axum::http::{HeaderMap, HeaderValue};
use hmac::{Hmac, KeyInit, Mac};
use kernel::OrderId;
use payments_api::Started;
use serde_json::{Value, json};
use sha2::Sha256;
use testkit::{Pays, StandIn, Webhook};

use super::house::{House, inr};

const OLD: &str = "the secret before the one of now";

fn mac(secret: &str, body: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    mac.finalize().into_bytes().to_vec()
}

fn sign(secret: &str, body: &[u8]) -> String {
    hex::encode(mac(secret, body))
}

fn signed(signature: &str, body: &[u8]) -> Webhook {
    let mut headers = HeaderMap::new();
    headers.insert("x-razorpay-event-id", HeaderValue::from_static("forged"));
    headers.insert("x-razorpay-signature", HeaderValue::from_str(signature).unwrap());
    Webhook { kind: "forged".into(), headers, body: body.to_vec() }
}

/// A house with an old secret past its grace, and a payment that waits.
async fn waiting() -> (House, Started) {
    let house =
        House::with_old(&format!("{{ secret = \"{OLD}\", until = \"2026-06-15T16:59:59Z\" }}, "))
            .await;
    let started = house.started(OrderId::new()).await;
    (house, started)
}

/// What Razorpay would say if it had been paid.
fn event(house: &House, order: &str) -> Value {
    let payment = json!({"id": "pay_ForgedForged01", "entity": "payment", "amount": 90_000,
        "currency": "INR", "status": "captured", "order_id": order, "captured": true});
    json!({"entity": "event", "account_id": house.razorpay.account_id, "event": "payment.captured",
        "contains": ["payment"], "payload": {"payment": {"entity": payment}},
        "created_at": 1_781_542_800})
}

#[tokio::test]
async fn signatures_that_do_not_hold_change_nothing() {
    let (house, started) = waiting().await;
    let there = &house.razorpay;
    let body = event(&house, &started.provider_payment).to_string().into_bytes();
    let good = sign(&there.webhook_secret, &body);
    let mut one_changed = body.clone();
    one_changed[20] ^= 1;
    let pretty = serde_json::to_vec_pretty(&event(&house, &started.provider_payment)).unwrap();
    let before = house.dump().await;
    let upper = good.to_uppercase();
    let base64 = "VdPBZjkexRKFs4jxu5/w273hNr7ORISqrG7aNKAUWZo=";
    for (what, signature, body) in [
        ("empty", "", &body),
        ("an empty key", &sign("", &body), &body),
        ("the API's secret", &sign(&there.key_secret, &body), &body),
        ("the key's id", &sign(&there.key_id, &body), &body),
        ("another provider's", &sign("whsec_of_another_provider_0123456789", &body), &body),
        ("the old secret past its grace", &sign(OLD, &body), &body),
        ("upper case", &upper, &body),
        ("base64", base64, &body),
        ("truncated", &good[..62], &body),
        ("half a byte less", &good[..63], &body),
        ("extended", &format!("{good}00"), &body),
        ("with a scheme", &format!("v1={good}"), &body),
        ("two at once", &format!("{good},{good}"), &body),
        ("of nothing", &sign(&there.webhook_secret, b""), &body),
        ("re-serialised", &good, &pretty),
        ("one bit changed", &good, &one_changed),
        ("a line more", &good, &[body.as_slice(), b"\n"].concat()),
    ] {
        let answer = house.send(&signed(signature, body)).await;
        assert_eq!(answer.status, 400, "{what}");
    }
    let mut without = signed("", &body);
    without.headers.remove("x-razorpay-signature");
    house.send(&without).await.refused(400, "bad-signature");
    let mut elsewhere = signed(&good, &body);
    let value = elsewhere.headers.remove("x-razorpay-signature").unwrap();
    elsewhere.headers.insert("stripe-signature", value);
    house.send(&elsewhere).await.refused(400, "bad-signature");
    house.quiet().await;
    assert_eq!(house.dump().await, before);
}

#[tokio::test]
async fn signed_but_not_of_ours_or_not_an_event() {
    let (house, started) = waiting().await;
    let secret = house.razorpay.webhook_secret.clone();
    let good = event(&house, &started.provider_payment);
    let text = good.to_string();
    let mut other_account = good.clone();
    other_account["account_id"] = json!("acc_OfSomebodyElse");
    let before = house.dump().await;
    for (what, body) in [
        ("of another account", other_account.to_string()),
        ("no event", "{}".into()),
        ("no JSON", "payment.captured".into()),
        ("cut off", text[..text.len() - 1].into()),
        ("two accounts", text.replacen('{', "{\"account_id\":\"acc_x\",", 1)),
        ("two orders", text.replace("\"order_id\":", "\"order_id\":\"order_x\",\"order_id\":")),
        ("a zero byte", text.replace("payment.captured", "payment\\u0000captured")),
        ("no object", good.to_string().replace("\"payment\":{\"entity\"", "\"else\":{\"entity\"")),
    ] {
        let answer = house.send(&signed(&sign(&secret, body.as_bytes()), body.as_bytes())).await;
        answer.refused(400, "not-an-event");
        assert_eq!(house.dump().await, before, "{what}");
    }
}

/// The event's id is not signed: what is the same event is known by its content.
#[tokio::test]
async fn one_body_under_many_ids_is_one_event() {
    let (house, started) = waiting().await;
    let body = event(&house, &started.provider_payment).to_string().into_bytes();
    let mut webhook = signed(&sign(&house.razorpay.webhook_secret, &body), &body);
    for id in ["a", "b", "c"] {
        webhook.headers.insert("x-razorpay-event-id", HeaderValue::from_static(id));
        house.send(&webhook).await.ok::<Value>();
    }
    house.quiet().await;
    assert_eq!(house.count("select count(*) from payments.webhook_inbox").await, 1);
    // It says that the money is there; Razorpay, asked, says that it is not.
    assert_eq!(house.show(&started).await["state"], "open");
    assert_eq!(house.told().await, []);
}

/// A real payment of 1.00, whose notes name our order of 900.00.
#[tokio::test]
async fn a_genuine_cheap_payment_pays_for_nothing_else() {
    let (house, started) = waiting().await;
    let there = &house.razorpay;
    let notes = json!({"order": "any", "payment": started.payment});
    for amount in [inr(100), kernel::Money::new(90_000, kernel::Currency::USD)] {
        let cheap = there.strange_order(amount, notes.clone());
        there.pay(&cheap, Pays::Plainly).await;
        there.capture_by_hand(&there.payments(&cheap)[0]);
        house.send_all().await;
        house.quiet().await;
        assert_eq!(house.show(&started).await["state"], "open");
        let proof = there.proof(&cheap, &there.payments(&cheap)[0]);
        house.come_back(&started, proof).await.refused(400, "bad-signature");
    }
    assert_eq!(house.told().await, []);
    assert_eq!(house.count("select count(*) from payments.ledger_entry").await, 0);
}

#[tokio::test]
async fn what_a_browser_brings_must_be_signed_for_this_order() {
    let (house, started) = waiting().await;
    let there = &house.razorpay;
    let other = house.paid(OrderId::new()).await;
    house.quiet().await;
    let name = started.provider_payment.as_str();
    let mut of_another_payment = there.proof(name, "pay_ForgedForged01");
    of_another_payment["razorpay_payment_id"] = json!("pay_ForgedForged02");
    let mut by_webhook_secret = of_another_payment.clone();
    let message = format!("{name}|pay_ForgedForged02");
    let wrong = sign(&there.webhook_secret, message.as_bytes());
    by_webhook_secret["razorpay_signature"] = json!(wrong);
    let mut upper = there.proof(name, "pay_ForgedForged01");
    let signature = upper["razorpay_signature"].as_str().unwrap().to_uppercase();
    upper["razorpay_signature"] = json!(signature);
    let used = there.proof(&other.provider_payment, &there.payments(&other.provider_payment)[0]);
    let before = house.dump().await;
    for (what, brought) in [
        ("signature of another payment", of_another_payment),
        ("signed with the webhook secret", by_webhook_secret),
        ("in upper case", upper),
        ("of an order that is used already", used),
        ("half", json!({"razorpay_order_id": name})),
        (
            "a number",
            json!({"razorpay_order_id": name, "razorpay_payment_id": 1,
            "razorpay_signature": 2}),
        ),
    ] {
        let answer = house.come_back(&started, brought).await;
        assert!(matches!(answer.status.as_u16(), 400 | 422), "{what}: {}", answer.status);
        assert_eq!(house.dump().await, before, "{what}");
    }
    // Rightly signed, but of a payment that never was: asked, Razorpay shows none.
    let never = there.proof(name, "pay_ForgedForged01");
    let shown: Value = house.come_back(&started, never).await.ok();
    assert_eq!(shown["state"], "open");
}

#[tokio::test]
async fn more_than_was_captured_does_not_go_back() {
    let house = House::open().await;
    let started = house.captured(OrderId::new()).await;
    let before = house.dump().await;
    let operator = house.bench.signed("payments", &testkit::operator());
    let path = format!("/v1/payments/payments/{}/refunds", started.payment);
    let body = json!({"amount": inr(90_001), "reason": "too much"});
    let answer = operator.with("idempotency-key", "k-1").post(&path, body).await;
    assert!((400..500).contains(&answer.status.as_u16()), "{:?}", answer.body);
    assert_eq!(house.dump().await["operation"], before["operation"]);
    assert_eq!(house.razorpay.book(&started.provider_payment).refunds, 0);
}
