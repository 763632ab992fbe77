use std::sync::Arc;

use compliance_api::Moment;
use jiff::SignedDuration;
use kernel::{CartId, OrderId};
use orders_api::{Move, State};
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::{
    ORDERS, order_of, path, place, scene,
    world::{Mood, Stock, TOTAL, usd},
};

#[tokio::test]
async fn a_cart_becomes_an_order() {
    let scene = scene().await;
    let cart = CartId::new();
    let answer = scene.place(cart, "k1").await;
    assert_eq!(answer.status, 201);
    let placed: Value = answer.ok();
    let order = order_of(&placed);
    assert_eq!(placed["order"]["state"], "placed");
    assert_eq!(placed["order"]["total"], json!(usd(TOTAL)));
    assert_eq!(placed["order"]["can"], json!(["cancel"]));
    assert_eq!(placed["payment"]["client_secret"], "pi_1_secret");
    assert_eq!(placed["order"]["lines"].as_array().unwrap().len(), 2);

    // What it says at once is what it says later.
    let read: Value = scene.as_customer().get(&path(order, "")).await.ok();
    assert_eq!(read, placed["order"]);
    let number = read["number"].as_str().unwrap();
    assert_eq!((number.len(), &number[4..5]), (7, "-"));

    let now = scene.bench.now();
    scene.world.look(|world| {
        assert_eq!(world.claims[&cart], order);
        assert_eq!(world.starts[0].amount, usd(TOTAL));
        assert_eq!(world.starts[0].pay_by, now + SignedDuration::from_mins(30));
        // Past the provider's own end of the payment.
        assert_eq!(world.stock[&order], Stock::Held(now + SignedDuration::from_mins(35)));
        let facts = &world.asked[0];
        assert_eq!((facts.moment, facts.at), (Moment::Placement, now));
        // Ten minutes of packing, ten of waiting and, at the worst, 15 there, 3 at the door and
        // 15 back.
        assert_eq!(facts.back_by, Some(now + SignedDuration::from_mins(53)));
        assert_eq!(facts.items[0].unit_price, usd(2500));
    });
    let events = scene.events(order).await;
    assert_eq!(events.len(), 1);
    assert_eq!((&events[0].moved, events[0].version), (&Move::Placed, 1));
    assert_eq!((events[0].state, events[0].order.charges), (State::Placed, usd(699)));
    let lines: Value = json!(events[0].order.lines);
    assert_eq!(lines, placed["order"]["lines"]);
}

#[tokio::test]
async fn ten_retries_at_once_are_one_order() {
    let scene = Arc::new(scene().await);
    let (cart, barrier) = (CartId::new(), Arc::new(Barrier::new(10)));
    let tries = (0..10).map(|_| {
        let (scene, barrier) = (Arc::clone(&scene), Arc::clone(&barrier));
        tokio::spawn(async move {
            barrier.wait().await;
            scene.place(cart, "the-same-key").await
        })
    });
    let mut orders: Vec<Value> = Vec::new();
    for attempt in tries.collect::<Vec<_>>() {
        let answer = attempt.await.unwrap();
        if answer.status == 409 {
            assert!(answer.headers.contains_key("retry-after"));
            answer.refused(409, "idempotency-key-running");
        } else {
            orders.push(answer.ok());
        }
    }
    orders.push(scene.place(cart, "the-same-key").await.ok());
    assert!(orders.iter().all(|order| *order == orders[0]));
    assert_eq!(scene.states_of(cart).await, ["placed"]);
    for effect in ["claim", "hold", "start"] {
        assert_eq!(scene.world.effects(effect), 1, "{effect}");
    }
    assert_eq!(scene.world.look(|world| world.starts.len()), 1);
    assert_eq!(scene.moves(order_of(&orders[0])).await, [Move::Placed]);
}

#[tokio::test]
async fn two_checkouts_of_one_cart_are_one_order() {
    let scene = Arc::new(scene().await);
    for round in 0..5 {
        let (cart, barrier) = (CartId::new(), Arc::new(Barrier::new(2)));
        let tries = ["a", "b"].map(|key| {
            let (scene, barrier) = (Arc::clone(&scene), Arc::clone(&barrier));
            tokio::spawn(async move {
                barrier.wait().await;
                scene.place(cart, &format!("{key}{round}")).await
            })
        });
        let mut won = 0;
        for attempt in tries {
            let answer = attempt.await.unwrap();
            if answer.status == 201 {
                won += 1;
            } else {
                answer.refused(409, "cart-taken");
            }
        }
        assert_eq!(won, 1);
        assert_eq!(scene.states_of(cart).await, ["placed"]);
    }
}

