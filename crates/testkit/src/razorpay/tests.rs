mod examples;
mod sdk;

use jiff::SignedDuration;
use kernel::{Clock, Currency};
use reqwest::RequestBuilder;
use serde_json::json;

use super::*;
use crate::NOON;

async fn start() -> Razorpay {
    Razorpay::start(Clock::turned(NOON.parse().unwrap())).await
}

fn inr(amount: i64) -> Money {
    Money::new(amount, Currency::INR)
}

impl Razorpay {
    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        let request = self.browser.post(format!("{}/v1/{path}", self.base_url));
        request.basic_auth(&self.key_id, Some(&self.key_secret)).json(body)
    }

    async fn get(&self, path: &str) -> Value {
        let request = self.browser.get(format!("{}/v1/{path}", self.base_url));
        let request = request.basic_auth(&self.key_id, Some(&self.key_secret));
        request.send().await.unwrap().json().await.unwrap()
    }

    async fn order(&self, amount: i64) -> String {
        let payment = json!({"capture": "manual", "capture_options": {"refund_speed": "normal"}});
        let body = json!({"amount": amount, "currency": "INR", "payment": payment});
        let order = answer(self.post("orders", &body)).await;
        order.1["id"].as_str().unwrap().to_owned()
    }

    async fn paid(&self, amount: i64) -> (String, String) {
        let order = self.order(amount).await;
        let brought = self.pay(&order, Pays::Plainly).await;
        let payment = brought["razorpay_payment_id"].as_str().unwrap().to_owned();
        (order, payment)
    }

    async fn capture(&self, payment: &str, amount: i64) -> (u16, Value) {
        let body = json!({"amount": amount, "currency": "INR"});
        answer(self.post(&format!("payments/{payment}/capture"), &body)).await
    }

    async fn refund(&self, payment: &str, amount: i64, key: &str) -> (u16, Value) {
        let request = self.post(&format!("payments/{payment}/refund"), &json!({"amount": amount}));
        answer(request.header("x-refund-idempotency", key)).await
    }
}

async fn answer(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

#[tokio::test]
async fn who_does_not_ask_to_capture_by_hand_has_it_captured() {
    let there = start().await;
    let body = json!({"amount": 50_000, "currency": "INR"});
    let order = answer(there.post("orders", &body)).await.1;
    let order = order["id"].as_str().unwrap();
    there.pay(order, Pays::Plainly).await;
    assert_eq!((there.book(order).captures, there.asked(Call::Capture)), (1, 0));
    let odd = json!({"amount": 50_000, "payment": {"capture": "later"}});
    assert_eq!(answer(there.post("orders", &odd)).await.0, 400);
}

#[tokio::test]
async fn exactly_what_was_authorised_is_captured_once() {
    let there = start().await;
    let (order, payment) = there.paid(50_000).await;
    assert_eq!(there.get(&format!("orders/{order}")).await["status"], "attempted");
    assert_eq!(there.capture(&payment, 49_999).await.0, 400);
    let other = json!({"amount": 50_000, "currency": "USD"});
    let path = format!("payments/{payment}/capture");
    assert_eq!(answer(there.post(&path, &other)).await.0, 400);
    let (status, captured) = there.capture(&payment, 50_000).await;
    assert_eq!((status, &captured["status"]), (200, &json!("captured")));
    assert_eq!((&captured["fee"], &captured["tax"]), (&json!(1_180), &json!(180)));
    assert_eq!(there.capture(&payment, 50_000).await.0, 400);
    assert_eq!(there.get(&format!("orders/{order}")).await["status"], "paid");
    assert_eq!(there.pay(&order, Pays::Plainly).await, json!({}), "it is paid");
    let book = there.book(&order);
    assert_eq!(
        (book.authorisations, book.captures, book.captured, book.fees),
        (1, 1, 50_000, 1_180)
    );
    let kinds: Vec<_> = there.webhooks(Timestamp::UNIX_EPOCH).into_iter().map(|w| w.kind).collect();
    assert_eq!(kinds, ["payment.authorized", "payment.captured", "order.paid"]);
}

#[tokio::test]
async fn one_key_is_one_refund() {
    let there = start().await;
    let (order, payment) = there.paid(50_000).await;
    assert_eq!(there.refund(&payment, 100, "key-one-two-three").await.0, 400, "not captured");
    there.capture(&payment, 50_000).await;
    assert_eq!(there.refund(&payment, 100, "short").await.0, 400);
    let first = there.refund(&payment, 20_000, "key-of-the-first").await;
    assert_eq!(first.0, 200);
    assert_eq!(there.refund(&payment, 20_000, "key-of-the-first").await, first);
    assert_eq!(there.refund(&payment, 20_001, "key-of-the-first").await.0, 400, "another body");
    assert_eq!(there.refund(&payment, 30_001, "key-of-too-much").await.0, 400);
    there.fault(Call::Refund, Goes::Slowly(300), 1);
    let (slow, twin) = tokio::join!(there.refund(&payment, 30_000, "key-of-the-second"), async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        there.refund(&payment, 30_000, "key-of-the-second").await
    });
    assert_eq!((slow.0, twin.0), (200, 409));
    assert_eq!(there.refund(&payment, 30_000, "key-of-the-second").await, slow);
    let book = there.book(&order);
    assert_eq!((book.refunds, book.refunded), (2, 50_000));
    assert_eq!(there.get(&format!("payments/{payment}/refunds")).await["count"], 2);
    assert_eq!(there.get(&format!("payments/{payment}")).await["status"], "refunded");
    assert_eq!(there.get(&format!("orders/{order}")).await["status"], "paid", "for ever");
}

