use host::Deed;
use serde_json::{Value, json};
use testkit::{Bench, auditor, customer, operator, support};

const LETTERS: &str = "/v1/gateway/dead-letters";

async fn dead(bench: &Bench, queue: &str) -> i64 {
    dead_of(bench, queue, "tipple.test").await
}

/// What nobody could handle.
async fn dead_of(bench: &Bench, queue: &str, kind: &str) -> i64 {
    sqlx::query_scalar(
        "insert into feed.message (queue, event_id, kind, subject, body, attempts, dead_at, error)
         values ($1, gen_random_uuid(), $2, 'it', '{\"secret\": 1}', 36, now(), 'why')
         returning seq",
    )
    .bind(queue)
    .bind(kind)
    .fetch_one(&mut bench.connection().await)
    .await
    .unwrap()
}

#[tokio::test]
async fn operators_list_dead_letters_and_put_one_back() {
    let bench = super::bench().start().await;
    let letters = [dead(&bench, "one").await, dead(&bench, "two").await, dead(&bench, "two").await];
    let operator = bench.signed("gateway", &operator());
    let list = async |query: &str| -> Vec<i64> {
        let page: Value = operator.get(&format!("{LETTERS}?{query}")).await.ok();
        assert!(!page.to_string().contains("secret"), "{page}");
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item["letter"].as_i64().unwrap()).collect()
    };
    assert_eq!(list("").await, letters);
    assert_eq!(list("queue=two").await, letters[1..]);
    let first: Value = operator.get(&format!("{LETTERS}?limit=1")).await.ok();
    let item = &first["items"][0];
    assert_eq!(
        (&item["queue"], &item["attempts"], &item["error"]),
        (&json!("one"), &json!(36), &json!("why"))
    );
    assert_eq!(list(&format!("after={}", first["next"].as_str().unwrap())).await, letters[1..]);

    let replay = format!("{LETTERS}/{}/replay", letters[1]);
    bench.anyone("gateway").post(&replay, ()).await.refused(401, "unauthenticated");
    for reader in [auditor(), support(), customer()] {
        bench.signed("gateway", &reader).post(&replay, ()).await.refused(403, "forbidden");
    }
    bench.signed("gateway", &support()).get(LETTERS).await.refused(403, "forbidden");
    bench.signed("gateway", &auditor()).get(LETTERS).await.ok::<Value>();
    assert_eq!(operator.post(&replay, ()).await.status, 204);
    operator.post(&replay, ()).await.refused(404, "not-found");
    operator.post(&format!("{LETTERS}/x/replay"), ()).await.refused(404, "not-found");
    assert_eq!(list("").await, [letters[0], letters[2]]);
    let waits = "select attempts = 0 and dead_at is null from feed.message where seq = $1";
    let mut db = bench.connection().await;
    assert!(
        sqlx::query_scalar::<_, bool>(waits).bind(letters[1]).fetch_one(&mut db).await.unwrap()
    );
    let told = bench.told::<Deed>("gateway").await;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].operation.as_str(), &told[0].path), ("replay_dead_letter", &replay));
}

#[tokio::test]
async fn operators_look_at_what_it_says_and_put_back_no_more_than_events() {
    let bench = super::bench().start().await;
    let event = dead(&bench, "one").await;
    let noise = dead_of(&bench, "one", "unreadable").await;
    let (operator, look) = (bench.signed("gateway", &operator()), |it| format!("{LETTERS}/{it}"));
    let seen: Value = operator.get(&look(event)).await.ok();
    assert_eq!((&seen["letter"], &seen["body"]), (&json!(event), &json!({ "secret": 1 })));
    assert_eq!((&seen["queue"], &seen["error"]), (&json!("one"), &json!("why")));
    bench.anyone("gateway").get(&look(event)).await.refused(401, "unauthenticated");
    for reader in [auditor(), support(), customer()] {
        bench.signed("gateway", &reader).get(&look(event)).await.refused(403, "forbidden");
    }
    for nothing in [0, noise + 1, i64::MIN, i64::MAX] {
        operator.get(&look(nothing)).await.refused(404, "not-found");
    }
    let replay = format!("{}/replay", look(noise));
    operator.post(&replay, ()).await.refused(409, "not-readable");
    let seen: Value = operator.get(&look(noise)).await.ok();
    assert_eq!(seen["kind"], "unreadable", "it is there as before");
    assert_eq!(operator.post(&format!("{}/replay", look(event)), ()).await.status, 204);
    operator.get(&look(event)).await.refused(404, "not-found");
}
