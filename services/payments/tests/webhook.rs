use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use kernel::OrderId;
use serde_json::{Value, json};
use sha2::Sha256;
use testkit::Answer;
use tokio::sync::Barrier;

use crate::shop::{GOOD, Shop, WEBHOOK_SECRET};

const PATH: &str = "/v1/payments/webhooks/sandbox";
const KEPT: &str = "select count(*) from payments.webhook_inbox";

fn event(id: &str, payment: &str) -> String {
    let object = json!({"id": payment, "object": "payment_intent", "status": "requires_capture"});
    let kind = "payment_intent.amount_capturable_updated";
    json!({"id": id, "type": kind, "livemode": false, "data": {"object": object}}).to_string()
}

fn sign(secret: &str, at: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{at}.{body}").as_bytes());
    format!("t={at},v1={}", hex::encode(mac.finalize().into_bytes()))
}

async fn send(shop: &Shop, signature: &str, body: &str) -> Answer {
    let sender = shop.bench.anyone("payments").with("sandbox-signature", signature);
    sender.send(axum::http::Method::POST, PATH, body.to_owned().into()).await
}

#[tokio::test]
async fn what_is_not_signed_by_the_provider_now_is_refused() {
    let shop = Shop::open().await;
    let started = shop.start(OrderId::new()).await;
    let now = shop.bench.now().as_second();
    let body = event("evt_forged", &started.provider_payment);
    for signature in [
        String::new(),
        format!("t={now}"),
        format!("t={now},v1="),
        sign("", now, &body),
        sign("another secret of thirty bytes..", now, &body),
        sign(WEBHOOK_SECRET, now - 301, &body),
        sign(WEBHOOK_SECRET, now + 301, &body),
        sign(WEBHOOK_SECRET, now, "{}"),
        sign(WEBHOOK_SECRET, now, &body).replace("v1", "v0"),
    ] {
        send(&shop, &signature, &body).await.refused(400, "bad-signature");
    }
    let anyone = shop.bench.anyone("payments");
    anyone.post(PATH, json!({})).await.refused(400, "bad-signature");
    for body in
        ["", "{}", "[1", "{\"id\":\"\",\"type\":\"x\",\"data\":{\"object\":{\"id\":\"p\"}}}"]
    {
        send(&shop, &sign(WEBHOOK_SECRET, now, body), body).await.refused(400, "not-an-event");
    }
    assert_eq!(shop.count(KEPT).await, 0);
}

#[tokio::test]
async fn twins_are_kept_once_and_each_is_answered() {
    let shop = Arc::new(Shop::open().await);
    shop.webhooks(json!({"hold": true})).await;
    let started = shop.start(OrderId::new()).await;
    let body = Arc::new(event("evt_twin", &started.provider_payment));
    let barrier = Arc::new(Barrier::new(10));
    let sends = (0..10).map(|_| {
        let (shop, body, barrier) = (Arc::clone(&shop), Arc::clone(&body), Arc::clone(&barrier));
        tokio::spawn(async move {
            let signature = sign(WEBHOOK_SECRET, shop.bench.now().as_second(), &body);
            barrier.wait().await;
            send(&shop, &signature, &body).await.ok::<Value>()
        })
    });
    for answer in futures::future::join_all(sends).await {
        assert_eq!(answer.unwrap(), json!({"received": true}));
    }
    assert_eq!(shop.count(KEPT).await, 1);
    // It says that the money is there; the provider, asked, says that it is not.
    shop.bench
        .eventually("handled", || async {
            let open = "select count(*) from payments.webhook_inbox where handled_at is null";
            (shop.count(open).await == 0).then_some(())
        })
        .await;
    assert_eq!(shop.show(&started).await["state"], "open");
    assert_eq!(shop.told().await, []);
}

#[tokio::test]
async fn what_cannot_be_kept_is_sent_again() {
    let shop = Shop::open().await;
    let started = shop.start(OrderId::new()).await;
    shop.quiet().await;
    let rename = async |sql: &'static str| {
        sqlx::query(sql).execute(&mut shop.bench.connection().await).await.unwrap();
    };
    rename("alter table payments.webhook_inbox rename to away").await;
    let body = event("evt_1", &started.provider_payment);
    let signature = sign(WEBHOOK_SECRET, shop.bench.now().as_second(), &body);
    send(&shop, &signature, &body).await.refused(500, "internal-error");
    shop.pay(&started, GOOD).await.ok::<Value>();
    shop.bench
        .later("the provider got a 500", || async {
            let tried = "select count(*) from sandbox.delivery where error like '%500%'";
            (shop.count(tried).await == 1).then_some(())
        })
        .await;
    rename("alter table payments.away rename to webhook_inbox").await;
    shop.quiet().await;
    assert_eq!(shop.show(&started).await["state"], "authorised");
}

#[tokio::test]
async fn a_genuine_event_of_a_payment_that_is_not_ours_is_put_aside() {
    let shop = Shop::open().await;
    let body = event("evt_1", "pi_of_someone_else");
    let signature = sign(WEBHOOK_SECRET, shop.bench.now().as_second(), &body);
    send(&shop, &signature, &body).await.ok::<Value>();
    shop.quiet().await;
    let aside = "select count(*) from payments.webhook_inbox where error = 'no payment of ours'";
    assert_eq!(shop.count(aside).await, 1);
}

#[tokio::test]
async fn handled_notices_are_forgotten_after_a_while() {
    let shop = Shop::open().await;
    shop.paid(OrderId::new()).await;
    let handled = "select count(*) from payments.webhook_inbox where handled_at < '2026-07-01'";
    shop.bench.later("handled", || async { (shop.count(handled).await > 0).then_some(()) }).await;
    let waits = "with one as (insert into payments.webhook_inbox
                     (provider, account, event_id, kind, provider_payment, body, received_at, due_at)
                     values ('sandbox', 'a', 'waits', 'k', 'nobody', '', now(), 'infinity')
                     returning 1)
                 select count(*) from one";
    shop.count(waits).await;
    shop.bench.advance(31 * 86_400);
    let gone = || async { (shop.count(handled).await == 0).then_some(()) };
    shop.bench.later("they are forgotten", gone).await;
    let waiting = "select count(*) from payments.webhook_inbox where event_id = 'waits'";
    assert_eq!(shop.count(waiting).await, 1);
}

/// More than one batch: the sweeper goes on until nothing is due.
#[tokio::test]
async fn all_that_is_due_is_looked_at() {
    let shop = Shop::open().await;
    shop.webhooks(json!({"hold": true})).await;
    for _ in 0..60 {
        shop.start(OrderId::new()).await;
    }
    shop.bench.advance(21);
    let due = "select count(*) from payments.payment where look_at <= '2026-06-15T17:00:21Z'";
    shop.bench
        .later("the first are looked at", || async { (shop.count(due).await < 60).then_some(()) })
        .await;
    for _ in 0..20 {
        if shop.count(due).await == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{} wait for the next round", shop.count(due).await);
}
