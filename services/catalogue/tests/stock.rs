use catalogue_api::Held;
use kernel::OrderId;
use proptest::{prelude::*, strategy::ValueTree};
use serde_json::{Value, json};

use crate::shop::Shop;

#[tokio::test]
async fn a_count_never_breaks_a_promise() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Wild Turkey", 10).await;
    let order = shop.held(bottle, 2).await;
    shop.allocate(order).await.ok::<Held>();
    shop.held(bottle, 3).await;
    let problem = shop.moved(bottle, "count", 4).await.refused(409, "stock-promised");
    assert_eq!(problem["promised"], 5);
    shop.moved(bottle, "write_off", 6).await.refused(409, "stock-promised");
    shop.moved(bottle, "count", 5).await.ok::<Value>();
    assert_eq!(shop.counts(bottle).await, [5, 2, 3, 0]);
    shop.moved(bottle, "receipt", 0).await.refused(422, "invalid-input");
    shop.bench.advance(600);
    shop.moved(bottle, "count", 4).await.ok::<Value>();
    shop.the_ledger_adds_up().await;
}

#[tokio::test]
async fn what_is_not_there_cannot_be_written_off_nor_more_kept_than_fits() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Heaven Hill", 1).await;
    let problem = shop.moved(bottle, "write_off", 2).await.refused(409, "not-that-many");
    assert_eq!(problem["on_hand"], 1);
    shop.moved(bottle, "receipt", 1_000_000).await.refused(409, "too-much");
    shop.moved(kernel::ProductId::new(), "receipt", 1).await.refused(404, "not-found");
}

#[tokio::test]
async fn an_edit_of_what_was_changed_meanwhile_is_refused() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Early Times", 5).await;
    let path = shop.path(&format!("/stock/{bottle}/movements"));
    let version = shop.stock(bottle).await["version"].as_i64().unwrap();
    let careful = shop.as_staff().with("if-match", &format!("\"v{version}\""));
    let count = json!({ "kind": "count", "quantity": 4, "reason": "one broke" });
    let answer = careful.post(&path, &count).await;
    assert_eq!(answer.headers["etag"], format!("\"v{}\"", version + 1));
    careful.post(&path, &count).await.refused(412, "stale-version");
    let listing = shop.path(&format!("/listings/{bottle}"));
    let input = json!({ "price_minor": 1999, "tax_class": "spirits", "active": true });
    shop.as_staff().put(&listing, &input).await.refused(428, "if-match-missing");
    let careful = shop.as_staff().with("if-match", "\"v1\"");
    let changed: Value = careful.put(&listing, &input).await.ok();
    assert_eq!(
        (&changed["price"]["amount"], &changed["listing_version"]),
        (&json!(1999), &json!(2))
    );
    careful.put(&listing, &input).await.refused(412, "stale-version");
}

#[tokio::test]
async fn ledger_and_stock_are_read_page_by_page() {
    let shop = Shop::open().await;
    for name in ["Cherry", "apple", "Banana", "Date"] {
        shop.bottle(name, 6).await;
    }
    let mut names = Vec::new();
    let mut next = String::new();
    loop {
        let page: Value =
            shop.as_staff().get(&shop.path(&format!("/stock?limit=3{next}"))).await.ok();
        names.extend(page["items"].as_array().unwrap().iter().map(|row| row["name"].clone()));
        let Some(after) = page["next"].as_str() else { break };
        next = format!("&after={after}");
    }
    assert_eq!(names, ["apple", "Banana", "Cherry", "Date"]);
    let first: Value = shop.as_staff().get(&shop.path("/movements?limit=3")).await.ok();
    let path = shop.path(&format!("/movements?limit=3&after={}", first["next"].as_str().unwrap()));
    shop.bottle("Elder", 1).await;
    let second: Value = shop.as_staff().get(&path).await.ok();
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    assert_eq!(second["items"][0]["product_name"], "Cherry");
    shop.as_staff().get(&shop.path("/stock?after=nonsense")).await.refused(422, "invalid-input");
}

/// One thing that happens to a bottle's stock.
#[derive(Debug, Clone)]
enum Step {
    Move(&'static str, u32),
    Hold(u32),
    Allocate(usize),
    Release(usize),
    Ship(usize),
    Close(usize, u32),
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let which = any::<usize>();
    prop_oneof![
        (0_u32..9).prop_map(|n| Step::Move("count", n)),
        (1_u32..5).prop_map(|n| Step::Move("receipt", n)),
        (1_u32..5).prop_map(|n| Step::Move("write_off", n)),
        (1_u32..5).prop_map(Step::Hold),
        which.prop_map(Step::Allocate),
        which.prop_map(Step::Release),
        which.prop_map(Step::Ship),
        (which, 0_u32..4).prop_map(|(order, delivered)| Step::Close(order, delivered)),
        (1_i64..700).prop_map(Step::Wait),
    ]
}

/// After every step nothing is promised twice and the movements add up to what is on hand.
#[tokio::test]
async fn whatever_happens_the_ledger_adds_up() {
    let shop = Shop::open().await;
    let runner = &mut proptest::test_runner::TestRunner::deterministic();
    let steps = proptest::collection::vec(step(), 60);
    let bottle = shop.bottle("Anything", 10).await;
    let mut orders: Vec<OrderId> = Vec::new();
    for step in steps.new_tree(runner).unwrap().current() {
        take(&shop, bottle, &mut orders, &step).await;
        let [on_hand, allocated, held, free] = shop.counts(bottle).await;
        assert_eq!(on_hand, allocated + held + free, "{step:?}");
        shop.the_ledger_adds_up().await;
    }
}

async fn take(shop: &Shop, bottle: kernel::ProductId, orders: &mut Vec<OrderId>, step: &Step) {
    let pick = |which: usize| orders.get(which % orders.len().max(1)).copied();
    match *step {
        Step::Move(kind, quantity) => _ = shop.moved(bottle, kind, quantity).await,
        Step::Hold(quantity) => {
            let order = OrderId::new();
            if shop.hold(order, &[(bottle, quantity)]).await.status.is_success() {
                orders.push(order);
            }
        }
        Step::Allocate(which) => {
            if let Some(order) = pick(which) {
                shop.allocate(order).await;
            }
        }
        Step::Release(which) => {
            if let Some(order) = pick(which) {
                shop.release(order).await;
            }
        }
        Step::Ship(which) => {
            let Some(order) = pick(which) else { return };
            if shop.allocate(order).await.status.is_success() {
                let out = json!({ "move": "out_for_delivery" });
                shop.order_moved(order, out, (bottle, 4, 0)).await;
                settled(shop).await;
            }
        }
        Step::Close(which, delivered) => {
            let Some(order) = pick(which) else { return };
            let refund = json!({ "amount": 0, "currency": "USD" });
            let closed = json!({ "move": "closed", "refund": refund });
            shop.order_moved(order, closed, (bottle, 4, delivered)).await;
            settled(shop).await;
        }
        Step::Wait(seconds) => shop.bench.advance(seconds),
    }
}

/// Waits until every event is handled, or has failed once and waits for its next turn.
async fn settled(shop: &Shop) {
    let look = || async {
        let waiting: i64 = sqlx::query_scalar(
            "select count(*) from feed.message where queue = 'catalogue' and attempts = 0",
        )
        .fetch_one(&mut shop.bench.connection().await)
        .await
        .unwrap();
        (waiting == 0).then_some(())
    };
    shop.bench.eventually("all events are handled", look).await;
}
