use catalogue_api::Held;
use kernel::OrderId;
use serde_json::{Value, json};

use crate::shop::Shop;

#[tokio::test]
async fn all_lines_are_held_or_none() {
    let shop = Shop::open().await;
    let (plenty, scarce) = (shop.bottle("Plenty", 50).await, shop.bottle("Scarce", 2).await);
    let problem = shop.hold(OrderId::new(), &[(plenty, 1), (scarce, 3)]).await;
    let problem = problem.refused(409, "out-of-stock");
    let short = json!([{ "product": scarce, "name": "Scarce", "wanted": 3, "free": 2 }]);
    assert_eq!(problem["short"], short);
    assert_eq!(shop.counts(plenty).await, [50, 0, 0, 50]);
}

#[tokio::test]
async fn two_lines_of_one_product_are_added_up() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Maker's Mark", 5).await;
    let problem = shop.hold(OrderId::new(), &[(bottle, 3), (bottle, 3)]).await;
    assert_eq!(problem.refused(409, "out-of-stock")["short"][0]["wanted"], 6);
    shop.hold(OrderId::new(), &[(bottle, 3), (bottle, 2)]).await.ok::<Held>();
    assert_eq!(shop.counts(bottle).await, [5, 0, 5, 0]);
}

#[tokio::test]
async fn a_hold_sent_again_changes_nothing() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Four Roses", 4).await;
    let order = OrderId::new();
    let first: Held = shop.hold(order, &[(bottle, 3)]).await.ok();
    shop.bench.advance(60);
    let second: Held = shop.hold(order, &[(bottle, 3)]).await.ok();
    assert_eq!(first, second);
    assert_eq!(shop.counts(bottle).await, [4, 0, 3, 1]);
}

#[tokio::test]
async fn a_hold_that_lapsed_is_free_at_once_and_for_its_order_as_for_others() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Weller", 3).await;
    let order = shop.held(bottle, 3).await;
    shop.bench.advance(599);
    shop.hold(OrderId::new(), &[(bottle, 1)]).await.refused(409, "out-of-stock");
    shop.bench.advance(1);
    assert_eq!(shop.counts(bottle).await, [3, 0, 0, 3]);
    shop.hold(order, &[(bottle, 3)]).await.ok::<Held>();
    shop.bench.advance(600);
    shop.held(bottle, 1).await;
    let problem = shop.extend(order, shop.in_minutes(5)).await.refused(409, "out-of-stock");
    assert_eq!(problem["short"][0]["free"], 2);
}

#[tokio::test]
async fn tidying_makes_no_difference_to_anyone() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Weller", 3).await;
    let order = shop.held(bottle, 2).await;
    shop.bench.advance(600);
    let look = || async {
        let lapsed: bool =
            sqlx::query_scalar("select state = 'lapsed' from catalogue.hold where order_id = $1")
                .bind(order.uuid())
                .fetch_one(&mut shop.bench.connection().await)
                .await
                .unwrap();
        lapsed.then_some(())
    };
    shop.bench.eventually("the hold is tidied", look).await;
    shop.extend(order, shop.in_minutes(5)).await.ok::<Held>();
    assert_eq!(shop.counts(bottle).await, [3, 0, 2, 1]);
}

#[tokio::test]
async fn extending_moves_the_end() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Old Forester", 1).await;
    let order = shop.held(bottle, 1).await;
    let until = shop.in_minutes(60);
    assert_eq!(shop.extend(order, until).await.ok::<Held>().until, Some(until));
    shop.bench.advance(3599);
    shop.hold(OrderId::new(), &[(bottle, 1)]).await.refused(409, "out-of-stock");
    shop.bench.advance(1);
    shop.held(bottle, 1).await;
    shop.extend(OrderId::new(), until).await.refused(404, "no-such-hold");
}

