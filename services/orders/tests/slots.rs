//! Orders that are wanted at a certain time: what is due when, and until when somebody may wait.

use cart_api::{AgreedSlot, Slot};
use compliance_api::Leaving;
use jiff::{SignedDuration, Timestamp};
use kernel::CartId;
use orders_api::State;
use serde_json::{Value, json};

use crate::{
    ORDERS, Scene, TOTAL, order_of, path, scene, usd,
    world::{Mood, Stock},
};

/// A slot of an hour that begins in so many minutes, as the cart agrees to it.
fn in_minutes(scene: &Scene, begins: i64) -> AgreedSlot {
    let at = |minutes| scene.bench.now() + SignedDuration::from_mins(begins + minutes);
    AgreedSlot {
        slot: Slot { from: at(0), until: at(60) },
        // There on a bad day, packed in ten minutes.
        pay_by: at(60 - 15 - 10 - 5),
        begin_by: at(60 - 15 - 10),
        accept_by: at(-10),
        packed_by: at(0),
    }
}

fn when(view: &Value, field: &str) -> Timestamp {
    view[field].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn an_order_keeps_its_slot_and_its_store_the_time_until_then() {
    let scene = scene().await;
    let agreed = in_minutes(&scene, 300);
    scene.world.wanted(Some(agreed));
    let placed: Value = scene.place(CartId::new(), "evening").await.ok();
    let order = order_of(&placed);
    assert_eq!(placed["order"]["slot"], json!(agreed.slot));
    assert_eq!(when(&placed["order"], "due_at"), agreed.packed_by);
    let asked = scene.world.look(|inner| inner.asked.last().cloned()).unwrap();
    assert_eq!(asked.at, agreed.slot.from, "the law of when its driver leaves");
    // Ten minutes' way before its end, and back on a bad day.
    let back = agreed.slot.until + SignedDuration::from_mins(-10 + 15 + 3 + 15);
    assert_eq!(asked.back_by, Some(back));
    scene.pay(order).await;
    let paid = scene.comes_to(order, State::Paid).await;
    assert_eq!(when(&paid, "accept_by"), agreed.accept_by);

    // As soon as possible would have ended long ago.
    scene.bench.advance(280 * 60);
    tokio::task::yield_now().await;
    let view: Value = scene.as_staff().post(&path(order, "accept"), json!({})).await.ok();
    assert_eq!((&view["state"], when(&view, "due_at")), (&json!("accepted"), agreed.packed_by));
    let events = scene.events(order).await;
    assert!(events.len() == 3 && events.iter().all(|event| event.order.slot == Some(agreed.slot)));
}

#[tokio::test]
async fn whoever_does_not_answer_is_not_waited_for_beyond_it() {
    let scene = scene().await;
    let agreed = in_minutes(&scene, 60);
    scene.world.wanted(Some(agreed));
    let order = scene.paid().await;
    scene.bench.advance(51 * 60);
    let view = scene.comes_to(order, State::Cancelled).await;
    assert_eq!(view["reason"], "store-did-not-answer");

    // Paid in ten minutes, or it cannot come in time: the stock is held not much longer.
    let soon = in_minutes(&scene, -20);
    scene.world.wanted(Some(soon));
    let order = scene.placed().await;
    let view = scene.view(order).await;
    assert_eq!(when(&view, "pay_by"), soon.pay_by);
    let held = scene.world.look(|inner| inner.stock.get(&order).copied());
    assert_eq!(held, Some(Stock::Held(soon.pay_by + SignedDuration::from_mins(5))));
    scene.bench.advance(10 * 60 + 1);
    assert_eq!(scene.comes_to(order, State::Cancelled).await["reason"], "payment-not-completed");
}

#[tokio::test]
async fn nobody_waits_so_long_that_it_cannot_come_in_time() {
    let scene = scene().await;
    let soon = in_minutes(&scene, -20);
    scene.world.wanted(Some(soon));
    let order = scene.placed().await;
    // Nearly as late as it may be paid: the store has not its ten minutes.
    scene.bench.advance(9 * 60);
    scene.pay(order).await;
    let paid = scene.comes_to(order, State::Paid).await;
    assert_eq!(when(&paid, "accept_by"), soon.begin_by);
    scene.bench.advance(6 * 60 + 1);
    assert_eq!(scene.comes_to(order, State::Cancelled).await["reason"], "store-did-not-answer");
}

#[tokio::test]
async fn the_law_is_asked_of_every_instant_where_its_rules_change() {
    let scene = scene().await;
    let agreed = in_minutes(&scene, 300);
    scene.world.wanted(Some(agreed));
    scene.world.inner.lock().unwrap().rules_change = true;
    scene.world.next("outlook", Mood::Refuse);
    let problem = scene.place(CartId::new(), "evening").await.refused(409, "unlawful");
    assert_eq!(problem["reasons"][0]["rule"], "dry-day");
    scene.place(CartId::new(), "another").await.ok::<Value>();
    let (first, until) = (agreed.slot.from, agreed.slot.until);
    let last = until - SignedDuration::from_mins(10);
    let back_by = last + SignedDuration::from_mins(15 + 3 + 15);
    let asked = scene.world.look(|inner| inner.times.clone());
    assert_eq!(asked, [Leaving { first, last, back_by }]);
    // As soon as possible: ten minutes to pack it, and ten of waiting.
    scene.world.wanted(None);
    scene.place(CartId::new(), "soon").await.ok::<Value>();
    let asked = scene.world.look(|inner| *inner.times.last().unwrap());
    let now = scene.bench.now();
    assert_eq!((asked.first, asked.last), (now, now + SignedDuration::from_mins(20)));
}

#[tokio::test]
async fn the_slot_must_be_the_one_that_was_shown() {
    let scene = scene().await;
    let agreed = in_minutes(&scene, 300);
    scene.world.wanted(Some(agreed));
    let (cart, customer) = (CartId::new(), scene.as_customer());
    let place = async |key: &str, slot: Value| {
        let body = json!({ "cart": cart, "expected_total": usd(TOTAL), "expected_slot": slot });
        customer.with("idempotency-key", key).post(ORDERS, body).await
    };
    let problem = place("soon", json!({})).await.refused(409, "slot-changed");
    assert_eq!(problem["field"], "expected_slot");
    assert_eq!(problem["actual"], json!(agreed.slot.from));
    let earlier = json!({ "from": agreed.slot.from - SignedDuration::from_hours(1) });
    place("earlier", earlier.clone()).await.refused(409, "slot-changed");
    let odd = place("odd", json!({ "from": "9999-01-01T00:00:00Z" })).await;
    assert_eq!(odd.refused(422, "invalid-input")["field"], "expected_slot.from");
    place("this", json!({ "from": agreed.slot.from })).await.ok::<Value>();
    place("this", earlier).await.refused(422, "idempotency-key-reused");
}

/// Processes of the release before go on for a while beside those of this one.
#[tokio::test]
async fn what_is_not_said_to_be_due_is_in_the_queue_since_it_was_placed() {
    let scene = scene().await;
    scene.world.wanted(Some(in_minutes(&scene, 30)));
    let wanted = scene.accepted().await;
    scene.world.wanted(None);
    let old = scene.accepted().await;
    sqlx::query("update orders.orders set due_at = null where id = $1")
        .bind(old.uuid())
        .execute(&mut scene.bench.connection().await)
        .await
        .unwrap();
    let queue = format!("/v1/orders/stores/{}/queue?limit=1", scene.world.store);
    let first: Value = scene.as_staff().get(&queue).await.ok();
    assert_eq!(first["items"][0]["order"], json!(old));
    assert_eq!(first["items"][0]["due_at"], first["items"][0]["placed_at"]);
    let next = format!("{queue}&after={}", first["next"].as_str().unwrap());
    let next: Value = scene.as_staff().get(&next).await.ok();
    assert_eq!(next["items"][0]["order"], json!(wanted));
}

#[tokio::test]
async fn the_queue_goes_by_what_is_due() {
    let scene = scene().await;
    let order_in = async |minutes: Option<i64>| {
        scene.world.wanted(minutes.map(|minutes| in_minutes(&scene, minutes)));
        scene.paid().await
    };
    let evening = order_in(Some(300)).await;
    let noon = order_in(Some(30)).await;
    let now = order_in(None).await;
    let queue = format!("/v1/orders/stores/{}/queue", scene.world.store);
    let staff = scene.as_staff();
    let page: Value = staff.get(&format!("{queue}?limit=2")).await.ok();
    let orders = |page: &Value| -> Vec<Value> {
        page["items"].as_array().unwrap().iter().map(|item| item["order"].clone()).collect()
    };
    assert_eq!(orders(&page), [json!(now), json!(noon)]);
    let next = format!("{queue}?limit=2&after={}", page["next"].as_str().unwrap());
    assert_eq!(orders(&staff.get(&next).await.ok()), [json!(evening)]);
    let accept = json!({ "preparation_minutes": 45 });
    let view: Value = staff.post(&path(now, "accept"), accept).await.ok();
    let due = scene.bench.now() + SignedDuration::from_mins(45);
    assert_eq!((&view["slot"], when(&view, "due_at")), (&Value::Null, due));
    let page: Value = staff.get(&queue).await.ok();
    assert_eq!(
        orders(&page),
        [json!(noon), json!(evening), json!(now)],
        "what is unanswered first"
    );
    for order in [noon, evening] {
        staff.post(&path(order, "accept"), json!({})).await.ok::<Value>();
    }
    let page: Value = staff.get(&queue).await.ok();
    assert_eq!(orders(&page), [json!(noon), json!(now), json!(evening)]);
}
