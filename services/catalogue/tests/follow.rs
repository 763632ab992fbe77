//! What an order's moves do to the stock.

use catalogue_api::Held;
use kernel::OrderId;
use serde_json::{Value, json};

use crate::shop::Shop;

fn refund() -> Value {
    json!({ "amount": 0, "currency": "USD" })
}

#[tokio::test]
async fn bottles_leave_with_the_driver_and_what_was_refused_comes_back() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Basil Hayden", 10).await;
    let order = shop.held(bottle, 3).await;
    shop.allocate(order).await.ok::<Held>();
    let out = json!({ "move": "out_for_delivery" });
    for _ in 0..2 {
        shop.order_moved(order, out.clone(), (bottle, 3, 0)).await;
        shop.comes_to(bottle, [7, 0, 0, 7]).await;
    }
    shop.release(order).await.ok::<Value>();
    assert_eq!(shop.counts(bottle).await, [7, 0, 0, 7], "what has left cannot be released");
    let closed = json!({ "move": "closed", "refund": refund() });
    for _ in 0..2 {
        shop.order_moved(order, closed.clone(), (bottle, 3, 1)).await;
        shop.comes_to(bottle, [9, 0, 0, 9]).await;
    }
    shop.the_ledger_adds_up().await;
    let page: Value = shop.as_staff().get(&shop.path("/movements")).await.ok();
    let kinds: Vec<_> = page["items"].as_array().unwrap().iter().collect();
    let seen: Vec<_> = kinds
        .iter()
        .map(|row| (row["kind"].as_str().unwrap(), row["quantity"].as_i64().unwrap()))
        .collect();
    assert_eq!(seen, [("return", 2), ("sale", -3), ("receipt", 10)]);
    assert_eq!(kinds[0]["order"], order.to_string());
    assert_eq!(kinds[2]["person"], shop.staff.person.to_string());
}

#[tokio::test]
async fn what_is_lost_on_the_way_is_written_off() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Lost Spirits", 10).await;
    let order = shop.held(bottle, 3).await;
    shop.allocate(order).await.ok::<Held>();
    shop.order_moved(order, json!({ "move": "out_for_delivery" }), (bottle, 3, 0)).await;
    shop.comes_to(bottle, [7, 0, 0, 7]).await;
    let lost = json!({ "move": "lost", "reason": "lost", "refund": refund() });
    for _ in 0..2 {
        shop.order_moved(order, lost.clone(), (bottle, 3, 1)).await;
    }
    let seen = || async {
        let page: Value = shop.as_staff().get(&shop.path("/movements")).await.ok();
        let rows = page["items"].as_array().unwrap().iter().map(|row| {
            (row["kind"].as_str().unwrap().to_owned(), row["quantity"].as_i64().unwrap())
        });
        let rows: Vec<_> = rows.collect();
        (rows.len() >= 4).then_some(rows)
    };
    let seen = shop.bench.eventually("it is written off", seen).await;
    let expected = [("write_off", -2), ("return", 2), ("sale", -3), ("receipt", 10)];
    assert_eq!(seen, expected.map(|(kind, quantity)| (kind.to_owned(), quantity)));
    shop.comes_to(bottle, [7, 0, 0, 7]).await;
    let found = json!({ "move": "closed", "refund": refund() });
    shop.order_moved(order, found, (bottle, 3, 1)).await;
    shop.the_ledger_adds_up().await;
    assert_eq!(
        shop.counts(bottle).await,
        [7, 0, 0, 7],
        "what is lost does not come back by itself"
    );
}

#[tokio::test]
async fn a_cancelled_order_gives_its_stock_back() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Rebel Yell", 4).await;
    let order = shop.held(bottle, 4).await;
    shop.allocate(order).await.ok::<Held>();
    let cancelled = json!({ "move": "cancelled", "reason": "changed my mind" });
    shop.order_moved(order, cancelled, (bottle, 4, 0)).await;
    shop.comes_to(bottle, [4, 0, 0, 4]).await;
}

#[tokio::test]
async fn an_order_without_stock_that_leaves_waits_for_a_person() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Ghost", 4).await;
    shop.order_moved(OrderId::new(), json!({ "move": "out_for_delivery" }), (bottle, 1, 0)).await;
    let look = || async {
        let failed: i64 = sqlx::query_scalar(
            "select count(*) from feed.message where queue = 'catalogue' and attempts > 0",
        )
        .fetch_one(&mut shop.bench.connection().await)
        .await
        .unwrap();
        (failed == 1).then_some(())
    };
    shop.bench.eventually("it fails and stays in the queue", look).await;
    assert_eq!(shop.counts(bottle).await, [4, 0, 0, 4]);
}
