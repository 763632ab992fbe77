use accounts_api::PersonErased;
use orders_api::Move;
use serde_json::{Value, json};
use testkit::customer;

use crate::events::{arrived, moved, order, refunded};

#[tokio::test]
async fn whoever_is_erased_is_forgotten_and_told_nothing_any_more() {
    let bench = super::bench().start().await;
    let (ann, bob) = (customer(), customer());
    let (anns, bobs) = (order(ann.customer()), order(bob.customer()));
    for order in [&anns, &bobs] {
        bench.tell(&moved(order, 1, Move::Placed)).await;
    }
    super::messages(&bench, "two messages", |items| items.len() == 2).await;
    let house = bench.house("notifications");
    let path = format!("/internal/notifications/people/{}/data", ann.person);
    let data: Value = house.get(&path).await.ok();
    assert_eq!(data["messages"][0]["recipient"], format!("{}@example.com", ann.person));
    assert_eq!(data["known_orders"][0]["number"], "K7Q2-9F");
    bench.signed("notifications", &ann).get(&path).await.refused(401, "unauthenticated");

    bench.tell(&PersonErased { person: ann.person }).await;
    let one = |items: &[Value]| items.len() == 1 && items[0]["order"] == json!(bobs.order);
    super::messages(&bench, "ann's message is gone", one).await;
    // What is told late, in whatever order, and what is told of bob after it.
    bench.tell(&moved(&anns, 2, Move::Paid)).await;
    bench.tell(&arrived(anns.order)).await;
    bench.tell(&refunded(anns.order)).await;
    bench.tell(&moved(&order(ann.customer()), 1, Move::Placed)).await;
    bench.tell(&moved(&bobs, 2, Move::Paid)).await;
    super::messages(&bench, "bob's next", |items| items.len() == 2).await;
    let handled = || async {
        let waiting: i64 = sqlx::query_scalar("select count(*) from feed.message")
            .fetch_one(&mut bench.connection().await)
            .await
            .unwrap();
        (waiting == 0).then_some(())
    };
    bench.eventually("all has been heard", handled).await;
    let data: Value = house.get(&path).await.ok();
    assert_eq!(data["messages"], json!([]));
    for known in data["known_orders"].as_array().unwrap() {
        assert_eq!((&known["number"], &known["store_name"]), (&json!(""), &json!("")));
    }
    let early: i64 = sqlx::query_scalar("select count(*) from notifications.early_news")
        .fetch_one(&mut bench.connection().await)
        .await
        .unwrap();
    assert_eq!(early, 0);
}