#[tokio::test]
async fn allocating_is_final_and_once() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Elijah Craig", 5).await;
    let order = shop.held(bottle, 2).await;
    for _ in 0..2 {
        assert_eq!(shop.allocate(order).await.ok::<Held>().until, None);
        assert_eq!(shop.counts(bottle).await, [5, 2, 0, 3]);
    }
    shop.bench.advance(3600);
    assert_eq!(shop.counts(bottle).await, [5, 2, 0, 3]);
    assert_eq!(shop.extend(order, shop.in_minutes(1)).await.ok::<Held>().until, None);
    assert_eq!(shop.hold(order, &[(bottle, 2)]).await.ok::<Held>().until, None);
    shop.allocate(OrderId::new()).await.refused(404, "no-such-hold");
}

#[tokio::test]
async fn allocating_after_the_end_takes_the_stock_again_or_says_it_is_gone() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Michter's", 3).await;
    let (lucky, late) = (shop.held(bottle, 1).await, shop.held(bottle, 2).await);
    shop.bench.advance(601);
    shop.allocate(lucky).await.ok::<Held>();
    shop.held(bottle, 1).await;
    let problem = shop.allocate(late).await.refused(409, "out-of-stock");
    assert_eq!(problem["short"][0]["free"], 1);
    assert_eq!(shop.counts(bottle).await, [3, 1, 1, 1]);
}

#[tokio::test]
async fn releasing_gives_back_once() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Knob Creek", 5).await;
    let (held, paid) = (shop.held(bottle, 2).await, shop.held(bottle, 3).await);
    shop.allocate(paid).await.ok::<Held>();
    for _ in 0..2 {
        shop.release(held).await.ok::<Value>();
        assert_eq!(shop.counts(bottle).await, [5, 3, 0, 2]);
    }
    for _ in 0..2 {
        shop.release(paid).await.ok::<Value>();
        assert_eq!(shop.counts(bottle).await, [5, 0, 0, 5]);
    }
    shop.release(OrderId::new()).await.ok::<Value>();
    shop.allocate(paid).await.refused(409, "hold-released");
    shop.extend(held, shop.in_minutes(1)).await.refused(409, "hold-released");
    shop.hold(held, &[(bottle, 1)]).await.refused(409, "hold-released");
}

#[tokio::test]
async fn each_change_moves_the_version_and_refusals_do_not() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Booker's", 2).await;
    let version = || async { shop.stock(bottle).await["version"].as_i64().unwrap() };
    let before = version().await;
    let order = shop.held(bottle, 2).await;
    shop.hold(OrderId::new(), &[(bottle, 1)]).await.refused(409, "out-of-stock");
    shop.allocate(order).await.ok::<Held>();
    shop.allocate(order).await.ok::<Held>();
    shop.release(order).await.ok::<Value>();
    assert_eq!(version().await, before + 3);
}

#[tokio::test]
async fn offers_tell_what_is_free_and_what_cannot_be_bought() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Buffalo Trace", 7).await;
    let unlisted = shop.product(crate::shop::product_input("Unlisted", "spirits")).await;
    let mut withdrawn = crate::shop::product_input("Withdrawn", "spirits");
    withdrawn["active"] = json!(false);
    let withdrawn = shop.product(withdrawn).await;
    shop.held(bottle, 3).await;
    let stranger = kernel::ProductId::new();
    let wanted = json!({
        "store": shop.store, "products": [bottle, unlisted, withdrawn, stranger],
        "door": { "lat": 41.60, "lon": -93.60 },
    });
    let path = "/internal/catalogue/offers";
    let offers: catalogue_api::Offers = shop.house().post(path, &wanted).await.ok();
    assert_eq!(offers.offers.len(), 1);
    assert_eq!((offers.offers[0].free, offers.offers[0].price.amount), (4, 2999));
    assert_eq!((offers.open_now, offers.reaches_door), (true, Some(true)));
    let missing: Vec<_> = offers.missing.iter().map(|missing| missing.name.as_deref()).collect();
    assert_eq!(missing, [Some("Unlisted"), None, None], "what is withdrawn looks like nothing");
    let nowhere = json!({ "store": stranger, "products": [], "door": null });
    shop.house().post(path, nowhere).await.refused(404, "no-such-store");
    shop.anyone().post(path, wanted).await.refused(401, "unauthenticated");
}
