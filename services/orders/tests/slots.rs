//! Orders that are wanted at a certain time: what is due when, and until when somebody may wait.

use cart_api::{AgreedSlot, Slot};
use jiff::{SignedDuration, Timestamp};
use kernel::CartId;
use orders_api::State;
use serde_json::{Value, json};

use crate::{Scene, order_of, path, scene, world::Stock};

/// A slot of an hour that begins in so many minutes, as the cart agrees to it.
fn in_minutes(scene: &Scene, begins: i64) -> AgreedSlot {
    let at = |minutes| scene.bench.now() + SignedDuration::from_mins(begins + minutes);
    AgreedSlot {
        slot: Slot { from: at(0), until: at(60) },
        // There on a bad day, packed in ten minutes.
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

    // Paid in a quarter of an hour, or it cannot come in time: the stock is held not much longer.
    let soon = in_minutes(&scene, -20);
    scene.world.wanted(Some(soon));
    let order = scene.placed().await;
    let view = scene.view(order).await;
    assert_eq!(when(&view, "pay_by"), soon.begin_by);
    let held = scene.world.look(|inner| inner.stock.get(&order).copied());
    assert_eq!(held, Some(Stock::Held(soon.begin_by + SignedDuration::from_mins(5))));
    scene.bench.advance(15 * 60 + 1);
    assert_eq!(scene.comes_to(order, State::Cancelled).await["reason"], "payment-not-completed");
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
    assert_eq!(orders(&page), [json!(noon), json!(now), json!(evening)]);
}
