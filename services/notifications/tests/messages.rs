use catalogue_api::StockLow;
use kernel::{OrderId, ProductId, StoreId};
use orders_api::Move;
use serde_json::{Value, json};
use testkit::{customer, operator};

use crate::events::{arrived, declined, moved, order, refunded, usd};
use payments_api::{ComplaintMove, ComplaintMoved};

fn sent(items: &[Value]) -> usize {
    items.iter().filter(|item| item["state"] == "sent").count()
}

#[tokio::test]
async fn every_change_of_an_order_is_told_once() {
    let bench = super::bench().start().await;
    let ann = customer();
    let order = order(ann.customer());
    let refund = usd(1000);
    let moves = [
        Move::Placed,
        Move::Paid,
        Move::Accepted,
        Move::Packed,
        Move::Captured,
        Move::OutForDelivery,
        Move::Delivered,
        Move::Returning { reason: "No document".into(), refund },
        Move::Closed { refund },
        Move::Lost { reason: "lost".into(), refund },
        Move::Cancelled { reason: "The store is closed".into() },
    ];
    for (version, it) in (1..).zip(moves) {
        bench.tell(&moved(&order, version, it)).await;
    }
    bench.tell(&arrived(order.order)).await;
    bench.tell(&refunded(order.order)).await;
    // The same change told again as another event.
    bench.tell(&moved(&order, 2, Move::Paid)).await;
    let all = super::messages(&bench, "twelve messages", |items| sent(items) == 12).await;
    let mut kinds: Vec<&str> = all.iter().map(|item| item["kind"].as_str().unwrap()).collect();
    kinds.reverse();
    assert_eq!(
        kinds,
        [
            "placed",
            "paid",
            "accepted",
            "packed",
            "out_for_delivery",
            "delivered",
            "returning",
            "closed",
            "lost",
            "cancelled",
            "arrived",
            "refunded"
        ]
    );
    let text = |kind: &str| {
        let found = all.iter().find(|item| item["kind"] == kind).unwrap();
        assert_eq!(found["recipient"], format!("{}@example.com", ann.person));
        (found["text"].as_str().unwrap(), found["html"].as_str().unwrap())
    };
    assert!(text("placed").0.contains("2 × Gin & <Tonic>, 21.40 USD"));
    assert!(text("placed").1.contains("2 × Gin &amp; &lt;Tonic&gt;, 21.40 USD"));
    assert!(text("arrived").0.contains("Dee is at your door"));
    assert!(text("returning").0.contains("No document"));
    assert!(text("refunded").0.contains("21.40 USD of order K7Q2-9F went back"));
    for kind in ["placed", "out_for_delivery", "arrived"] {
        assert!(text(kind).0.contains("Have your ID ready"), "{kind}");
    }
}

#[tokio::test]
async fn what_was_packed_otherwise_is_told_once_with_what_changed() {
    let bench = super::bench().start().await;
    let ann = customer();
    let mut order = order(ann.customer());
    let money = |amount: i64| json!(usd(amount));
    order.picked = serde_json::from_value(json!({
        "agreed": money(4_000),
        "changes": [{
            "line": OrderId::new(), "product": OrderId::new(), "name": "Old\nRye",
            "ordered": 3, "packed": 1, "agreed": money(3_000), "total": money(2_500),
            "instead": {
                "line": OrderId::new(), "product": OrderId::new(), "name": "New Rye",
                "quantity": 2, "total": money(1_500),
            },
        }],
        "sale": {
            "vendor": StoreId::new(), "store": order.store, "store_name": "", "store_address": "",
            "time_zone": "UTC", "number": "K7Q2-9F", "recipient": "", "address": "",
            "lines": [], "charges": [],
        },
    }))
    .unwrap();
    for (version, it) in (1..).zip([Move::Packed, Move::Captured, Move::OutForDelivery]) {
        bench.tell(&moved(&order, version, it)).await;
    }
    let all = super::messages(&bench, "two messages", |items| sent(items) == 2).await;
    let packed = all.iter().find(|item| item["kind"] == "packed").unwrap();
    let text = packed["text"].as_str().unwrap();
    assert!(text.contains("Old Rye: 1 of 3, and 2 × New Rye instead\n"), "{text}");
    assert!(text.contains("You pay 21.40 USD instead of 40.00 USD."), "{text}");
    let told = all.iter().filter(|item| item["text"].as_str().unwrap().contains("instead"));
    assert_eq!(told.count(), 1);
}

