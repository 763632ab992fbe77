use std::{sync::Arc, time::Duration};

use kernel::Role;
use serde_json::{Value, json};
use testkit::Bench;
use tokio::sync::Barrier;

const REFRESH: &str = "/v1/accounts/sessions/refresh";

async fn refresh(bench: &Bench, token: &Value) -> testkit::Answer {
    bench.anyone("accounts").post(REFRESH, json!({ "refresh_token": token })).await
}

#[tokio::test]
async fn a_refresh_token_is_used_once_and_a_copy_of_a_spent_one_ends_the_session() {
    let bench = super::bench().await;
    let first = super::signed_up(&bench, "ann@example.com").await;
    let second: Value = refresh(&bench, &first["refresh_token"]).await.ok();
    assert_eq!(second["session"], first["session"]);
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    // Another tab, at the same moment: the same successor.
    let tab: Value = refresh(&bench, &first["refresh_token"]).await.ok();
    assert_eq!(tab["refresh_token"], second["refresh_token"]);
    bench.advance(6);
    let third: Value = refresh(&bench, &second["refresh_token"]).await.ok();
    refresh(&bench, &first["refresh_token"]).await.refused(401, "session-ended");
    refresh(&bench, &third["refresh_token"]).await.refused(401, "session-ended");
    super::refused_soon(&super::bearer(&bench, &third)).await;
    let kept = super::tables(&bench).await;
    let plain: i64 = sqlx::query_scalar(
        "select count(*) from refresh_token where encode(hash, 'escape') like 'rt%'",
    )
    .fetch_one(&kept)
    .await
    .unwrap();
    assert_eq!(plain, 0, "only hashes are kept");
}

#[tokio::test]
async fn whatever_ends_access_rings_for_every_process() {
    let bench = super::bench().await;
    let ann = super::signed_up(&bench, "ann@example.com").await;
    let caller = super::bearer(&bench, &ann);
    let operator = bench.signed("accounts", &testkit::operator());
    let person = format!("/v1/accounts/people/{}", ann["person"].as_str().expect("a person"));
    let mut bell = bench.process.bell.listen(host::ACCESS_ENDED);
    let mut rung = async |ended: testkit::Answer| {
        assert!(ended.status.is_success(), "{}", ended.status);
        let rung = tokio::time::timeout(Duration::from_secs(5), bell.rung()).await;
        assert!(rung.is_ok(), "nobody rings");
    };
    let change = json!({ "password": super::PASSWORD, "new_password": "another long password" });
    rung(caller.post("/v1/accounts/password/change", change).await).await;
    rung(caller.delete("/v1/accounts/sessions").await).await;
    rung(caller.post("/v1/accounts/sign-out", json!({})).await).await;
    let roles = json!({ "roles": [Role::Driver] });
    rung(operator.put(&format!("{person}/roles"), roles).await).await;
    rung(operator.post(&format!("{person}/block"), json!({ "reason": "left" })).await).await;
}

#[tokio::test]
async fn within_the_moment_another_browser_is_a_thief() {
    let bench = super::bench().await;
    let first = super::signed_up(&bench, "ann@example.com").await;
    refresh(&bench, &first["refresh_token"]).await.ok::<Value>();
    let thief = bench.anyone("accounts").with("user-agent", "curl");
    let input = json!({ "refresh_token": first["refresh_token"] });
    thief.post(REFRESH, input).await.refused(401, "session-ended");
}

