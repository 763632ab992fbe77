//! What is packed of an order instead of what was ordered.

use std::sync::Arc;

use catalogue_api::{Held, Offer};
use kernel::OrderId;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::shop::Shop;

#[tokio::test]
async fn what_is_not_packed_is_free_and_what_is_packed_for_it_is_taken() {
    let shop = Shop::open().await;
    let (rye, gin) = (shop.bottle("Rye", 5).await, shop.bottle("Gin", 3).await);
    let order = shop.held(rye, 4).await;
    shop.allocate(order).await.ok::<Held>();
    shop.pick(order, 1, &[(rye, 1), (gin, 3)]).await.ok::<Held>();
    assert_eq!(shop.counts(rye).await, [5, 1, 0, 4]);
    assert_eq!(shop.counts(gin).await, [3, 3, 0, 0]);
    // Asked for twice it is done once; an older pick that comes late changes nothing.
    shop.pick(order, 1, &[(rye, 1), (gin, 3)]).await.ok::<Held>();
    shop.pick(order, 3, &[(rye, 2), (gin, 1)]).await.ok::<Held>();
    shop.pick(order, 2, &[(rye, 4)]).await.refused(409, "picked-anew");
    assert_eq!(shop.counts(rye).await, [5, 2, 0, 3]);
    assert_eq!(shop.counts(gin).await, [3, 1, 0, 2]);
    // What leaves the store is what was packed; what comes back as well.
    shop.order_moved(order, json!({ "move": "out_for_delivery" }), (gin, 1, 0)).await;
    shop.comes_to(rye, [3, 0, 0, 3]).await;
    shop.comes_to(gin, [2, 0, 0, 2]).await;
    shop.pick(order, 4, &[(rye, 1)]).await.refused(409, "not-allocated");
}

/// What the store does not find is not promised to the next customer; and it is back where a later
/// pick of the same order finds it after all.
#[tokio::test]
async fn what_is_missing_is_on_hand_no_more() {
    let shop = Shop::open().await;
    let (rye, gin) = (shop.bottle("Rye", 5).await, shop.bottle("Gin", 3).await);
    let order = shop.held(rye, 4).await;
    shop.allocate(order).await.ok::<Held>();
    for _ in 0..2 {
        shop.pick_missing(order, 1, (&[(rye, 1), (gin, 1)], &[(rye, 3)])).await.ok::<Held>();
        assert_eq!(shop.counts(rye).await, [2, 1, 0, 1]);
        assert_eq!(shop.counts(gin).await, [3, 1, 0, 2]);
    }
    shop.hold(OrderId::new(), &[(rye, 2)]).await.refused(409, "out-of-stock");
    shop.pick_missing(order, 2, (&[(rye, 3)], &[(rye, 1)])).await.ok::<Held>();
    assert_eq!(shop.counts(rye).await, [4, 3, 0, 1]);
    // Nothing of it is there, and the order ends.
    shop.pick_missing(order, 3, (&[], &[(rye, 4)])).await.ok::<Held>();
    shop.release(order).await;
    assert_eq!(shop.counts(rye).await, [1, 0, 0, 1]);
    assert_eq!(shop.counts(gin).await, [3, 0, 0, 3]);
    shop.the_ledger_adds_up().await;
    let ledger: Value =
        shop.as_staff().get(&shop.path(&format!("/movements?product={rye}"))).await.ok();
    let ledger = ledger["items"].as_array().unwrap();
    let counted = ledger.iter().filter(|entry| entry["kind"] == "count");
    let counted: Vec<_> = counted.map(|entry| json!([entry["quantity"], entry["order"]])).collect();
    assert_eq!(counted, [-3, 2, -3].map(|quantity| json!([quantity, order])));
}

#[tokio::test]
async fn a_pick_takes_nothing_that_others_have() {
    let shop = Shop::open().await;
    let (rye, gin) = (shop.bottle("Rye", 2).await, shop.bottle("Gin", 3).await);
    let order = shop.held(rye, 2).await;
    shop.pick(order, 1, &[(rye, 1)]).await.refused(409, "not-allocated");
    shop.allocate(order).await.ok::<Held>();
    shop.held(gin, 2).await;
    let problem = shop.pick(order, 1, &[(rye, 1), (gin, 2)]).await.refused(409, "out-of-stock");
    assert_eq!(problem["short"][0]["free"], 1);
    assert_eq!(shop.counts(rye).await, [2, 2, 0, 0], "all of a pick or nothing");
    // An order that ends gives back what it has by then.
    shop.pick(order, 2, &[(gin, 1)]).await.ok::<Held>();
    shop.release(order).await;
    assert_eq!(shop.counts(rye).await, [2, 0, 0, 2]);
    assert_eq!(shop.counts(gin).await, [3, 0, 2, 1]);
    shop.pick(order, 3, &[(gin, 1)]).await.refused(409, "hold-released");
    shop.pick(OrderId::new(), 1, &[(gin, 1)]).await.refused(404, "no-such-hold");
}

/// Twelve orders each want the same bottle instead of theirs, of which there are five.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_of_picks_oversells_nothing() {
    let shop = Arc::new(Shop::open().await);
    let (rye, gin) = (shop.bottle("Rye", 12).await, shop.bottle("Gin", 5).await);
    let (mut orders, mut picks) = (Vec::new(), JoinSet::new());
    for _ in 0..12 {
        let order = shop.held(rye, 1).await;
        shop.allocate(order).await.ok::<Held>();
        orders.push(order);
    }
    for order in orders {
        let shop = Arc::clone(&shop);
        picks.spawn(async move { shop.pick(order, 1, &[(gin, 1)]).await.status.is_success() });
    }
    assert_eq!(picks.join_all().await.into_iter().filter(|taken| *taken).count(), 5);
    assert_eq!(shop.counts(gin).await, [5, 5, 0, 0]);
    assert_eq!(shop.counts(rye).await, [12, 7, 0, 5]);
}

#[tokio::test]
async fn a_store_finds_what_it_has() {
    let shop = Shop::open().await;
    let (rye, _) = (shop.bottle("Old Rye", 1).await, shop.bottle("Rye of elsewhere", 0).await);
    let search = json!({ "store": shop.store, "words": "rye", "limit": 5 });
    let path = "/internal/catalogue/offers/search";
    let found: Vec<Offer> = shop.house().post(path, search).await.ok();
    assert_eq!(
        found.iter().map(|offer| (offer.product, offer.free)).collect::<Vec<_>>(),
        [(rye, 1)]
    );
}
