use catalogue::{
    Container,
    seed::{Demo, DemoListing, DemoProduct, DemoStore},
};
use jiff::civil::time;
use kernel::{AlcoholClass, Currency, Drink, Hours, Place, Zone};
use serde_json::Value;

use crate::shop::Shop;

const PLACE: Place = Place { lat: 41.59, lon: -93.61 };

fn demo() -> Demo {
    let store = DemoStore {
        key: "three-rivers".into(),
        vendor: "Three Rivers".into(),
        name: "Three Rivers Court Avenue".into(),
        address: "316 Court Ave".into(),
        place: PLACE,
        time_zone: "America/Chicago".into(),
        currency: Currency::USD,
        hours: Hours::daily(time(10, 0, 0, 0), time(0, 0, 0, 0)),
        zone: Zone::Radius { centre: PLACE, metres: 7000 },
        preparation_minutes: 7,
        licence_number: None,
    };
    let product = DemoProduct {
        key: "lager".into(),
        name: "Lager".into(),
        producer: "Exile".into(),
        category: "beer/lager".into(),
        drink: Drink { class: AlcoholClass::Beer, abv_bp: 520, volume_ml: 355, pack: 6 },
        container: Container::Can,
        vintage: None,
        country: Some("US".into()),
        region: None,
        gtin: None,
        description: String::new(),
    };
    let listing = DemoListing {
        store: "three-rivers".into(),
        product: "lager".into(),
        price_minor: 1049,
        tax_class: "beer".into(),
        deposit_minor: Some(30),
        on_hand: 24,
        low_threshold: 5,
    };
    Demo { stores: vec![store], products: vec![product], listings: vec![listing] }
}

#[tokio::test]
async fn seeding_again_keeps_what_is_there() {
    let shop = Shop::open().await;
    let db = sqlx::PgPool::connect(&format!(
        "{}?options=-csearch_path%3Dcatalogue,public",
        shop.bench.database_url
    ))
    .await
    .unwrap();
    let first = catalogue::seed::seed(&db, &demo(), shop.bench.now()).await.unwrap();
    sqlx::query("update catalogue.stock set version = 7").execute(&db).await.unwrap();
    let second = catalogue::seed::seed(&db, &demo(), shop.bench.now()).await.unwrap();
    assert_eq!((&first.stores, &first.products), (&second.stores, &second.products));
    let path = format!("/v1/catalogue/stores/{}/listings", first.stores["three-rivers"]);
    let page: Value = shop.anyone().get(&path).await.ok();
    assert_eq!(page["items"][0]["deposit"]["amount"], 30);
    let versions: Vec<i64> =
        sqlx::query_scalar("select version from catalogue.stock").fetch_all(&db).await.unwrap();
    assert_eq!(versions, [7]);
    shop.the_ledger_adds_up().await;
}