#[tokio::test]
async fn an_order_that_never_was_is_not_cancelled() {
    let bench = super::bench().start().await;
    let ann = customer();
    let (never, last) = (order(ann.customer()), order(ann.customer()));
    let why = |reason: &str| Move::Cancelled { reason: reason.into() };
    bench.tell(&moved(&never, 1, why("out-of-stock"))).await;
    bench.tell(&moved(&last, 2, why("payment-not-completed"))).await;
    let all = super::messages(&bench, "a message", |items| !items.is_empty()).await;
    let orders: Vec<&Value> = all.iter().map(|item| &item["order"]).collect();
    assert_eq!(orders, [&json!(last.order)]);
}

#[tokio::test]
async fn people_see_their_own_messages_page_by_page() {
    let bench = super::bench().start().await;
    let (ann, bob) = (customer(), customer());
    let anns = order(ann.customer());
    for (version, it) in (1..).zip([Move::Placed, Move::Paid, Move::Accepted]) {
        bench.tell(&moved(&anns, version, it)).await;
    }
    bench.tell(&moved(&order(bob.customer()), 1, Move::Placed)).await;
    super::messages(&bench, "four messages", |items| sent(items) == 4).await;
    let mine = bench.signed("notifications", &ann);
    let first: Value = mine.get("/v1/notifications/messages?limit=2").await.ok();
    assert_eq!(first["items"][0]["kind"], "accepted");
    assert_eq!(first["items"][0]["order"], json!(anns.order));
    assert!(first["items"][0].get("error").is_none());
    let next = first["next"].as_str().unwrap();
    let rest: Value = mine.get(&format!("/v1/notifications/messages?after={next}")).await.ok();
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    assert_eq!(rest["items"][0]["kind"], "placed");
    let path = "/v1/notifications/all";
    mine.get(path).await.refused(403, "forbidden");
    bench.anyone("notifications").get(path).await.refused(401, "unauthenticated");
    let runner = bench.signed("notifications", &operator());
    let found: Value =
        runner.get(&format!("{path}?person={}&kind=paid&state=sent", ann.person)).await.ok();
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    runner.get(&format!("{path}?state=lost")).await.refused(422, "invalid-input");
}

#[tokio::test]
async fn a_nearly_empty_shelf_is_kept_for_the_store() {
    let bench = super::bench().start().await;
    let low = StockLow {
        store: StoreId::new(),
        store_name: "Corner".into(),
        product: ProductId::new(),
        product_name: "Gin".into(),
        free: 3,
        threshold: 5,
    };
    bench.tell(&low).await;
    let all = super::messages(&bench, "the message", |items| sent(items) == 1).await;
    assert_eq!(all[0]["store"], json!(low.store));
    assert_eq!(all[0]["person"], Value::Null);
    assert_eq!(all[0]["subject"], "Gin is nearly out at Corner");
    assert!(all[0]["text"].as_str().unwrap().contains("3 left"));
}

#[tokio::test]
async fn nobody_is_told_where_the_account_is_gone_and_news_wait_for_their_order() {
    let bench = super::bench().start().await;
    bench.tell(&moved(&order(super::GONE.cast()), 1, Move::Placed)).await;
    let order = order(customer().customer());
    // The driver's news overtake the order's.
    bench.tell(&arrived(order.order)).await;
    let nowhere = arrived(OrderId::new());
    bench.tell(&nowhere).await;
    bench.tell(&moved(&order, 1, Move::Placed)).await;
    let all = super::messages(&bench, "both messages", |items| sent(items) == 2).await;
    assert!(all.iter().all(|item| item["order"] == json!(order.order)));
}

