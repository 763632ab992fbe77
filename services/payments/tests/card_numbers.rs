//! Numbers of payment cards are refused at the edge of every service, before a handler sees them.

use kernel::OrderId;
use serde_json::{Value, json};

use crate::shop::{DECLINED, GOOD, Shop};

#[tokio::test]
async fn a_card_number_is_refused_by_its_field_and_never_repeated() {
    let shop = Shop::open().await;
    let started = shop.captured(OrderId::new()).await;
    let refunds = format!("/v1/payments/payments/{}/refunds", started.payment);
    let operator = shop.operator().with("idempotency-key", "k");
    let input =
        |reason: &str| json!({"amount": {"amount": 1, "currency": "USD"}, "reason": reason});
    for typed in ["back to 4242 4242 4242 4242", "3782-822463-10005", GOOD] {
        let problem =
            operator.post(&refunds, input(typed)).await.refused(422, "card-number-refused");
        assert_eq!(problem["field"], "reason");
        let said = problem.to_string();
        assert!(!said.contains("4242") && !said.contains("822463"), "{said}");
    }
    // It counts wherever it stands: before the body is understood, and before anyone is known.
    let odd = json!({"amount": "4242424242424242"});
    let problem = operator.post(&refunds, odd).await.refused(422, "card-number-refused");
    assert_eq!(problem["field"], "amount");
    let nobody = shop.bench.anyone("payments");
    let query = nobody.get("/v1/payments/ways?after=4242+4242+4242+4242").await;
    assert_eq!(query.refused(422, "card-number-refused")["field"], "after");
    let path = nobody.get("/v1/payments/payments/4242424242424242").await;
    assert_eq!(path.refused(422, "card-number-refused")["field"], "path");
    operator.post(&refunds, input("item 4006381333931, call +49 1512 3456789")).await.ok::<Value>();
    shop.quiet().await;
    let kept = "select count(*) from payments.operation where reason like '%4242%'";
    assert_eq!(shop.count(kept).await, 0);
}

#[tokio::test]
async fn a_decline_is_told_in_words_and_with_what_to_do_next() {
    let shop = Shop::open().await;
    let started = shop.start(OrderId::new()).await;
    assert_eq!(shop.show(&started).await.get("declined"), None);
    assert_eq!(shop.pay(&started, "4000000000009995").await.status, 402);
    let view: Value = shop.come_back(&started).await.ok();
    let declined = &view["declined"];
    assert_eq!(
        (&declined["code"], &declined["next"]),
        (&json!("insufficient_funds"), &json!("other_method"))
    );
    assert!(declined["detail"].as_str().unwrap().contains("not enough money"), "{declined}");
    assert_eq!(shop.pay(&started, DECLINED).await.status, 402);
    let view: Value = shop.come_back(&started).await.ok();
    assert_eq!(
        (&view["declined"]["code"], &view["declined"]["next"]),
        (&json!("other"), &json!("contact_bank"))
    );
    shop.pay(&started, GOOD).await.ok::<Value>();
    let view: Value = shop.come_back(&started).await.ok();
    assert_eq!((&view["state"], view.get("declined")), (&json!("authorised"), None));
}
