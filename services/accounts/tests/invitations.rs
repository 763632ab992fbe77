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
