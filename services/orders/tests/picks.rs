//! What becomes of an order of which the store has not all.

use std::pin::pin;

use compliance_api::Moment;
use kernel::{OrderId, ProductId};
use orders_api::{Move, State};
use payments_api::MoneyMove;
use serde_json::{Value, json};

use crate::{
    Scene, path, scene,
    world::{Mood, TOTAL, usd},
};

/// An accepted order of two bottles of rye, which may be replaced, and three beers, which may not;
/// with the lines' ids.
async fn accepted(scene: &Scene) -> (OrderId, [Value; 2]) {
    let order = scene.accepted().await;
    let view = scene.view(order).await;
    let wishes = [&view["lines"][0]["if_missing"], &view["lines"][1]["if_missing"]];
    assert_eq!(wishes, [&json!("best_match"), &json!("none")]);
    (order, [view["lines"][0]["line"].clone(), view["lines"][1]["line"].clone()])
}

fn short(line: &Value, picked: u32) -> Value {
    json!({ "line": line, "picked": picked })
}

fn instead(line: &Value, picked: u32, (product, quantity): (ProductId, u32)) -> Value {
    json!({ "line": line, "picked": picked, "instead": { "product": product, "quantity": quantity } })
}

async fn pack(scene: &Scene, order: OrderId, lines: &[Value]) -> testkit::Answer {
    scene.as_staff().post(&path(order, "pack"), json!({ "lines": lines })).await
}

/// The units of each product that the stock was last asked to be, and by which pick.
fn picked(scene: &Scene, order: OrderId) -> (i32, Vec<u32>) {
    let pick = scene.world.look(|inner| inner.picks[&order].clone());
    (pick.number, pick.lines.iter().map(|line| line.quantity).collect())
}

/// The units that the last pick told the stock are not there.
fn missing(scene: &Scene, order: OrderId) -> Vec<u32> {
    let pick = scene.world.look(|inner| inner.picks[&order].clone());
    pick.missing.iter().map(|line| line.quantity).collect()
}

#[tokio::test]
async fn what_is_not_there_is_left_out_and_not_paid_for() {
    let scene = scene().await;
    let (order, [rye, beer]) = accepted(&scene).await;
    let lines = [short(&rye, 1), short(&beer, 0)];
    let view: Value = pack(&scene, order, &lines).await.ok();
    let total = 5350 / 2 + 499 + 200;
    assert_eq!((&view["state"], &view["total"]["amount"]), (&json!("packed"), &json!(total)));
    assert_eq!(view["agreed"]["amount"], TOTAL);
    assert_eq!(view["lines"].as_array().unwrap().len(), 1);
    assert_eq!((&view["lines"][0]["line"], &view["lines"][0]["quantity"]), (&rye, &json!(1)));
    assert_eq!(view["changes"][1]["line"], beer);
    assert_eq!(view["changes"][1]["total"]["amount"], 0);
    assert_eq!((picked(&scene, order), missing(&scene, order)), ((1, vec![1]), vec![1, 3]));
    // Asked for twice it is done once.
    let again: Value = pack(&scene, order, &lines).await.ok();
    assert_eq!((again, picked(&scene, order).0), (view, 1));
    // Said otherwise it is not done, and nobody is told that it was.
    for otherwise in [&lines[..1], &[short(&rye, 1), short(&beer, 1)], &[]] {
        pack(&scene, order, otherwise).await.refused(409, "picked-anew");
    }

    let events = scene.events(order).await;
    let packed = events.last().unwrap();
    assert_eq!((&packed.moved, packed.order.total), (&Move::Packed, usd(total)));
    let told = packed.order.picked.as_ref().unwrap();
    assert_eq!((told.agreed, told.changes.len()), (usd(TOTAL), 2));
    told.sale.check(usd(total)).unwrap();
    assert_eq!((told.sale.recipient.as_str(), told.sale.lines.len()), ("", 1));
    // What is taken is what was packed, and then a driver may come.
    scene.money(order, MoneyMove::Captured { amount: usd(total) }, total).await;
    scene.settled().await;
    assert_eq!(scene.moves(order).await.last(), Some(&Move::Captured));
}

