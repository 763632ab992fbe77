use catalogue_api::{ProductChanged, StoreChanged};
use serde_json::{Value, json};

use crate::shop::{Shop, product_input, store_input};

#[tokio::test]
async fn to_staff_of_another_store_there_is_no_such_store() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Private", 3).await;
    let stranger = testkit::staff(&[kernel::StoreId::new()]);
    for (who, status, code) in [
        (stranger, 404, "not-found"),
        (testkit::customer(), 403, "forbidden"),
        (testkit::driver(), 403, "forbidden"),
        (testkit::staff(&[]), 403, "forbidden"),
    ] {
        let caller = shop.bench.signed("catalogue", &who).with("if-match", "\"v1\"");
        for path in ["/stock", "/movements", "/listings.csv"] {
            caller.get(&shop.path(path)).await.refused(status, code);
        }
        let listing = json!({ "price_minor": 1, "tax_class": "spirits", "active": true });
        let path = shop.path(&format!("/listings/{bottle}"));
        caller.put(&path, listing).await.refused(status, code);
        let path = shop.path(&format!("/stock/{bottle}/movements"));
        let receipt = json!({ "kind": "receipt", "quantity": 1 });
        caller.post(&path, receipt).await.refused(status, code);
        let path = shop.path(&format!("/stock/{bottle}/threshold"));
        caller.put(&path, json!({ "low_threshold": 1 })).await.refused(status, code);
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
async fn a_clerk_counts_and_a_manager_decides() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Counted", 3).await;
    let clerk = shop.bench.signed("catalogue", &testkit::clerk(&[shop.store]));
    let owner = testkit::owner(kernel::VendorId::new(), &[shop.store]);
    let owner = shop.bench.signed("catalogue", &owner).with("if-match", "\"v1\"");
    let movements = shop.path(&format!("/stock/{bottle}/movements"));
    let receipt = json!({ "kind": "receipt", "quantity": 1 });
    clerk.post(&movements, &receipt).await.ok::<Value>();
    clerk.get(&shop.path("/listings.csv")).await.ok::<Value>();
    let listing = json!({ "price_minor": 1, "tax_class": "spirits", "active": true });
    let path = shop.path(&format!("/listings/{bottle}"));
    let careful = clerk.with("if-match", "\"v1\"");
    careful.put(&path, &listing).await.refused(403, "forbidden");
    owner.put(&path, &listing).await.ok::<Value>();
    let auditor = shop.bench.signed("catalogue", &testkit::auditor());
    auditor.get(&shop.path("/stock")).await.ok::<Value>();
    auditor.post(&movements, receipt).await.refused(403, "forbidden");
}

#[tokio::test]
async fn a_store_is_told_of_with_whose_it_is() {
    let shop = Shop::open().await;
    let operator = shop.as_operator();
    let other: Value =
        operator.post("/v1/catalogue/vendors", json!({ "name": "Other" })).await.ok();
    let input = store_input(other["vendor"].as_str().unwrap(), "Sold");
    operator.with("if-match", "\"v1\"").put(&shop.path(""), &input).await.ok::<Value>();
    operator
        .with("if-match", "\"v1\"")
        .put(&shop.path(""), &input)
        .await
        .refused(412, "stale-version");
    let opening = json!({ "hours": input["hours"], "preparation_minutes": 9 });
    let staff = shop.as_staff().with("if-match", "\"v2\"");
    staff.patch(&shop.path(""), opening).await.ok::<Value>();
    let told = shop.bench.told::<StoreChanged>("catalogue").await;
    assert!(told.iter().all(|told| told.store == shop.store));
    assert_eq!(told.iter().map(|told| told.version).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(told[2].vendor, told[1].vendor);
    assert_eq!(json!(told[1].vendor), other["vendor"]);
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
