use accounts_api::FavouriteChanged;
use kernel::ProductId;
use serde_json::{Value, json};

#[tokio::test]
async fn people_mark_products_and_take_the_mark_off() {
    let bench = super::bench().await;
    let (ann, bob) = (
        super::sign_up(&bench, "ann@example.com").await,
        super::sign_up(&bench, "bob@example.com").await,
    );
    let mine = bench.signed("accounts", &ann);
    let mut products: Vec<ProductId> = (0..3).map(|_| ProductId::new()).collect();
    products.sort_by_key(|product| product.uuid());
    let path = |product: &ProductId| format!("/v1/accounts/me/favourites/{product}");
    for product in products.iter().chain(&products[..1]) {
        mine.put(&path(product), ()).await.ok::<Value>();
    }
    let first: Value = mine.get("/v1/accounts/me/favourites?limit=2").await.ok();
    assert_eq!(first["items"][1]["product"], json!(products[1]));
    let next = first["next"].as_str().unwrap();
    let rest: Value = mine.get(&format!("/v1/accounts/me/favourites?after={next}")).await.ok();
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    let others = bench.signed("accounts", &bob);
    others.delete(&path(&products[0])).await.ok::<Value>();
    let none: Value = others.get("/v1/accounts/me/favourites").await.ok();
    assert_eq!(none["items"], json!([]));
    mine.delete(&path(&products[0])).await.ok::<Value>();
    mine.delete(&path(&products[0])).await.ok::<Value>();
    let told: Vec<FavouriteChanged> = bench.told("accounts").await;
    let marks: Vec<bool> = told.iter().map(|change| change.favourite).collect();
    assert_eq!(marks, [true, true, true, false], "each change is told once");
    assert!(told[3].version > told[0].version && told[3].product == products[0]);
    bench.anyone("accounts").put(&path(&products[0]), ()).await.refused(401, "unauthenticated");
    let data: Value = bench
        .house("accounts")
        .get(&format!("/internal/accounts/people/{}/data", ann.person))
        .await
        .ok();
    assert_eq!(data["favourites"].as_array().unwrap().len(), 2);
    assert_eq!(data["person"]["email"], "ann@example.com");
    assert_eq!(data["person"]["password_hash"], Value::Null);
}

#[tokio::test]
async fn a_thousand_products_are_enough() {
    let bench = super::bench().await;
    let ann = super::sign_up(&bench, "ann@example.com").await;
    sqlx::query(
        "insert into accounts.favourite (person_id, product_id, marked_at)
         select $1, gen_random_uuid(), now() from generate_series(1, 1000)",
    )
    .bind(ann.person.uuid())
    .execute(&mut bench.connection().await)
    .await
    .unwrap();
    let mine = bench.signed("accounts", &ann);
    let page: Value = mine.get("/v1/accounts/me/favourites?limit=1").await.ok();
    let known = page["items"][0]["product"].as_str().unwrap();
    mine.put(&format!("/v1/accounts/me/favourites/{known}"), ()).await.ok::<Value>();
    let more = format!("/v1/accounts/me/favourites/{}", ProductId::new());
    let problem = mine.put(&more, ()).await.refused(409, "too-many-favourites");
    assert_eq!(problem["most"], 1000);
}
