use axum::body::Body;
use http::Method;
use kernel::ProductId;
use serde_json::{Value, json};

use crate::shop::{Shop, product_input};

async fn send(shop: &Shop, query: &str, file: &str) -> testkit::Answer {
    let path = shop.path(&format!("/listings.csv{query}"));
    let caller = shop.as_staff().with("content-type", "text/csv");
    caller.send(Method::POST, &path, Body::from(file.to_owned())).await
}

async fn export(shop: &Shop) -> String {
    let answer = shop.as_staff().get(&shop.path("/listings.csv")).await;
    assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
    answer.body.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_dry_run_says_what_the_import_then_does() {
    let shop = Shop::open().await;
    let (kept, repriced) = (shop.bottle("Kept", 6).await, shop.bottle("Repriced", 6).await);
    let new = shop.product(product_input("New", "spirits")).await;
    let file = format!(
        "product,price,on_hand\n{kept},29.99,6\n{repriced},24.50,3\n{new},10,12\n\
         {new},11,1\n{},5,1\n{repriced},-1,0\n",
        ProductId::new()
    );
    let dry: Value = send(&shop, "?dry_run=true", &file).await.ok();
    assert_eq!(shop.counts(repriced).await[0], 6, "a dry run changes nothing");
    let wet: Value = send(&shop, "", &file).await.ok();
    for report in [&dry, &wet] {
        let counts = ["new", "changed", "unchanged", "refused"].map(|name| report[name].as_u64());
        assert_eq!(counts, [Some(1), Some(1), Some(1), Some(3)]);
    }
    assert_eq!(dry["rows"], wet["rows"]);
    assert_eq!(wet["rows"][3]["line"], 5);
    assert!(wet["rows"][3]["message"].as_str().unwrap().contains("earlier row"));
    assert_eq!((shop.counts(repriced).await[0], shop.counts(new).await[0]), (3, 12));
    let again: Value = send(&shop, "", &file).await.ok();
    assert_eq!(
        (&again["new"], &again["changed"], &again["unchanged"]),
        (&json!(0), &json!(0), &json!(3))
    );
    shop.the_ledger_adds_up().await;
}

#[tokio::test]
async fn what_is_exported_comes_back_unchanged_and_no_cell_is_a_formula() {
    let shop = Shop::open().await;
    shop.bottle("=HYPERLINK(\"http://evil\")", 4).await;
    shop.bottle("Plain, with a comma", 5).await;
    let file = export(&shop).await;
    assert!(file.contains("\"'=HYPERLINK(\"\"http://evil\"\")\""), "{file}");
    let report: Value = send(&shop, "", &file).await.ok();
    assert_eq!((&report["unchanged"], &report["refused"]), (&json!(2), &json!(0)));
}

#[tokio::test]
async fn promises_stand_against_a_file_too() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Promised", 6).await;
    shop.held(bottle, 4).await;
    let file = format!("product,price,on_hand\n{bottle},1.00,3\n");
    let report: Value = send(&shop, "", &file).await.ok();
    assert!(report["rows"][0]["message"].as_str().unwrap().contains("4 are promised"));
    let listings: Value = shop.anyone().get(&shop.path("/listings")).await.ok();
    assert_eq!(listings["items"][0]["price"]["amount"], 2999, "the row is refused whole");
}

#[tokio::test]
async fn a_file_that_is_none_is_refused_whole() {
    let shop = Shop::open().await;
    send(&shop, "", "what,is,this\n1,2,3\n").await.refused(422, "invalid-input");
    send(&shop, "", &"x".repeat(3 * 1024 * 1024)).await.refused(413, "body-too-large");
    let path = shop.path("/listings.csv");
    shop.as_staff().post(&path, json!({})).await.refused(415, "unsupported-media-type");
}
