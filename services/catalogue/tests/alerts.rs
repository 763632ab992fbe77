use catalogue_api::{Held, StockLow};
use kernel::{OrderId, ProductId};
use serde_json::{Value, json};

use crate::shop::Shop;

async fn told(shop: &Shop) -> Vec<u32> {
    let told = shop.bench.told::<StockLow>("catalogue").await;
    told.iter().map(|low| low.free).collect()
}

async fn set_threshold(shop: &Shop, bottle: ProductId, threshold: u32) {
    let version = shop.stock(bottle).await["version"].as_i64().unwrap();
    let caller = shop.as_staff().with("if-match", &format!("\"v{version}\""));
    let path = shop.path(&format!("/stock/{bottle}/threshold"));
    caller.put(&path, json!({ "low_threshold": threshold })).await.ok::<Value>();
}

#[tokio::test]
async fn a_store_is_warned_once_each_time_it_falls() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Old Crow", 8).await;
    assert!(told(&shop).await.is_empty(), "an empty new shelf is no news");
    shop.held(bottle, 2).await;
    assert!(told(&shop).await.is_empty());
    let order = shop.held(bottle, 1).await;
    assert_eq!(told(&shop).await, [5], "at the threshold counts");
    shop.allocate(order).await.ok::<Held>();
    shop.held(bottle, 1).await;
    shop.moved(bottle, "write_off", 1).await.ok::<Value>();
    assert_eq!(told(&shop).await, [5], "lower is no second crossing");
    shop.receive(bottle, 10).await;
    shop.moved(bottle, "count", 6).await.ok::<Value>();
    assert_eq!(told(&shop).await, [5, 2], "it rose above and fell again");
    let low = shop.bench.told::<StockLow>("catalogue").await.remove(0);
    assert_eq!((low.store, low.product, low.threshold), (shop.store, bottle, 5));
    let names = (low.store_name.as_str(), low.product_name.as_str());
    assert_eq!(names, ("Copper Finch East Village", "Old Crow"));
}

#[tokio::test]
async fn a_lapsed_hold_rearms_it_by_the_passing_of_time_alone() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Old Tub", 8).await;
    shop.held(bottle, 4).await;
    assert_eq!(told(&shop).await, [4]);
    shop.bench.advance(600);
    shop.held(bottle, 5).await;
    assert_eq!(told(&shop).await, [4, 3]);
}

#[tokio::test]
async fn a_released_hold_rearms_it() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Old Rip", 8).await;
    for _ in 0..2 {
        let order = shop.held(bottle, 4).await;
        shop.release(order).await.ok::<Value>();
    }
    assert_eq!(told(&shop).await, [4, 4]);
}

#[tokio::test]
async fn moving_the_threshold_over_the_stock_is_a_crossing() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Old Medley", 8).await;
    set_threshold(&shop, bottle, 8).await;
    set_threshold(&shop, bottle, 9).await;
    assert_eq!(told(&shop).await, [8]);
    set_threshold(&shop, bottle, 0).await;
    shop.held(bottle, 7).await;
    assert_eq!(told(&shop).await, [8]);
    shop.hold(OrderId::new(), &[(bottle, 2)]).await.refused(409, "out-of-stock");
    shop.held(bottle, 1).await;
    assert_eq!(told(&shop).await, [8, 0]);
    let low: Value = shop.as_staff().get(&shop.path("/stock?low=true")).await.ok();
    assert_eq!(low["items"][0]["stock"], "out");
}