#[tokio::test]
async fn what_is_not_there_is_replaced_where_that_is_wanted() {
    let scene = scene().await;
    let (order, [rye, beer]) = accepted(&scene).await;
    let [gin, tonic] = scene.world.others;
    let no = |answer: testkit::Answer, code: &str, field: &str| {
        assert_eq!(answer.refused(409, code)["field"], field);
    };
    let answer = pack(&scene, order, &[short(&rye, 2), instead(&beer, 2, (gin, 1))]).await;
    no(answer, "replacement-not-wanted", "lines[1].instead");
    let answer = pack(&scene, order, &[instead(&rye, 0, (tonic, 2))]).await;
    no(answer, "alcohol-only-by-alcohol", "lines[0].instead.product");
    let answer = pack(&scene, order, &[instead(&rye, 0, (ProductId::new(), 2))]).await;
    no(answer, "not-offered", "lines[0].instead.product");
    let answer = pack(&scene, order, &[instead(&rye, 1, (gin, 2))]).await;
    assert_eq!(answer.refused(422, "invalid-input")["field"], "lines[0].instead.quantity");
    assert!(scene.world.look(|inner| inner.picks.is_empty()), "nothing of that touches the stock");
    scene.world.next("judge", Mood::Refuse);
    let answer = pack(&scene, order, &[instead(&rye, 0, (gin, 2))]).await;
    assert_eq!(answer.refused(409, "unlawful")["reasons"][0]["rule"], "dry-day");
    scene.world.next("pick", Mood::Refuse);
    pack(&scene, order, &[instead(&rye, 0, (gin, 2))]).await.refused(409, "out-of-stock");
    assert_eq!(scene.state(order).await, State::Accepted);

    let view: Value = pack(&scene, order, &[instead(&rye, 1, (gin, 1))]).await.ok();
    let names: Vec<_> =
        view["lines"].as_array().unwrap().iter().map(|line| &line["name"]).collect();
    assert_eq!(names, ["Rye", "Gin", "Beer"]);
    assert_eq!(view["total"]["amount"], 5350 / 2 + 2000 + 1000 + 499 + 200);
    assert_eq!(view["changes"][0]["instead"]["line"], view["lines"][1]["line"]);
    assert_eq!((picked(&scene, order), missing(&scene, order)), ((2, vec![1, 1, 3]), vec![1]));
    let asked = scene.world.look(|inner| inner.asked.last().cloned()).unwrap();
    assert_eq!((asked.moment, asked.items.len()), (Moment::Dispatch, 3));
    assert_eq!(asked.items[1].name, "Gin");
}

#[tokio::test]
async fn a_store_sees_what_might_be_put_in() {
    let scene = scene().await;
    let (order, [rye, _]) = accepted(&scene).await;
    let found = path(order, &format!("lines/{}/replacements", rye.as_str().unwrap()));
    let found = async |query: &str| -> Value {
        scene.as_staff().get(&format!("{found}{query}")).await.ok()
    };
    for query in ["", "?q=gin"] {
        let items = found(query).await["items"].clone();
        assert_eq!((&items[0]["name"], &items[0]["why_not"]), (&json!("Gin"), &Value::Null));
        assert_eq!(items[1]["why_not"], "alcohol-only-by-alcohol");
    }
    let strange = path(order, &format!("lines/{order}/replacements"));
    scene.as_staff().get(&strange).await.refused(404, "not-found");
}

#[tokio::test]
async fn nothing_there_at_all_ends_it() {
    let scene = scene().await;
    let (order, [rye, beer]) = accepted(&scene).await;
    let view: Value = pack(&scene, order, &[short(&rye, 0), short(&beer, 0)]).await.ok();
    let reason = "The store has nothing of what was ordered.".to_owned();
    assert_eq!((&view["state"], &view["reason"]), (&json!("cancelled"), &json!(reason)));
    assert_eq!(scene.moves(order).await.last(), Some(&Move::Cancelled { reason }));
    assert_eq!((picked(&scene, order), missing(&scene, order)), ((1, vec![]), vec![2, 3]));
}

/// The cart is gone, as it is some days after its customer was erased.
#[tokio::test]
async fn what_was_agreed_to_may_be_kept_no_more() {
    let scene = scene().await;
    let (order, [rye, _]) = accepted(&scene).await;
    scene.world.next("packed", Mood::Refuse);
    pack(&scene, order, &[short(&rye, 1)]).await.refused(409, "not-priced");
    scene.as_staff().post(&path(order, "pack"), ()).await.ok::<Value>();
}