#[tokio::test]
async fn what_is_said_of_saved_ways_to_pay_reaches_the_payment_and_belongs_to_the_key() {
    let scene = scene().await;
    let cart = CartId::new();
    let method = kernel::SavedMethodId::new();
    let asked = |save: bool| json!({ "cart": cart, "expected_total": usd(TOTAL), "save_method": save, "saved_method": method });
    let customer = scene.as_customer().with("idempotency-key", "k");
    customer.post(ORDERS, asked(true)).await.ok::<Value>();
    scene.world.look(|world| {
        let start = &world.starts[0];
        assert_eq!((start.save_method, start.saved_method), (true, Some(method)));
    });
    customer.post(ORDERS, asked(true)).await.ok::<Value>();
    customer.post(ORDERS, asked(false)).await.refused(422, "idempotency-key-reused");
    let odd = json!({ "cart": cart, "expected_total": usd(TOTAL), "saved_method": "pm_1" });
    let problem = customer.post(ORDERS, odd).await.refused(422, "invalid-input");
    assert_eq!(problem["field"], "saved_method");
}

#[tokio::test]
async fn a_key_belongs_to_one_request_of_one_customer() {
    let scene = scene().await;
    let cart = CartId::new();
    scene.place(cart, "k").await.ok::<Value>();
    let other = json!({ "cart": cart, "expected_total": usd(1) });
    let customer = scene.as_customer();
    let answer = customer.with("idempotency-key", "k").post(ORDERS, other).await;
    assert_eq!(answer.refused(422, "idempotency-key-reused")["field"], "Idempotency-Key");
    let somebody = scene.bench.signed("orders", &testkit::customer());
    place(&somebody, CartId::new(), "k").await.ok::<Value>();
    // Somebody else's cart looks like none.
    place(&somebody, cart, "k2").await.refused(404, "no-such-cart");
    let body = json!({ "cart": cart, "expected_total": usd(TOTAL) });
    customer.post(ORDERS, body).await.refused(400, "idempotency-key-missing");
}

