use accounts_api::{FavouriteChanged, PersonErased};
use kernel::{PersonId, ProductId};
use serde_json::{Value, json};
use testkit::Bench;

use crate::events::product;

async fn mark(bench: &Bench, person: PersonId, product: ProductId, favourite: bool, version: i64) {
    bench.tell(&FavouriteChanged { person, product, favourite, version }).await;
}

async fn picks(bench: &Bench, wanted: &[&str]) -> Vec<Value> {
    let anyone = bench.anyone("insight");
    let look = || async {
        let answer: Value = anyone.get("/v1/insight/top-picks").await.ok();
        let items = answer["items"].as_array().unwrap().clone();
        (super::names(&items) == wanted).then_some(items)
    };
    bench.eventually(&format!("Top Picks are {wanted:?}"), look).await
}

#[tokio::test]
async fn favourites_lift_a_product_until_the_mark_is_off_or_its_person_erased() {
    let bench = super::bench().await;
    let (a, b) = (product("A"), product("B"));
    bench.tell(&a).await;
    bench.tell(&b).await;
    let (ann, bob, cat) = (PersonId::new(), PersonId::new(), PersonId::new());
    for person in [ann, bob] {
        mark(&bench, person, a.product, true, 1).await;
    }
    mark(&bench, cat, b.product, true, 1).await;
    let found = picks(&bench, &["A", "B"]).await;
    assert_eq!(found[0]["reason"], "favourite");

    // A mark that was taken off does not come back by what is told late.
    mark(&bench, bob, a.product, false, 3).await;
    super::handled(&bench).await;
    mark(&bench, bob, a.product, true, 2).await;
    mark(&bench, PersonId::new(), b.product, true, 1).await;
    picks(&bench, &["B", "A"]).await;

    let path = format!("/internal/insight/people/{ann}/data");
    let data: Value = bench.house("insight").get(&path).await.ok();
    assert_eq!(data["favourites"][0]["product_id"], json!(a.product));
    bench.tell(&PersonErased { person: ann }).await;
    picks(&bench, &["B"]).await;
    mark(&bench, ann, a.product, true, 9).await;
    super::handled(&bench).await;
    let data: Value = bench.house("insight").get(&path).await.ok();
    assert_eq!(data["favourites"], json!([]));
}
