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
    assert_eq!(wet["rows"][3]["refusal"]["code"], "named-twice");
    assert_eq!(wet["rows"][1]["name"], "Repriced");
    let changes = &wet["rows"][1]["changes"];
    assert_eq!(changes["price"]["before"], json!({ "amount": 2999, "currency": "USD" }));
    assert_eq!(changes["price"]["after"], json!({ "amount": 2450, "currency": "USD" }));
    assert_eq!(changes["on_hand"], json!({ "before": 6, "after": 3 }));
    assert_eq!(wet["rows"][0]["changes"], json!({}), "nothing of what stays");
    let of_new = &wet["rows"][2]["changes"];
    assert_eq!((of_new["price"].get("before"), &of_new["on_hand"]["before"]), (None, &json!(0)));
    let refused = json!({
        "code": "not-an-amount", "column": "price", "cell": "-1", "facts": { "currency": "USD" },
    });
    assert_eq!(wet["rows"][5]["refusal"], refused);
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
    let refusal = &report["rows"][0]["refusal"];
    assert_eq!((&refusal["code"], &refusal["cell"]), (&json!("stock-promised"), &json!("3")));
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

#[tokio::test]
async fn a_quote_left_open_takes_no_half_of_the_file_with_it() {
    let shop = Shop::open().await;
    let (first, second) = (shop.bottle("First", 6).await, shop.bottle("Second", 6).await);
    // In the last column, so that the number of cells stays right.
    let file =
        format!("product,on_hand,price\n{first},3,9.99\n{first},3,\"9.99\n{second},3,9.99\n");
    let problem = send(&shop, "", &file).await.refused(422, "invalid-input");
    assert_eq!(problem["field"], "file");
    assert!(problem["detail"].as_str().unwrap().contains("line 3"), "{problem}");
    assert_eq!((shop.counts(first).await[0], shop.counts(second).await[0]), (6, 6));
}

#[tokio::test]
async fn amounts_beyond_all_measure_are_refused_by_row() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Dear", 6).await;
    for cells in ["9.99,20000000.00", "10000000000.01,", "99999999999999999999,"] {
        let file = format!("product,price,deposit\n{bottle},{cells}\n");
        let report: Value = send(&shop, "", &file).await.ok();
        assert_eq!(report["refused"], 1, "{cells}");
    }
    let most = format!("product,price,deposit\n{bottle},10000000000.00,10000000.00\n");
    assert_eq!(send(&shop, "", &most).await.ok::<Value>()["changed"], 1);
    let report: Value = send(&shop, "", &export(&shop).await).await.ok();
    assert_eq!((&report["unchanged"], &report["refused"]), (&json!(1), &json!(0)));
}

/// A file that says nothing of the price leaves it alone, even one that changes at that moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_file_does_not_say_is_not_undone_by_it() {
    let shop = Shop::open().await;
    let bottle = shop.bottle("Repriced", 6).await;
    let db = shop.bench.connection();
    let mut person = db.await;
    sqlx::query("begin").execute(&mut person).await.unwrap();
    sqlx::query("update catalogue.listing set price_minor = 3499, version = version + 1")
        .execute(&mut person)
        .await
        .unwrap();
    let file = format!("product,active,on_hand\n{bottle},false,4\n");
    let commit = async {
        shop.somebody_waits().await;
        sqlx::query("commit").execute(&mut person).await.unwrap();
    };
    let (answer, ()) = tokio::join!(send(&shop, "", &file), commit);
    assert_eq!(answer.ok::<Value>()["changed"], 1);
    let listings: Value = shop.as_staff().get(&shop.path("/listings?inactive=true")).await.ok();
    let listing = &listings["items"][0];
    assert_eq!((&listing["price"]["amount"], &listing["listed"]), (&json!(3499), &json!(false)));
}
