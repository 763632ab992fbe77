use std::sync::Arc;

use kernel::OrderId;
use orders_api::Move;
use payments_api::{MoneyMove, Started};
use serde_json::{Value, json};
use testkit::Answer;
use tokio::sync::Barrier;

use crate::shop::{Shop, usd};

async fn refund(shop: &Shop, of: &Started, key: &str, amount: i64) -> Answer {
    let path = format!("/v1/payments/payments/{}/refunds", of.payment);
    let amount = json!({"amount": amount, "currency": "USD"});
    let input = json!({"amount": amount, "reason": "one was broken"});
    shop.operator().with("idempotency-key", key).post(&path, input).await
}

#[tokio::test]
async fn one_key_is_one_refund_and_all_of_them_never_more_than_there_is() {
    let shop = Arc::new(Shop::open().await);
    let started = shop.captured(OrderId::new()).await;
    let barrier = Arc::new(Barrier::new(6));
    let asked = (0..6).map(|_| {
        let (shop, started, barrier) = (Arc::clone(&shop), started.clone(), Arc::clone(&barrier));
        tokio::spawn(async move {
            barrier.wait().await;
            refund(&shop, &started, "one", 1000).await.ok::<Value>()["refund"].clone()
        })
    });
    let ids: Vec<Value> =
        futures::future::join_all(asked).await.into_iter().map(Result::unwrap).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    refund(&shop, &started, "one", 999).await.refused(422, "idempotency-key-reused");
    let problem = refund(&shop, &started, "two", 1600).await.refused(409, "too-much");
    assert_eq!(problem["left"]["amount"], 1599);
    refund(&shop, &started, "two", 0).await.refused(422, "invalid-input");
    refund(&shop, &started, "two", -5).await.refused(422, "invalid-input");
    refund(&shop, &started, "two", 1599).await.ok::<Value>();
    refund(&shop, &started, "three", 1).await.refused(409, "too-much");
    shop.quiet().await;
    let back =
        |amount| MoneyMove::Refunded { amount: usd(amount), reason: "one was broken".into() };
    assert_eq!(shop.told().await[2..], [back(1000), back(1599)]);
    assert_eq!(shop.count("select count(*) from sandbox.refund").await, 2);
    assert_eq!(refund(&shop, &started, "one", 1000).await.ok::<Value>()["state"], "done");
    let view = shop.show(&started).await;
    assert_eq!((view["refunded"]["amount"].as_i64(), &view["can"]), (Some(2599), &json!([])));
}

#[tokio::test]
async fn refunds_are_found_by_payment_and_order() {
    let shop = Shop::open().await;
    let order = OrderId::new();
    let started = shop.captured(order).await;
    refund(&shop, &started, "one", 100).await.ok::<Value>();
    refund(&shop, &started, "two", 200).await.ok::<Value>();
    let list = async |query: String| -> Vec<Value> {
        let page: Value = shop.operator().get(&format!("/v1/payments/refunds?{query}")).await.ok();
        page["items"].as_array().unwrap().clone()
    };
    let all = list(format!("order={order}")).await;
    assert_eq!((all.len(), &all[0]["order"]), (2, &json!(order)));
    assert_eq!(
        (&all[0]["amount"]["amount"], &all[1]["amount"]["amount"]),
        (&json!(200), &json!(100))
    );
    shop.quiet().await;
    assert_eq!(list(format!("payment={}&order={order}&limit=1", started.payment)).await.len(), 1);
    assert!(list(format!("order={}", OrderId::new())).await.is_empty());
    assert!(list(format!("payment={}", kernel::PaymentId::new())).await.is_empty());
}

#[tokio::test]
async fn operators_read_which_accounts_are_set() {
    let shop = Shop::open().await;
    let path = "/v1/payments/accounts";
    let accounts: Value = shop.operator().get(path).await.ok();
    let sandbox = json!({
        "way": "sandbox:sandbox", "provider": "sandbox", "account": "sandbox", "live": false,
        "answers": true, "settles": false,
    });
    assert_eq!(accounts["items"], json!([sandbox]));
    shop.customer().get(path).await.refused(403, "forbidden");
}

#[tokio::test]
async fn a_closed_order_gives_back_what_returned_even_if_the_answer_is_lost() {
    let shop = Shop::open().await;
    let order = OrderId::new();
    let started = shop.captured(order).await;
    shop.fault("refund", "after", 1).await;
    shop.tell(order, Move::Closed { refund: usd(700) }).await;
    shop.quiet().await;
    shop.tell(order, Move::Closed { refund: usd(0) }).await;
    shop.quiet().await;
    assert_eq!(shop.count("select count(*) from sandbox.refund").await, 1);
    let back = MoneyMove::Refunded { amount: usd(700), reason: "returned from the door".into() };
    assert_eq!(shop.told().await[2..], [back]);
    assert_eq!(shop.show(&started).await["refunded"]["amount"], 700);
}

#[tokio::test]
async fn a_refund_made_at_the_provider_itself_is_noted() {
    let shop = Shop::open().await;
    let started = shop.captured(OrderId::new()).await;
    let input = json!({"payment_intent": started.provider_payment, "amount": 99});
    shop.merchant().post("/sandbox/v1/refunds", input).await.ok::<Value>();
    shop.quiet().await;
    let back = MoneyMove::Refunded { amount: usd(99), reason: "refunded at the provider".into() };
    assert_eq!(shop.told().await[2..], [back]);
}

/// Our refund of all of it is too much by then, as only the provider knows.
#[tokio::test]
async fn what_is_left_goes_back_where_somebody_refunded_at_the_provider_first() {
    for (wanted, left) in [
        (Move::Cancelled { reason: "no driver".into() }, 1599),
        (Move::Closed { refund: usd(1700) }, 1599),
        (Move::Closed { refund: usd(700) }, 700),
        (Move::Lost { reason: "lost".into(), refund: usd(1599) }, 1599),
    ] {
        let shop = Shop::open().await;
        let order = OrderId::new();
        let started = shop.captured(order).await;
        shop.quiet().await;
        shop.webhooks(json!({"hold": true})).await;
        let input = json!({"payment_intent": started.provider_payment, "amount": 1000});
        shop.merchant().post("/sandbox/v1/refunds", input).await.ok::<Value>();
        shop.tell(order, wanted.clone()).await;
        shop.bench
            .later("given back", || async {
                let view = shop.show(&started).await;
                (view["refunded"]["amount"] == 1000 + left).then_some(())
            })
            .await;
        shop.webhooks(json!({"hold": false})).await;
        shop.quiet().await;
        assert_eq!(shop.count("select count(*) from sandbox.refund").await, 2, "{wanted:?}");
        assert_eq!(shop.show(&started).await["refunded"]["amount"], 1000 + left);
    }
}

#[tokio::test]
async fn a_refund_of_nothing_captured_is_refused() {
    let shop = Shop::open().await;
    let started = shop.paid(OrderId::new()).await;
    refund(&shop, &started, "one", 1).await.refused(409, "too-much");
    let path = format!("/v1/payments/payments/{}/refunds", started.payment);
    let yen = json!({"amount": {"amount": 1, "currency": "JPY"}, "reason": "sorry"});
    let operator = shop.operator().with("idempotency-key", "yen");
    operator.post(&path, &yen).await.refused(422, "other-currency");
    shop.operator().post(&path, &yen).await.refused(400, "idempotency-key-missing");
}