#[tokio::test]
async fn an_answer_that_is_lost_is_of_something_done() {
    let there = start().await;
    let (order, payment) = there.paid(50_000).await;
    for (goes, done) in [(Goes::WrongBefore, 0), (Goes::WrongAfter, 1)] {
        there.fault(Call::Capture, goes, 1);
        let path = format!("payments/{payment}/capture");
        let sent = there.post(&path, &json!({"amount": 50_000, "currency": "INR"})).send().await;
        let text = match sent {
            Ok(answer) if answer.status().is_success() => answer.text().await,
            Ok(answer) => Ok(answer.status().to_string()),
            Err(error) => Err(error),
        };
        assert_eq!(text.is_err(), done == 1);
        assert_eq!(there.book(&order).captures, done);
    }
    assert_eq!(there.asked(Call::Capture), 2);
}

#[tokio::test]
async fn what_failed_may_be_agreed_to_late_even_beside_another() {
    let there = start().await;
    let order = there.order(50_000).await;
    assert_eq!(there.pay(&order, Pays::Late).await, json!({}));
    let brought = there.pay(&order, Pays::AfterChallenge).await;
    let payment = brought["razorpay_payment_id"].as_str().unwrap();
    assert_eq!(there.pay(&order, Pays::Plainly).await, json!({}), "one success closes it");
    there.capture(payment, 50_000).await;
    there.agree_late(&order);
    let payments = there.get(&format!("orders/{order}/payments")).await;
    let statuses: Vec<_> = payments["items"].as_array().unwrap().iter().rev().collect();
    assert_eq!(
        (&statuses[0]["status"], &statuses[1]["status"]),
        (&json!("authorized"), &json!("captured"))
    );
    there.clock.advance(SignedDuration::from_hours(73));
    there.lapse();
    let returned = there.get(&format!("payments/{}", there.payments(&order)[0])).await;
    assert_eq!((&returned["status"], &returned["captured"]), (&json!("refunded"), &json!(false)));
}

#[tokio::test]
async fn a_challenge_that_is_left_times_out() {
    let there = start().await;
    let order = there.order(50_000).await;
    there.pay(&order, Pays::AbandoningChallenge).await;
    let payment = there.payments(&order)[0].clone();
    assert_eq!(there.get(&format!("payments/{payment}")).await["status"], "created");
    there.clock.advance(SignedDuration::from_mins(13));
    there.lapse();
    let failed = there.get(&format!("payments/{payment}")).await;
    assert_eq!(failed["error_reason"], "payment_timed_out");
}

#[tokio::test]
async fn orders_are_made_once_per_receipt_and_only_with_the_key() {
    let there = start().await;
    let body =
        json!({"amount": 50_000, "currency": "INR", "receipt": "r-1", "unique_receipt": true});
    let first = answer(there.post("orders", &body)).await;
    assert_eq!(answer(there.post("orders", &body)).await, first);
    let other =
        json!({"amount": 50_001, "currency": "INR", "receipt": "r-1", "unique_receipt": true});
    assert_eq!(answer(there.post("orders", &other)).await.0, 400);
    assert_eq!(there.get("orders?receipt=r-1").await["count"], 1);
    for body in [
        json!({"amount": 99, "currency": "INR"}),
        json!({"amount": 99_991, "currency": "KWD"}),
        json!({"amount": 500, "currency": "XYZ"}),
        json!({"amount": 500, "currency": "INR", "receipt": "r".repeat(41)}),
    ] {
        assert_eq!(answer(there.post("orders", &body)).await.0, 400, "{body}");
    }
    let stranger = there.browser.get(format!("{}/v1/orders", there.base_url));
    assert_eq!(answer(stranger).await.0, 401);
}

#[tokio::test]
async fn the_settlement_adds_up_and_is_the_same_again() {
    let there = start().await;
    let (order, payment) = there.paid(50_000).await;
    there.capture(&payment, 50_000).await;
    there.refund(&payment, 20_000, "key-of-the-first").await;
    let lost = there.dispute(&order, inr(10_000));
    there.decide(&lost, false);
    let won = there.dispute(&order, inr(5_000));
    there.decide(&won, true);
    let (from, to) = (there.clock.now(), there.clock.now() + SignedDuration::from_hours(24));
    let csv = there.settlement(from, to);
    assert_eq!(there.settlement(from, to), csv);
    let number = |cell: &str| cell.parse::<i64>().unwrap();
    let rows: Vec<Vec<&str>> = csv.lines().skip(1).map(|row| row.split(',').collect()).collect();
    let width = csv.lines().next().unwrap().split(',').count();
    assert!(rows.iter().all(|row| row.len() == width));
    let net: i64 = rows.iter().map(|row| number(row[3]) - number(row[2])).sum();
    let book = there.book(&order);
    assert_eq!(net, book.captured - book.refunded - book.disputed - book.fees);
    assert_eq!((rows.len(), book.disputed), (5, 10_000));
}