/// Somebody says what is missing of a paid order, which a colleague accepts between the look at it
/// and its lock.
#[tokio::test]
async fn an_order_that_is_accepted_meanwhile_is_not_packed_whole() {
    let scene = scene().await;
    let order = scene.paid().await;
    let rye = scene.view(order).await["lines"][0]["line"].clone();
    let mut colleague = scene.bench.connection().await;
    sqlx::query("begin").execute(&mut colleague).await.unwrap();
    let accept = "update orders.orders set state = 'accepted', due_at = placed_at where id = $1";
    sqlx::query(accept).bind(order.uuid()).execute(&mut colleague).await.unwrap();
    let lines = [short(&rye, 1)];
    let mut packing = pin!(pack(&scene, order, &lines));
    let look = || async {
        let waiting = "select true from pg_stat_activity
                       where datname = current_database() and wait_event_type = 'Lock' limit 1";
        let waiting = sqlx::query_scalar::<_, bool>(waiting);
        waiting.fetch_optional(&mut scene.bench.connection().await).await.unwrap()
    };
    let at_once = tokio::select! {
        answer = &mut packing => Some(answer),
        _ = scene.bench.eventually("it waits for the colleague", look) => None,
    };
    sqlx::query("commit").execute(&mut colleague).await.unwrap();
    let answer = match at_once {
        Some(answer) => answer,
        None => packing.await,
    };
    answer.refused(409, "wrong-state");
    let view: Value = pack(&scene, order, &lines).await.ok();
    assert_eq!(view["total"]["amount"], 5350 / 2 + 1000 + 499 + 200);
}

/// The process is killed when the stock has followed the pick and nobody knows. Whoever packs it next
/// says what there is, and the stock follows that.
#[tokio::test]
async fn an_interrupted_pick_leaves_an_order_to_be_packed() {
    let scene = scene().await;
    let (order, [rye, beer]) = accepted(&scene).await;
    scene.world.next("pick", Mood::FailAfter);
    pack(&scene, order, &[short(&rye, 1)]).await.refused(503, "unavailable");
    assert_eq!(
        (scene.state(order).await, picked(&scene, order)),
        (State::Accepted, (1, vec![1, 3]))
    );
    let view: Value = scene.as_staff().post(&path(order, "pack"), ()).await.ok();
    assert_eq!((&view["total"]["amount"], &view["changes"]), (&json!(TOTAL), &json!([])));
    assert_eq!(picked(&scene, order), (2, vec![2, 3]));
    assert!(scene.events(order).await.last().unwrap().order.picked.is_none());
    // Another is cancelled instead, and nothing more is taken for it.
    let (order, [rye, _]) = accepted(&scene).await;
    scene.world.next("pick", Mood::FailAfter);
    pack(&scene, order, &[short(&rye, 1)]).await.refused(503, "unavailable");
    let reject = json!({ "reason": "no" });
    scene.as_staff().post(&path(order, "reject"), reject).await.ok::<Value>();
    pack(&scene, order, &[short(&beer, 1)]).await.refused(409, "wrong-state");
    assert_eq!(picked(&scene, order).0, 1);
}

/// Two people pack one order at once, each in their own way: one of them does, and the stock is as
/// that one says.
#[tokio::test]
async fn of_two_who_pack_at_once_one_packs() {
    let scene = scene().await;
    let (order, [rye, beer]) = accepted(&scene).await;
    scene.world.next("pick", Mood::HangAfter);
    let (lines, others) = ([short(&rye, 1)], [short(&beer, 1)]);
    let first = pack(&scene, order, &lines);
    let second = async {
        let looked =
            || async { scene.world.look(|inner| inner.picks.contains_key(&order)).then_some(()) };
        scene.bench.eventually("the first has picked", looked).await;
        let second: Value = pack(&scene, order, &others).await.ok();
        scene.world.let_go();
        second
    };
    let (first, second) = tokio::join!(first, second);
    first.refused(409, "picked-anew");
    assert_eq!(second["changes"][0]["line"], beer);
    assert_eq!(picked(&scene, order), (2, vec![2, 1]));
}