#[tokio::test]
async fn bad_input_names_the_field() {
    let scene = scene().await;
    let customer = scene.as_customer().with("idempotency-key", "k");
    for (field, value) in [
        ("cart", json!("no id")),
        ("expected_total.currency", json!({ "amount": 1, "currency": "XQX" })),
        ("expected_total.amount", json!({ "amount": 1.5, "currency": "USD" })),
        ("paid", json!(true)),
    ] {
        let mut body = json!({ "cart": CartId::new(), "expected_total": usd(TOTAL) });
        body[field.split('.').next().unwrap()] = value;
        let answer = customer.post(ORDERS, body).await;
        assert_eq!(answer.refused(422, "invalid-input")["field"], field);
    }
    let body = json!({ "cart": CartId::new(), "expected_total": usd(TOTAL) });
    let staff = scene.as_staff().with("idempotency-key", "k");
    staff.post(ORDERS, &body).await.refused(403, "forbidden");
    scene.bench.anyone("orders").post(ORDERS, &body).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_refusal_leaves_everything_as_it_was() {
    let scene = scene().await;
    for (step, status, code) in [
        ("claim", 409, "out-of-zone"),
        ("judge", 409, "unlawful"),
        ("hold", 409, "out-of-stock"),
        ("start", 422, "provider-refused"),
    ] {
        let cart = CartId::new();
        scene.world.next(step, Mood::Refuse);
        let first = scene.place(cart, &format!("{step}-1")).await.refused(status, code);
        if step == "judge" {
            assert_eq!(first["reasons"][0]["rule"], "dry-day");
            assert!(first["verdict"].is_string());
        }
        scene.world.look(|world| assert!(!world.claims.contains_key(&cart), "{step}"));
        assert_eq!(scene.world.promised(), [], "{step}");
        assert_eq!(scene.states_of(cart).await, ["cancelled"], "{step}");

        // The refusal is final for its key, and only for that.
        let again = scene.place(cart, &format!("{step}-1")).await.refused(status, code);
        assert_eq!(again, first);
        let placed: Value = scene.place(cart, &format!("{step}-2")).await.ok();
        assert_eq!(scene.states_of(cart).await, ["cancelled", "placed"], "{step}");
        scene.world.inner.lock().unwrap().stock.remove(&order_of(&placed));
    }
    let refused = scene.bench.told::<orders_api::OrderMoved>("orders").await;
    assert!(refused.iter().all(|event| event.moved == Move::Placed), "nobody hears of refusals");
}

#[tokio::test]
async fn a_silent_service_leaves_everything_as_it_was() {
    let scene = scene().await;
    for step in ["claim", "judge", "hold", "start"] {
        for mood in [Mood::Fail, Mood::FailAfter] {
            let (cart, key) = (CartId::new(), format!("{step}-{mood:?}"));
            scene.world.next(step, mood);
            scene.place(cart, &key).await.refused(503, "unavailable");
            scene.world.look(|world| assert!(!world.claims.contains_key(&cart), "{step}"));
            assert_eq!(scene.world.promised(), [], "{step}");
            assert_eq!(scene.states_of(cart).await, ["cancelled"], "{step}");
            // Nothing stands against the same key: it was never answered.
            let placed: Value = scene.place(cart, &key).await.ok();
            scene.world.inner.lock().unwrap().stock.remove(&order_of(&placed));
        }
    }
}

#[tokio::test]
async fn without_a_provider_the_cart_is_intact_and_the_error_says_so() {
    let scene = scene().await;
    let cart = CartId::new();
    scene.world.next("start", Mood::Away);
    let answer = scene.place(cart, "k").await;
    assert!(answer.headers.contains_key("retry-after"));
    let problem = answer.refused(503, "provider-unavailable");
    assert!(problem["detail"].as_str().unwrap().contains("Your cart is as it was"), "{problem}");
    scene.world.look(|world| assert!(!world.claims.contains_key(&cart)));
    assert_eq!(scene.world.promised(), []);
    scene.place(cart, "k").await.ok::<Value>();
}

#[tokio::test]
async fn what_costs_nothing_is_not_sold() {
    let scene = scene().await;
    let cart = CartId::new();
    scene.world.inner.lock().unwrap().free = true;
    let body = json!({ "cart": cart, "expected_total": usd(0) });
    let customer = scene.as_customer().with("idempotency-key", "k");
    customer.post(ORDERS, body).await.refused(409, "nothing-to-pay");
    scene.world.look(|world| assert!(!world.claims.contains_key(&cart)));
    assert_eq!(scene.states_of(cart).await, ["cancelled"]);
}

#[tokio::test]
async fn a_payment_that_may_have_been_started_is_taken_back() {
    let scene = scene().await;
    scene.world.next("start", Mood::FailAfter);
    scene.place(CartId::new(), "k").await.refused(503, "unavailable");
    let order: OrderId = scene.world.look(|world| *world.payments.keys().next().unwrap());
    let moves = scene.moves(order).await;
    assert_eq!(moves, [Move::Cancelled { reason: "not-available".into() }]);
    // It was never placed: nobody sees it.
    scene.as_customer().get(&path(order, "")).await.refused(404, "not-found");
}

#[tokio::test]
async fn the_total_must_be_the_one_that_was_shown() {
    let scene = scene().await;
    let body = json!({ "cart": CartId::new(), "expected_total": usd(1) });
    let customer = scene.as_customer().with("idempotency-key", "k");
    let problem = customer.post(ORDERS, body).await.refused(409, "total-changed");
    assert_eq!(problem["actual"], json!(usd(TOTAL)));
    assert_eq!(problem["field"], "expected_total");
}

#[tokio::test]
async fn keys_are_forgotten_after_a_week() {
    let scene = scene().await;
    scene.place(CartId::new(), "k").await.ok::<Value>();
    let another = CartId::new();
    scene.bench.advance(6 * 24 * 3600);
    scene.place(another, "k").await.refused(422, "idempotency-key-reused");
    scene.bench.advance(2 * 24 * 3600);
    scene
        .bench
        .eventually("forgotten", || async {
            let answer = scene.place(another, "k").await;
            (answer.status == 201).then_some(())
        })
        .await;
}