#[tokio::test]
async fn what_was_sent_long_ago_is_forgotten() {
    let bench = super::bench().start().await;
    let ann = customer();
    let (old, stranger) = (order(ann.customer()), OrderId::new());
    bench.tell(&moved(&old, 1, Move::Placed)).await;
    bench.tell(&arrived(stranger)).await;
    super::messages(&bench, "a message", |items| sent(items) == 1).await;
    let counts = || async {
        sqlx::query_as::<_, (i64, i64, i64)>(
            "select (select count(*) from notifications.message),
                    (select count(*) from notifications.early_news),
                    (select count(*) from notifications.known_order)",
        )
        .fetch_one(&mut bench.connection().await)
        .await
        .unwrap()
    };
    let come = |expected| async move { (counts().await == expected).then_some(()) };
    bench.eventually("both are kept", || come((1, 1, 1))).await;
    // One that surely did not go out yet is kept, however old.
    sqlx::query(
        "insert into notifications.message (id, person_id, kind, channel, recipient, subject, text,
                                            html, state, next_at, dedupe_key, created_at)
         values (gen_random_uuid(), gen_random_uuid(), 'paid', 'smtp', 'a@example.com', '', '', '',
                 'failed', 'infinity', 'waits', '2026-01-01T00:00:00Z')",
    )
    .execute(&mut bench.connection().await)
    .await
    .unwrap();
    bench.advance(91 * 86_400);
    bench.eventually("the messages are forgotten", || come((1, 0, 1))).await;
    // Money may go back late.
    bench.tell(&refunded(old.order)).await;
    bench.eventually("it is told", || come((2, 0, 1))).await;
    bench.advance(310 * 86_400);
    bench.eventually("so is the order", || come((1, 0, 0))).await;
}

#[tokio::test]
async fn an_order_with_a_slot_names_it_by_the_clock_of_its_store() {
    let bench = super::bench().start().await;
    let mut order = order(customer().customer());
    let slot = json!({ "from": "2026-06-16T00:00:00Z", "until": "2026-06-16T01:00:00Z" });
    order.slot = Some(serde_json::from_value(slot).unwrap());
    for (version, it) in (1..).zip([Move::Placed, Move::Accepted, Move::Delivered]) {
        bench.tell(&moved(&order, version, it)).await;
    }
    let all = super::messages(&bench, "three messages", |items| sent(items) == 3).await;
    let named = |item: &&Value| {
        item["text"].as_str().unwrap().contains("on Monday 15 June between 19:00 and 20:00")
    };
    assert_eq!(all.iter().filter(named).count(), 2, "who has it needs no slot: {all:#?}");
}

#[tokio::test]
async fn a_decline_is_told_once_and_read_with_its_order() {
    let bench = super::bench().start().await;
    let ann = customer();
    let (one, other) = (order(ann.customer()), order(ann.customer()));
    let declined = declined(&one, "The seal was whole.\nSee the picture.");
    // Before the order is known, and again after it.
    bench.tell(&declined).await;
    bench.tell(&moved(&one, 1, Move::Placed)).await;
    bench.tell(&moved(&other, 1, Move::Placed)).await;
    bench.tell(&declined).await;
    let moved = ComplaintMove::Agreed { amount: usd(5) };
    bench.tell(&ComplaintMoved { moved, ..declined }).await;
    bench.tell(&refunded(other.order)).await;
    super::messages(&bench, "four messages", |items| sent(items) == 4).await;
    let mine = bench.signed("notifications", &ann);
    let path = format!("/v1/notifications/messages?order={}", one.order);
    let own: Value = mine.get(&path).await.ok();
    let kinds: Vec<&Value> =
        own["items"].as_array().unwrap().iter().map(|it| &it["kind"]).collect();
    assert_eq!((kinds.len(), kinds.contains(&&json!("complaint_declined"))), (2, true), "{own:#}");
    let said =
        own["items"].as_array().unwrap().iter().find(|it| it["kind"] == "complaint_declined");
    let said = said.unwrap()["text"].as_str().unwrap();
    assert!(said.contains("nothing goes back: The seal was whole. See the picture.\n"), "{said}");
    let stranger = bench.signed("notifications", &customer());
    assert_eq!(stranger.get(&path).await.ok::<Value>()["items"], json!([]));
    mine.get("/v1/notifications/messages?order=none").await.refused(422, "invalid-input");
}
