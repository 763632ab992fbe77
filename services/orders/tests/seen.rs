use kernel::{OrderId, StoreId};
use serde_json::{Value, json};

use crate::{ORDERS, path, scene};

pub fn orders(page: &Value) -> Vec<OrderId> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["order"].as_str().unwrap().parse().unwrap()).collect()
}

#[tokio::test]
async fn a_stranger_sees_nothing() {
    let scene = scene().await;
    let order = scene.paid().await;
    let queue = format!("/v1/orders/stores/{}/queue", scene.world.store);
    for stranger in [testkit::customer(), testkit::clerk(&[StoreId::new()])] {
        let stranger = scene.bench.signed("orders", &stranger);
        stranger.get(&path(order, "")).await.refused(404, "not-found");
        stranger.get(&path(order, "events")).await.refused(404, "not-found");
        stranger.get("/v1/orders/all").await.refused(403, "forbidden");
    }
    let elsewhere = scene.bench.signed("orders", &testkit::staff(&[StoreId::new()]));
    elsewhere.get(&queue).await.refused(404, "not-found");
    elsewhere.get(ORDERS).await.refused(403, "forbidden");
    let somebody = scene.bench.signed("orders", &testkit::customer());
    somebody.get(&queue).await.refused(403, "forbidden");
    assert_eq!(orders(&somebody.get(ORDERS).await.ok()), []);
    for nobody in [testkit::driver(), testkit::staff(&[])] {
        let nobody = scene.bench.signed("orders", &nobody);
        for path in [path(order, ""), path(order, "events"), queue.clone(), ORDERS.to_owned()] {
            nobody.get(&path).await.refused(403, "forbidden");
        }
    }
    let nothing = scene.as_operator().get(&path(OrderId::new(), "")).await;
    nothing.refused(404, "not-found");
    scene.as_operator().get(&format!("{ORDERS}/no-id")).await.refused(404, "not-found");
    for caller in [scene.as_customer(), scene.as_staff(), scene.as_operator()] {
        caller.get(&path(order, "")).await.ok::<Value>();
    }
}

#[tokio::test]
async fn only_who_pays_sees_how_to_pay() {
    let scene = scene().await;
    let order = scene.placed().await;
    let seen: Value = scene.as_customer().get(&path(order, "")).await.ok();
    assert_eq!(seen["payment"]["client_secret"], "pi_1_secret");
    for caller in [scene.as_staff(), scene.as_operator()] {
        let seen: Value = caller.get(&path(order, "")).await.ok();
        assert!(seen.get("payment").is_none());
    }
}

#[tokio::test]
async fn lists_are_read_page_by_page() {
    let scene = scene().await;
    let mut placed = Vec::new();
    for _ in 0..5 {
        placed.push(scene.placed().await);
    }
    let mut read = Vec::new();
    let mut query = "?limit=2".to_owned();
    loop {
        let page: Value = scene.as_customer().get(&format!("{ORDERS}{query}")).await.ok();
        read.extend(orders(&page));
        let Some(next) = page["next"].as_str() else { break };
        query = format!("?limit=2&after={next}");
    }
    placed.reverse();
    assert_eq!(read, placed, "newest first");
    for query in ["?limit=0", "?limit=101", "?limit=x", "?after=nonsense"] {
        scene.as_customer().get(&format!("{ORDERS}{query}")).await.refused(422, "invalid-input");
    }
}

#[tokio::test]
async fn a_queue_has_what_the_store_has_to_do() {
    let scene = scene().await;
    let (_, paid, accepted) = (scene.placed().await, scene.paid().await, scene.accepted().await);
    let packed = scene.packed().await;
    scene.out().await;
    let queue = format!("/v1/orders/stores/{}/queue", scene.world.store);
    let page: Value = scene.as_staff().get(&queue).await.ok();
    assert_eq!(orders(&page), [paid, accepted, packed]);
    assert_eq!(page["items"][0]["can"], json!(["accept", "reject"]));
    assert_eq!(page["items"][0]["lines"][0]["name"], "Rye");
    let of_operator: Value = scene.as_operator().get(&queue).await.ok();
    assert_eq!(orders(&of_operator), [paid, accepted, packed]);

    let all: Value = scene.as_operator().get("/v1/orders/all?state=accepted").await.ok();
    assert_eq!(orders(&all), [accepted]);
    let all: Value = scene.as_operator().get("/v1/orders/all?limit=100").await.ok();
    assert_eq!(orders(&all).len(), 5);
    let unknown = scene.as_operator().get("/v1/orders/all?state=lost").await;
    unknown.refused(422, "invalid-input");
}

#[tokio::test]
async fn an_order_is_found_by_number_store_and_time() {
    let scene = scene().await;
    let first = scene.placed().await;
    let began = scene.bench.now();
    scene.bench.advance(3600);
    let second = scene.placed().await;
    let operator = scene.as_operator();
    let find = async |query: &str| -> Vec<OrderId> {
        orders(&operator.get(&format!("/v1/orders/all?{query}")).await.ok())
    };
    let number = operator.get(&path(first, "")).await.ok::<Value>()["number"].clone();
    let number = number.as_str().unwrap();
    assert_eq!(find(&format!("number={number}")).await, [first]);
    let typed = number.to_lowercase().replace('-', "");
    assert_eq!(find(&format!("number={typed}")).await, [first]);
    assert_eq!(find("number=no").await, []);
    assert_eq!(find(&format!("store={}", scene.world.store)).await, [second, first]);
    assert_eq!(find(&format!("store={}&state=placed", StoreId::new())).await, []);
    let between = began + jiff::SignedDuration::from_mins(30);
    assert_eq!(find(&format!("from={between}&state=placed")).await, [second]);
    assert_eq!(find(&format!("until={between}")).await, [first]);
    let page: Value = operator.get("/v1/orders/all?limit=1").await.ok();
    assert_eq!(orders(&page), [second]);
    assert_eq!(find(&format!("limit=1&after={}", page["next"].as_str().unwrap())).await, [first]);
    let forged = wire::Cursor::write(&("-009999-01-02T00:00:00Z", first));
    for (query, field) in [
        ("from=yesterday".to_owned(), "from"),
        ("from=-009998-01-01T00:00:00Z".to_owned(), "from"),
        ("until=9999-01-01T00:00:00Z".to_owned(), "until"),
        (format!("after={forged}"), "after"),
        ("store=1".to_owned(), "store"),
    ] {
        let answer = operator.get(&format!("/v1/orders/all?{query}")).await;
        assert_eq!(answer.refused(422, "invalid-input")["field"], field, "{query}");
    }
}

#[tokio::test]
async fn history_and_promises_stand_in_the_database_too() {
    let scene = scene().await;
    let order = scene.placed().await.uuid();
    let mut db = scene.bench.connection().await;
    for (query, guard) in [
        ("update orders.history set what = 'x' where order_id = $1", "only ever added"),
        ("delete from orders.history where order_id = $1", "only ever added"),
        ("update orders.order_line set delivered = 4 where order_id = $1", "order_line_delivered"),
        ("update orders.orders set refund = total + 1 where id = $1", "orders_refund_within_total"),
        (
            "update orders.orders set state = 'out_for_delivery' where id = $1",
            "orders_captured_before_leaving",
        ),
        ("update orders.orders set state = 'cancelled' where id = $1", "orders_reason_given"),
    ] {
        let error = sqlx::query(query).bind(order).execute(&mut db).await.unwrap_err();
        assert!(error.to_string().contains(guard), "{error}");
    }
}
