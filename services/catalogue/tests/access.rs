use catalogue_api::ProductChanged;
use serde_json::{Value, json};

use crate::shop::{Shop, product_input};

#[tokio::test]
async fn to_staff_of_another_store_there_is_no_such_store() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Private", 3).await;
    let stranger = testkit::staff(&[kernel::StoreId::new()]);
    for who in [stranger, testkit::customer(), testkit::driver()] {
        let caller = shop.bench.signed("catalogue", &who).with("if-match", "\"v1\"");
        for path in ["/stock", "/movements", "/listings.csv"] {
            caller.get(&shop.path(path)).await.refused(404, "not-found");
        }
        let listing = json!({ "price_minor": 1, "tax_class": "spirits", "active": true });
        let path = shop.path(&format!("/listings/{bottle}"));
        caller.put(&path, listing).await.refused(404, "not-found");
        let path = shop.path(&format!("/stock/{bottle}/movements"));
        let receipt = json!({ "kind": "receipt", "quantity": 1 });
        caller.post(&path, receipt).await.refused(404, "not-found");
        let path = shop.path(&format!("/stock/{bottle}/threshold"));
        caller.put(&path, json!({ "low_threshold": 1 })).await.refused(404, "not-found");
        let input = product_input("Mine", "spirits");
        caller.post("/v1/catalogue/products", input).await.refused(403, "forbidden");
        caller
            .post("/v1/catalogue/vendors", json!({ "name": "Me" }))
            .await
            .refused(403, "forbidden");
    }
    shop.anyone().get(&shop.path("/stock")).await.refused(401, "unauthenticated");
    shop.as_operator().get(&shop.path("/stock")).await.ok::<Value>();
}

#[tokio::test]
async fn what_is_withdrawn_is_gone_for_customers() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Withdrawn", 3).await;
    let path = format!("/v1/catalogue/products/{bottle}");
    let mut input = product_input("Withdrawn", "spirits/whiskey/bourbon");
    input["active"] = json!(false);
    shop.as_operator().put(&path, &input).await.refused(428, "if-match-missing");
    let careful = shop.as_operator().with("if-match", "\"v1\"");
    careful.put(&path, &input).await.ok::<Value>();
    careful.put(&path, &input).await.refused(412, "stale-version");
    shop.anyone().get(&path).await.refused(404, "not-found");
    shop.as_operator().get(&path).await.ok::<Value>();
    let found: Value = shop.anyone().get("/v1/catalogue/products?q=withdrawn").await.ok();
    assert_eq!(found["items"], json!([]));
    let listings: Value = shop.anyone().get(&shop.path("/listings")).await.ok();
    assert_eq!(listings["items"], json!([]));
    let listings: Value = shop.as_staff().get(&shop.path("/listings?inactive=true")).await.ok();
    assert_eq!(listings["items"].as_array().unwrap().len(), 1);
    let told = shop.bench.told::<ProductChanged>("catalogue").await;
    let told: Vec<_> = told.iter().map(|told| (told.version, told.active)).collect();
    assert_eq!(told, [(1, true), (2, false)]);
}

#[tokio::test]
async fn a_product_that_makes_no_sense_is_refused_by_field() {
    let shop = Shop::open().await;
    for (field, value) in [
        ("name", json!("")),
        ("category", json!("Not A Slug")),
        ("abv_bp", json!(10_001)),
        ("volume_ml", json!(0)),
        ("pack", json!(0)),
        ("container", json!("bucket")),
        ("vintage", json!(1066)),
        ("country", json!("usa")),
        ("gtin", json!("12ab")),
        ("description", json!("a\u{0}")),
        ("version", json!(7)),
    ] {
        let mut input = product_input("Product", "spirits");
        input[field] = value;
        let answer = shop.as_operator().post("/v1/catalogue/products", input).await;
        assert_eq!(answer.refused(422, "invalid-input")["field"], field);
    }
    let mut input = product_input("Strong lemonade", "mixers");
    input["class"] = json!("none");
    let answer = shop.as_operator().post("/v1/catalogue/products", input).await;
    assert_eq!(answer.refused(422, "invalid-input")["field"], "abv_bp");
}

#[tokio::test]
async fn listings_are_read_by_category_and_page() {
    let shop = Shop::open().await;
    for name in ["C", "A", "B"] {
        shop.bottle(name, 6).await;
    }
    let wine = shop.product(product_input("Wine", "wine/red")).await;
    shop.list(wine, 1200).await;
    let path = shop.path("/listings?category=spirits&limit=2");
    let first: Value = shop.anyone().get(&path).await.ok();
    let names = |page: &Value| -> Vec<String> {
        let rows = page["items"].as_array().unwrap();
        rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&first), ["A", "B"]);
    assert_eq!(first["items"][0]["stock"], "in_stock");
    let path = format!("{path}&after={}", first["next"].as_str().unwrap());
    let second: Value = shop.anyone().get(&path).await.ok();
    assert_eq!((names(&second), &second["next"]), (vec!["C".to_owned()], &Value::Null));
}
