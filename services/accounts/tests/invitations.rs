use kernel::{Id, Role, StoreId};
use serde_json::{Value, json};

const PATH: &str = "/v1/accounts/invitations";

#[tokio::test]
async fn a_role_is_offered_by_those_who_may_give_it_and_taken_by_whom_it_was_offered_to() {
    let bench = super::bench().await;
    let (store, other) = (StoreId::new(), StoreId::new());
    let manager_in = super::signed_up(&bench, "max@example.com").await;
    let manager = manager_in["person"].as_str().unwrap();
    let operator = bench.signed("accounts", &testkit::operator());
    let roles = json!({ "roles": [Role::Manager { stores: vec![store] }] });
    operator.put(&format!("/v1/accounts/people/{manager}/roles"), roles).await.ok::<Value>();
    let refresh = |signed_in: &Value| {
        let input = json!({ "refresh_token": signed_in["refresh_token"] });
        let anyone = bench.anyone("accounts");
        async move { anyone.post("/v1/accounts/sessions/refresh", input).await.ok::<Value>() }
    };
    let manager = super::bearer(&bench, &refresh(&manager_in).await);
    let offer = |role: Role| json!({ "email": "Ann@example.com", "role": role });
    for forbidden in [
        Role::Clerk { stores: vec![other] },
        Role::Clerk { stores: vec![store, other] },
        Role::Manager { stores: vec![store] },
        Role::VendorOwner { vendor: Id::new(), stores: vec![] },
        Role::Driver,
        Role::Operator,
    ] {
        manager.post(PATH, offer(forbidden)).await.refused(404, "not-found");
    }
    let clerk = Role::Clerk { stores: vec![store] };
    let made: Value = manager.post(PATH, offer(clerk.clone())).await.ok();
    let listed: Value = manager.get(PATH).await.ok();
    assert_eq!(listed["items"][0]["flow"], made["flow"]);
    let stranger = bench.signed("accounts", &testkit::staff(&[other]));
    let listed: Value = stranger.get(PATH).await.ok();
    assert_eq!(listed["items"], json!([]));
    let withdraw = format!("{PATH}/{}", made["flow"].as_str().unwrap());
    stranger.delete(&withdraw).await.refused(404, "not-found");
    let shown = json!({ "flow": made["flow"], "code": super::code(&bench, &made["flow"]).await });
    let accept = "/v1/accounts/invitations/accept";
    let eve = super::signed_up(&bench, "eve@example.com").await;
    super::bearer(&bench, &eve).post(accept, &shown).await.refused(422, "code-refused");
    let ann = super::signed_up(&bench, "ann@example.com").await;
    assert_eq!(super::bearer(&bench, &ann).post(accept, &shown).await.status, 204);
    super::refused_soon(&super::bearer(&bench, &ann)).await;
    let next = refresh(&ann).await;
    assert!(next["roles"].as_array().unwrap().contains(&json!(clerk)));
    let again: Value = manager.post(PATH, offer(Role::Clerk { stores: vec![store] })).await.ok();
    let withdraw = format!("{PATH}/{}", again["flow"].as_str().unwrap());
    assert_eq!(manager.delete(&withdraw).await.status, 204);
    manager.delete(&withdraw).await.refused(404, "not-found");
}

#[tokio::test]
async fn an_offer_ends_with_the_right_to_make_it() {
    let bench = super::bench().await;
    let store = StoreId::new();
    let operator = bench.signed("accounts", &testkit::operator());
    let ann = super::signed_up(&bench, "ann@example.com").await;
    let ann = super::bearer(&bench, &ann);
    let anyone = bench.anyone("accounts");
    for (number, taken) in ["demoted", "blocked"].into_iter().enumerate() {
        let max = super::signed_up(&bench, &format!("max{number}@example.com")).await;
        let path = format!("/v1/accounts/people/{}", max["person"].as_str().unwrap());
        let roles = |roles: Value| json!({ "roles": roles });
        let manager = roles(json!([Role::Manager { stores: vec![store] }]));
        operator.put(&format!("{path}/roles"), manager).await.ok::<Value>();
        let input = json!({ "refresh_token": max["refresh_token"] });
        let max: Value = anyone.post("/v1/accounts/sessions/refresh", input).await.ok();
        let offer =
            json!({ "email": "ann@example.com", "role": Role::Clerk { stores: vec![store] } });
        let made: Value = super::bearer(&bench, &max).post(PATH, offer).await.ok();
        let shown =
            json!({ "flow": made["flow"], "code": super::code(&bench, &made["flow"]).await });
        if taken == "demoted" {
            let customer = roles(json!([Role::Customer]));
            operator.put(&format!("{path}/roles"), customer).await.ok::<Value>();
        } else {
            let reason = json!({ "reason": "left" });
            assert_eq!(operator.post(&format!("{path}/block"), reason).await.status, 204);
        }
        let accept = "/v1/accounts/invitations/accept";
        ann.post(accept, shown).await.refused(422, "code-refused");
        let me: Value = ann.get("/v1/accounts/me").await.ok();
        assert_eq!(me["roles"], json!([Role::Customer]), "{taken}");
    }
}