#[tokio::test]
async fn twenty_refreshes_at_once_leave_one_family() {
    let bench = super::bench().await;
    let first = super::signed_up(&bench, "ann@example.com").await;
    let start = Arc::new(Barrier::new(20));
    let tries = (0..20).map(|_| {
        let (caller, start) = (bench.anyone("accounts"), Arc::clone(&start));
        let input = json!({ "refresh_token": first["refresh_token"] });
        tokio::spawn(async move {
            start.wait().await;
            caller.post(REFRESH, input).await.ok::<Value>()
        })
    });
    let mut next = std::collections::BTreeSet::new();
    for answer in tries.collect::<Vec<_>>() {
        next.insert(answer.await.unwrap()["refresh_token"].as_str().unwrap().to_owned());
    }
    assert_eq!(next.len(), 1, "all go on with the same token");
    bench.advance(6);
    refresh(&bench, &json!(next.first())).await.ok::<Value>();
    refresh(&bench, &first["refresh_token"]).await.refused(401, "session-ended");
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_person() {
    let bench = super::bench().await;
    let one = super::signed_up(&bench, "ann@example.com").await;
    let phone = bench.anyone("accounts").with("user-agent", "Ann's phone");
    let input = json!({ "email": "ann@example.com", "password": super::PASSWORD });
    let two: Value = phone.post("/v1/accounts/sign-in", &input).await.ok();
    let three: Value = phone.post("/v1/accounts/sign-in", &input).await.ok();
    let ann = super::bearer(&bench, &one);
    let listed: Value = ann.get("/v1/accounts/sessions").await.ok();
    assert_eq!(listed.as_array().unwrap().len(), 3);
    let own: Vec<&Value> =
        listed.as_array().unwrap().iter().filter(|session| session["current"] == true).collect();
    assert_eq!(own[0]["session"], one["session"]);
    assert!(listed.as_array().unwrap().iter().any(|session| session["device"] == "Ann's phone"));
    let eve = super::signed_up(&bench, "eve@example.com").await;
    let path = format!("/v1/accounts/sessions/{}", two["session"].as_str().unwrap());
    super::bearer(&bench, &eve).delete(&path).await.refused(404, "not-found");
    assert_eq!(ann.delete(&path).await.status, 204);
    super::refused_soon(&super::bearer(&bench, &two)).await;
    refresh(&bench, &two["refresh_token"]).await.refused(401, "session-ended");
    assert_eq!(ann.delete("/v1/accounts/sessions").await.status, 204);
    super::refused_soon(&super::bearer(&bench, &three)).await;
    assert_eq!(ann.get("/v1/accounts/me").await.status, 200, "this one goes on");
    assert_eq!(ann.post("/v1/accounts/sign-out", json!({})).await.status, 204);
    super::refused_soon(&ann).await;
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used() {
    let bench = super::bench().await;
    let one = super::signed_up(&bench, "ann@example.com").await;
    bench.advance(29 * 86_400);
    let two: Value = refresh(&bench, &one["refresh_token"]).await.ok();
    bench.advance(29 * 86_400);
    let three: Value = refresh(&bench, &two["refresh_token"]).await.ok();
    bench.advance(31 * 86_400);
    refresh(&bench, &three["refresh_token"]).await.refused(401, "session-ended");
}

#[tokio::test]
async fn who_is_blocked_or_loses_a_role_is_out_within_seconds() {
    let bench = super::bench().await;
    let ann = super::signed_up(&bench, "ann@example.com").await;
    let person = ann["person"].as_str().unwrap();
    let operator = bench.signed("accounts", &testkit::operator());
    let roles =
        |roles: Value| (format!("/v1/accounts/people/{person}/roles"), json!({ "roles": roles }));
    let (path, body) = roles(json!([{ "role": "customer" }, { "role": "driver" }]));
    operator.put(&path, body).await.ok::<Value>();
    super::refused_soon(&super::bearer(&bench, &ann)).await;
    let next: Value = refresh(&bench, &ann["refresh_token"]).await.ok();
    assert_eq!(next["roles"].as_array().unwrap().len(), 2);
    let (path, body) = roles(json!([{ "role": "customer" }]));
    operator.put(&path, body).await.ok::<Value>();
    super::refused_soon(&super::bearer(&bench, &next)).await;
    bench.advance(1);
    let next: Value = refresh(&bench, &next["refresh_token"]).await.ok();
    assert_eq!(next["roles"], json!([{ "role": "customer" }]));
    let block = format!("/v1/accounts/people/{person}/block");
    assert_eq!(operator.post(&block, json!({ "reason": "fraud" })).await.status, 204);
    super::refused_soon(&super::bearer(&bench, &next)).await;
    refresh(&bench, &next["refresh_token"]).await.refused(401, "session-ended");
    let input = json!({ "email": "ann@example.com", "password": super::PASSWORD });
    let anyone = bench.anyone("accounts");
    anyone.post("/v1/accounts/sign-in", &input).await.refused(403, "blocked");
    let unblock = format!("/v1/accounts/people/{person}/unblock");
    assert_eq!(operator.post(&unblock, json!({})).await.status, 204);
    anyone.post("/v1/accounts/sign-in", &input).await.ok::<Value>();
    let trail: Value =
        operator.get(&format!("/v1/accounts/audit?subject={person}&limit=100")).await.ok();
    let actions: Vec<&str> =
        trail["items"].as_array().unwrap().iter().filter_map(|it| it["action"].as_str()).collect();
    assert_eq!(
        actions,
        ["signed_in", "unblocked", "blocked", "roles_set", "roles_set", "signed_up"]
    );
    let tables = super::tables(&bench).await;
    for statement in ["update audit set action = 'x'", "delete from audit", "truncate audit"] {
        assert!(sqlx::query(statement).execute(&tables).await.is_err(), "{statement}");
    }
}

#[tokio::test]
async fn what_is_done_in_other_services_is_in_the_trail() {
    let bench = super::bench().await;
    let (actor, session) = (testkit::operator(), kernel::SessionId::new());
    let deed = host::Deed {
        actor: actor.person,
        session,
        machine: false,
        service: "payments".into(),
        operation: "refund_payment".into(),
        path: "/v1/payments/payments/x/refunds".into(),
        request_id: Some("r-1".into()),
    };
    bench.tell(&deed).await;
    let operator = bench.signed("accounts", &actor);
    let path = format!("/v1/accounts/audit?actor={}", actor.person);
    let entry = bench
        .eventually("the deed is in the trail", || async {
            let trail: Value = operator.get(&path).await.ok();
            trail["items"].get(0).cloned()
        })
        .await;
    assert_eq!((&entry["action"], &entry["request_id"]), (&json!("refund_payment"), &json!("r-1")));
    assert_eq!(entry["facts"]["service"], "payments");
}
