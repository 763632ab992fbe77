use std::sync::Arc;

use accounts_api::PersonChanged;
use kernel::{Actor, Role, StoreId};
use serde_json::{Value, json};
use testkit::{Bench, Caller};
use tokio::sync::Barrier;

const PEOPLE: &str = "/v1/accounts/people";

/// Makes someone an operator behind the scenes.
async fn operator(bench: &Bench, email: &str) -> (Actor, Caller) {
    let mut actor = super::sign_up(bench, email).await;
    sqlx::query("update accounts.person set is_operator = true where id = $1")
        .bind(actor.person.uuid())
        .execute(&mut bench.connection().await)
        .await
        .unwrap();
    actor.roles.push(Role::Operator);
    let caller = bench.signed("accounts", &actor);
    (actor, caller)
}

#[tokio::test]
async fn an_operator_gives_roles_that_the_next_token_shows() {
    let bench = super::bench().await;
    let (_, oona) = operator(&bench, "oona@example.com").await;
    let ann = super::sign_up(&bench, "ann@example.com").await;
    let store = StoreId::new();
    let roles = json!([{ "role": "manager", "stores": [store, store] }, { "role": "driver" }]);
    let path = format!("{PEOPLE}/{}/roles", ann.person);
    let set: Value = oona.put(&path, json!({ "roles": roles })).await.ok();
    let given = json!([{ "role": "manager", "stores": [store] }, { "role": "driver" }]);
    assert_eq!((&set["roles"], &set["version"]), (&given, &json!(2)));
    let told = bench.told::<PersonChanged>("accounts").await;
    let last = told.last().unwrap();
    assert_eq!((last.person, last.version), (ann.person, 2));
    assert_eq!(serde_json::to_value(&last.roles).unwrap(), given);
    let input = json!({ "email": "ann@example.com", "password": super::PASSWORD });
    let signed: Value = bench.anyone("accounts").post("/v1/accounts/sign-in", input).await.ok();
    assert_eq!(signed["roles"], given);
    oona.with("if-match", "\"v1\"")
        .put(&path, json!({ "roles": [] }))
        .await
        .refused(412, "stale-version");
}

#[tokio::test]
async fn there_is_always_an_operator() {
    let bench = super::bench().await;
    let (oona, first) = operator(&bench, "oona@example.com").await;
    let path = |actor: &Actor| format!("{PEOPLE}/{}/roles", actor.person);
    let none = json!({ "roles": [] });
    let problem = first.put(&path(&oona), &none).await.refused(409, "last-operator");
    assert_eq!(problem["field"], "roles");
    // Two who remove each other at once: one of them stays.
    let (otto, second) = operator(&bench, "otto@example.com").await;
    let barrier = Arc::new(Barrier::new(2));
    let racers = [(first, path(&otto)), (second, path(&oona))].map(|(caller, path)| {
        let (barrier, none) = (barrier.clone(), none.clone());
        tokio::spawn(async move {
            barrier.wait().await;
            caller.put(&path, none).await.status.as_u16()
        })
    });
    let mut codes = Vec::new();
    for racer in racers {
        codes.push(racer.await.unwrap());
    }
    codes.sort_unstable();
    assert_eq!(codes, [200, 409]);
}

#[tokio::test]
async fn people_are_found_by_how_their_address_begins() {
    let bench = super::bench().await;
    let (_, oona) = operator(&bench, "oona@example.com").await;
    for email in ["ann@example.com", "anna@example.com", "an_a@example.com", "bob@example.com"] {
        super::sign_up(&bench, email).await;
    }
    let emails = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item["email"].as_str().unwrap().to_owned()).collect()
    };
    let first: Value = oona.get(&format!("{PEOPLE}?email=An&limit=2")).await.ok();
    assert_eq!(emails(&first), ["an_a@example.com", "ann@example.com"]);
    let next = first["next"].as_str().unwrap();
    let second: Value = oona.get(&format!("{PEOPLE}?email=An&limit=2&after={next}")).await.ok();
    assert_eq!(emails(&second), ["anna@example.com"]);
    let wild: Value = oona.get(&format!("{PEOPLE}?email=an_")).await.ok();
    assert_eq!(emails(&wild), ["an_a@example.com"]);
    assert_eq!(emails(&oona.get(PEOPLE).await.ok()).len(), 5);
    oona.get(&format!("{PEOPLE}?email=%00")).await.refused(422, "invalid-input");
    oona.get(&format!("{PEOPLE}?after=IgAi")).await.refused(422, "invalid-input");
}

