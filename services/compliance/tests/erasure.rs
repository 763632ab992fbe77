use accounts_api::{PersonChanged, PersonErased};
use jiff::civil::date;
use kernel::{PersonId, Role};
use serde_json::{Value, json};
use testkit::Bench;

async fn allowed(bench: &Bench, facts: &Value) -> bool {
    let verdict: Value =
        bench.house("compliance").post("/internal/compliance/judge", facts).await.ok();
    verdict["allowed"] == true
}

async fn count(bench: &Bench, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(&mut bench.connection().await).await.unwrap()
}

#[tokio::test]
async fn a_date_of_birth_goes_and_what_was_ordered_can_still_be_brought() {
    let (bench, store) = super::in_iowa().await;
    let (ann, kid) = (PersonId::new(), PersonId::new());
    // One is twenty-one tomorrow, and the other was long ago.
    let born = [(ann, date(1990, 6, 16)), (kid, date(2005, 6, 16))];
    let told = born.map(|(person, born)| PersonChanged {
        person,
        given_name: "Ann".into(),
        date_of_birth: Some(born),
        roles: vec![Role::Customer],
        age_proof: None,
        version: 1,
    });
    for told in &told {
        bench.tell(told).await;
    }
    let people = || async { count(&bench, "select count(*) from compliance.person").await };
    let known = || async { (people().await == 2).then_some(()) };
    bench.eventually("both are known", known).await;
    let of = |person| super::facts(store, person, bench.now());
    assert!(allowed(&bench, &of(ann)).await && !allowed(&bench, &of(kid)).await);

    for (person, _) in born {
        bench.tell(&PersonErased { person }).await;
    }
    let gone = || async { (people().await == 0).then_some(()) };
    bench.eventually("both are gone", gone).await;
    let mut dispatch = of(ann);
    dispatch["moment"] = json!("dispatch");
    assert!(allowed(&bench, &dispatch).await, "the bottles are on their way");
    assert!(!allowed(&bench, &of(kid)).await, "nobody is older for being erased");
    let placeless = || async {
        let query = "select count(*) from compliance.verdict where facts ? 'door_place'";
        (count(&bench, query).await == 0).then_some(())
    };
    bench.eventually("verdicts say nothing of a door", placeless).await;
    let operator = bench.signed("compliance", &testkit::operator());
    let kept: Value = operator.get("/v1/compliance/verdicts?subject=order-1").await.ok();
    assert_eq!(kept["items"].as_array().unwrap().len(), 4, "what was said stays");
    assert_eq!(kept["items"][0]["rules"], json!(["US-IA@1"]));

    // What is told late brings nobody back, and after a week the age is gone as well.
    for mut late in told {
        late.version = 9;
        bench.tell(&late).await;
    }
    bench.advance(8 * 86_400);
    let ages = || async {
        let query = "select count(age) from compliance.erased_person";
        let waiting = "select count(*) from feed.message";
        let none = count(&bench, query).await + count(&bench, waiting).await == 0;
        none.then_some(())
    };
    bench.eventually("no age is left", ages).await;
    assert_eq!(people().await, 0);
    assert!(!allowed(&bench, &of(ann)).await);
}

#[tokio::test]
async fn a_verdict_is_edited_for_nobody_else() {
    let (bench, store) = super::in_iowa().await;
    let facts = super::facts(store, PersonId::new(), bench.now());
    allowed(&bench, &facts).await;
    for edit in [
        "update compliance.verdict set facts = facts - 'door_place'",
        "update compliance.verdict set allowed = true, reasons = '[]'",
    ] {
        let done = sqlx::query(edit).execute(&mut bench.connection().await).await;
        assert!(done.is_err(), "{edit}");
    }
}
