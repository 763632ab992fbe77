use kernel::{OrderId, PaymentId};
use serde_json::{Value, json};

use crate::shop::Shop;

#[tokio::test]
async fn a_payment_is_its_customers_and_for_those_who_look_after_all() {
    let shop = Shop::open().await;
    let started = shop.start(OrderId::new()).await;
    let path = format!("/v1/payments/payments/{}", started.payment);
    let own: Value = shop.customer().get(&path).await.ok();
    assert_eq!((own["state"].as_str(), &own["can"]), (Some("open"), &json!(["pay"])));
    assert_eq!(own["pay_url"], started.pay_url);
    let operators: Value = shop.operator().get(&path).await.ok();
    assert_eq!((&operators["can"], &operators["pay_url"]), (&json!([]), &Value::Null));
    for reader in [testkit::support(), testkit::auditor()] {
        let seen: Value = shop.bench.signed("payments", &reader).get(&path).await.ok();
        assert_eq!((&seen["can"], &seen["pay_url"]), (&json!([]), &Value::Null));
    }
    let back = format!("{path}/return");
    let stranger = shop.bench.signed("payments", &testkit::customer());
    stranger.get(&path).await.refused(404, "not-found");
    stranger.post(&back, json!({})).await.refused(404, "not-found");
    let elsewhere = shop.bench.signed("payments", &testkit::staff(&[kernel::StoreId::new()]));
    elsewhere.get(&path).await.refused(404, "not-found");
    for nobody in [testkit::driver(), testkit::clerk(&[kernel::StoreId::new()])] {
        let nobody = shop.bench.signed("payments", &nobody);
        nobody.get(&path).await.refused(403, "forbidden");
        nobody.post(&back, json!({})).await.refused(403, "forbidden");
    }
    shop.operator().post(&back, json!({})).await.refused(403, "forbidden");
    shop.bench.anyone("payments").get(&path).await.refused(401, "unauthenticated");
    let missing = format!("/v1/payments/payments/{}", PaymentId::new());
    shop.operator().get(&missing).await.refused(404, "not-found");
}

#[tokio::test]
async fn customers_neither_refund_nor_read_the_ledger() {
    let shop = Shop::open().await;
    let started = shop.start(OrderId::new()).await;
    let customer = shop.customer().with("idempotency-key", "k");
    let refund = format!("/v1/payments/payments/{}/refunds", started.payment);
    let input = json!({"amount": {"amount": 1, "currency": "USD"}, "reason": "sorry"});
    customer.post(&refund, &input).await.refused(403, "forbidden");
    let ledger = format!("/v1/payments/ledger/{}", started.payment);
    customer.get(&ledger).await.refused(403, "forbidden");
    customer.get("/v1/payments/ledger/balance").await.refused(403, "forbidden");
    let missing = format!("/v1/payments/ledger/{}", PaymentId::new());
    shop.operator().get(&missing).await.refused(404, "not-found");
    shop.operator().get(&format!("{ledger}?after=%00")).await.refused(422, "invalid-input");
    shop.customer()
        .post("/internal/payments/payments", shop.start_of(OrderId::new(), 1))
        .await
        .refused(401, "unauthenticated");
}