#[tokio::test]
async fn people_are_found_by_name_and_role_and_read_one_by_one() {
    let bench = super::bench().await;
    let (_, oona) = operator(&bench, "oona@example.com").await;
    let mut people = Vec::new();
    for (email, given, family) in [
        ("a@example.com", "Mary Ann", "Lee"),
        ("b@example.com", "Lee", "Marsh"),
        ("c@example.com", "Ann", "Ng"),
    ] {
        let actor = super::sign_up(&bench, email).await;
        sqlx::query("update accounts.person set given_name = $2, family_name = $3 where id = $1")
            .bind(actor.person.uuid())
            .bind(given)
            .bind(family)
            .execute(&mut bench.connection().await)
            .await
            .unwrap();
        people.push(actor);
    }
    let emails = async |query: &str| -> String {
        let page: Value = oona.get(&format!("{PEOPLE}?{query}")).await.ok();
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| &item["email"].as_str().unwrap()[..1]).collect()
    };
    for (query, found) in [
        ("name=MAR", "ab"),
        ("name=lee", "abo"),
        ("name=Mary%20Ann%20L", "a"),
        ("name=lee%20ng", ""),
        ("name=an", "co"),
        ("name=ann%20lee", "o"),
        ("name=an_", ""),
        ("name=mar&email=b", "b"),
        ("role=customer", "abco"),
        ("role=operator", "o"),
        ("role=auditor", ""),
    ] {
        assert_eq!(emails(query).await, found, "{query}");
    }
    let path = format!("{PEOPLE}/{}", people[0].person);
    let store = StoreId::new();
    let roles = json!([{ "role": "clerk", "stores": [store] }, { "role": "driver" }]);
    oona.put(&format!("{path}/roles"), json!({ "roles": roles })).await.ok::<Value>();
    assert_eq!((emails("role=clerk").await, emails("role=driver").await), ("a".into(), "a".into()));
    assert_eq!(emails("role=manager").await, "");
    let block = format!("{PEOPLE}/{}/block", people[1].person);
    oona.post(&block, json!({ "reason": "a quarrel" })).await.ok::<Value>();
    assert_eq!(
        (emails("blocked=true").await, emails("blocked=false").await),
        ("b".into(), "aco".into())
    );
    let one: Value = oona.get(&path).await.ok();
    assert_eq!((&one["given_name"], &one["roles"]), (&json!("Mary Ann"), &roles));
    oona.get(&format!("{PEOPLE}/{store}")).await.refused(404, "not-found");
    for (query, field) in [("name=a", "name"), ("role=king", "role"), ("blocked=maybe", "blocked")]
    {
        let answer = oona.get(&format!("{PEOPLE}?{query}")).await;
        assert_eq!(answer.refused(422, "invalid-input")["field"], field);
    }
    bench.signed("accounts", &people[2]).get(&path).await.refused(403, "forbidden");
}

#[tokio::test]
async fn nobody_else_sees_or_makes_people() {
    let bench = super::bench().await;
    let ann = super::sign_up(&bench, "ann@example.com").await;
    let path = format!("{PEOPLE}/{}/roles", ann.person);
    let roles = json!({ "roles": [{ "role": "operator" }] });
    for actor in [ann, testkit::driver(), testkit::staff(&[StoreId::new()])] {
        let caller = bench.signed("accounts", &actor);
        caller.get(PEOPLE).await.refused(403, "forbidden");
        caller.put(&path, &roles).await.refused(403, "forbidden");
    }
    let operator = bench.signed("accounts", &testkit::operator());
    let nobody = format!("{PEOPLE}/{}/roles", StoreId::new());
    operator.put(&nobody, &roles).await.refused(404, "not-found");
    let idle = json!({ "roles": [{ "role": "manager", "stores": [] }] });
    operator.put(&path, idle).await.refused(422, "invalid-input");
}

#[tokio::test]
async fn two_operators_who_block_each_other_leave_one() {
    let bench = super::bench_with("second_factor = \"nobody\"").await;
    let (mut callers, mut paths) = (Vec::new(), Vec::new());
    for name in ["oona", "otto"] {
        let email = format!("{name}@example.com");
        let mut visitor = super::visitor::Visitor::join(&bench, &email).await;
        visitor.make(&bench, "operator").await;
        visitor.refresh(&bench).await;
        paths.push(format!("/v1/accounts/people/{}/block", visitor.person));
        callers.push(visitor.caller);
    }
    let start = std::sync::Arc::new(tokio::sync::Barrier::new(2));
    let blocks = callers.into_iter().zip(paths.into_iter().rev()).map(|(caller, path)| {
        let start = start.clone();
        tokio::spawn(async move {
            start.wait().await;
            caller.post(&path, json!({ "reason": "a quarrel" })).await.status.as_u16()
        })
    });
    let mut statuses = Vec::new();
    for block in blocks.collect::<Vec<_>>() {
        statuses.push(block.await.unwrap());
    }
    statuses.sort_unstable();
    // The second one is too late, or is out already.
    assert!(statuses == [204, 403] || statuses == [204, 401], "{statuses:?}");
    let left = "select count(*) from accounts.person where is_operator and blocked_at is null";
    let left: i64 =
        sqlx::query_scalar(left).fetch_one(&mut bench.connection().await).await.unwrap();
    assert_eq!(left, 1);
}
