use accounts_api::PersonChanged;
use kernel::{Actor, Role, RoleKind, StoreId, VendorId};
use serde_json::{Value, json};
use testkit::{Bench, Caller};

const STAFF: &str =
    "insert into accounts.store_staff (person_id, store_id, grade) values ($1, $2, $3)";
const OWNER: &str = "insert into accounts.vendor_owner (person_id, vendor_id)
                     select $1, $2 where $3 <> ''";

fn path(store: StoreId, below: &str) -> String {
    format!("/v1/accounts/stores/{store}/staff{below}")
}

/// Somebody who has an account and these roles, and whose tokens hold.
async fn person(bench: &Bench, email: &str, roles: Vec<Role>) -> Actor {
    let signed_up = super::sign_up(bench, email).await;
    let mut db = bench.connection().await;
    for role in &roles {
        let (statement, ids) = match role {
            Role::Clerk { stores } | Role::Manager { stores } => {
                (STAFF, stores.iter().map(|store| store.uuid()).collect())
            }
            Role::VendorOwner { vendor, .. } => (OWNER, vec![vendor.uuid()]),
            _ => continue,
        };
        let grade = if role.kind() == RoleKind::Clerk { "clerk" } else { "manager" };
        for id in ids {
            let given = sqlx::query(statement).bind(signed_up.person.uuid()).bind(id);
            given.bind(grade).execute(&mut db).await.unwrap();
        }
    }
    Actor { person: signed_up.person, roles }
}

async fn seen(by: &Caller, store: StoreId) -> Vec<(String, String, Value)> {
    let staff: Value = by.get(&path(store, "")).await.ok();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let may = |it: &Value| json!([it["may_become"], it["can"]]);
    let member = |it: &Value| (text(&it["email"]), text(&it["grade"]), may(it));
    staff["items"].as_array().unwrap().iter().map(member).collect()
}

struct Shop {
    bench: Bench,
    store: StoreId,
    other: StoreId,
    clerk: Actor,
    manager: Actor,
    owner: Actor,
}

/// Two stores of a vendor with an owner, and a clerk and a manager of the first; the clerk is a
/// manager of the other, too.
async fn shop() -> Shop {
    let bench = super::bench().await;
    let (store, other, vendor) = (StoreId::new(), StoreId::new(), VendorId::new());
    for store in [store, other] {
        sqlx::query(
            "insert into accounts.vendor_store (store_id, vendor_id, version) values ($1, $2, 1)",
        )
        .bind(store.uuid())
        .bind(vendor.uuid())
        .execute(&mut bench.connection().await)
        .await
        .unwrap();
    }
    let stores = |store| vec![store];
    let clerk = vec![
        Role::Customer,
        Role::Clerk { stores: stores(store) },
        Role::Manager { stores: stores(other) },
    ];
    let clerk = person(&bench, "carl@example.com", clerk).await;
    let manager = vec![Role::Manager { stores: stores(store) }];
    let manager = person(&bench, "mia@example.com", manager).await;
    let owner = vec![Role::VendorOwner { vendor, stores: vec![store, other] }];
    let owner = person(&bench, "olga@example.com", owner).await;
    Shop { bench, store, other, clerk, manager, owner }
}

impl Shop {
    fn by(&self, actor: &Actor) -> Caller {
        self.bench.signed("accounts", actor)
    }

    fn of(&self, actor: &Actor) -> String {
        path(self.store, &format!("/{}", actor.person))
    }

    async fn audited(&self) -> Vec<Value> {
        let auditor = self.by(&testkit::auditor());
        let trail: Value = auditor.get("/v1/accounts/audit?limit=100").await.ok();
        let mine = |it: &&Value| {
            ["grade_set", "removed_from_staff"].contains(&it["action"].as_str().unwrap())
        };
        trail["items"].as_array().unwrap().iter().filter(mine).cloned().collect()
    }
}

#[tokio::test]
async fn those_who_decide_at_a_store_see_who_works_there_and_what_they_may_do_with_them() {
    let shop = shop().await;
    let text = |text: &str| text.to_owned();
    let staff = |carl: Value, mia: Value| {
        vec![
            (text("carl@example.com"), text("clerk"), carl),
            (text("mia@example.com"), text("manager"), mia),
            (text("olga@example.com"), text("vendor_owner"), json!([[], []])),
        ]
    };
    let sorted = async |by: &Actor| {
        let mut seen = seen(&shop.by(by), shop.store).await;
        seen.sort_by(|one, other| one.0.cmp(&other.0));
        seen
    };
    assert_eq!(sorted(&shop.manager).await, staff(json!([[], ["remove"]]), json!([[], []])));
    let all = staff(json!([["manager"], ["remove"]]), json!([["clerk"], ["remove"]]));
    assert_eq!(sorted(&shop.owner).await, all);
    assert_eq!(sorted(&testkit::operator()).await, all);
    assert_eq!(sorted(&testkit::auditor()).await, staff(json!([[], []]), json!([[], []])));
    let invite = async |by: &Actor| {
        let staff: Value = shop.by(by).get(&path(shop.store, "")).await.ok();
        staff["invite"].clone()
    };
    assert_eq!(invite(&shop.manager).await, json!(["clerk"]));
    assert_eq!(invite(&shop.owner).await, json!(["clerk", "manager"]));
    assert_eq!(invite(&testkit::auditor()).await, json!([]));

    // Nobody else sees that there is such a store.
    let stranger = shop.by(&testkit::staff(&[StoreId::new()]));
    stranger.get(&path(shop.store, "")).await.refused(404, "not-found");
    shop.by(&shop.manager).get(&path(shop.other, "")).await.refused(404, "not-found");
    shop.by(&testkit::clerk(&[shop.store]))
        .get(&path(shop.store, ""))
        .await
        .refused(403, "forbidden");
}

#[tokio::test]
async fn a_long_list_is_read_page_by_page_by_name() {
    let shop = shop().await;
    let clerk = || vec![Role::Clerk { stores: vec![shop.store] }];
    for number in 0..5 {
        person(&shop.bench, &format!("p{number}@example.com"), clerk()).await;
    }
    let owner = shop.by(&shop.owner);
    let (mut found, mut next) = (Vec::new(), String::new());
    loop {
        let page: Value = owner.get(&path(shop.store, &format!("?limit=3{next}"))).await.ok();
        let items = page["items"].as_array().unwrap();
        found.extend(items.iter().map(|it| it["person"].as_str().unwrap().to_owned()));
        let Some(after) = page["next"].as_str() else { break };
        next = format!("&after={after}");
    }
    assert_eq!(found.len(), 8);
    found.sort_unstable();
    found.dedup();
    assert_eq!(found.len(), 8);
    let bad = wire::Cursor::write(&("a\u{0}", "b", uuid::Uuid::nil()));
    let bad = path(shop.store, &format!("?after={bad}"));
    assert_eq!(owner.get(&bad).await.refused(422, "invalid-input")["field"], "after");
}

#[tokio::test]
async fn an_owner_raises_and_lowers_and_nobody_loses_what_they_are_elsewhere() {
    let shop = shop().await;
    let owner = shop.by(&shop.owner);
    let carl = shop.of(&shop.clerk);
    let made: Value = owner.put(&carl, json!({ "grade": "manager" })).await.ok();
    assert_eq!((&made["grade"], &made["may_become"]), (&json!("manager"), &json!(["clerk"])));
    let told = shop.bench.told::<PersonChanged>("accounts").await.pop().unwrap();
    let mut stores = [shop.store, shop.other];
    stores.sort_unstable();
    let manager = Role::Manager { stores: stores.to_vec() };
    assert_eq!(told.roles, [Role::Customer, manager]);
    // The same again changes nothing, and is no deed.
    owner.put(&carl, json!({ "grade": "manager" })).await.ok::<Value>();
    let made: Value = owner.put(&carl, json!({ "grade": "clerk" })).await.ok();
    assert_eq!(made["grade"], "clerk");
    assert_eq!(owner.delete(&carl).await.status, 204);
    owner.delete(&carl).await.refused(404, "not-found");
    owner.put(&carl, json!({ "grade": "clerk" })).await.refused(404, "not-found");
    let told = shop.bench.told::<PersonChanged>("accounts").await.pop().unwrap();
    let elsewhere = Role::Manager { stores: vec![shop.other] };
    assert_eq!(told.roles, [Role::Customer, elsewhere]);

    let audited = shop.audited().await;
    let facts: Vec<_> = audited.iter().rev().map(|it| it["facts"].clone()).collect();
    let store = shop.store;
    assert_eq!(
        facts,
        [
            json!({ "store": store, "before": "clerk", "after": "manager" }),
            json!({ "store": store, "before": "manager", "after": "clerk" }),
            json!({ "store": store, "before": "clerk" }),
        ]
    );
    assert!(audited.iter().all(|it| it["actor"] == json!(shop.owner.person)));
}

#[tokio::test]
async fn nobody_changes_their_equals_or_whoever_stands_above_them() {
    let shop = shop().await;
    let manager = shop.by(&shop.manager);
    let second = vec![Role::Manager { stores: vec![shop.store] }];
    let second = person(&shop.bench, "moe@example.com", second).await;
    let nobody = super::sign_up(&shop.bench, "nobody@example.com").await;
    for out_of_hand in [&shop.manager, &second, &shop.owner] {
        let of = shop.of(out_of_hand);
        manager.delete(&of).await.refused(403, "forbidden");
        manager.put(&of, json!({ "grade": "clerk" })).await.refused(403, "forbidden");
    }
    let carl = shop.of(&shop.clerk);
    manager.put(&carl, json!({ "grade": "manager" })).await.refused(403, "forbidden");
    let grade = manager.put(&carl, json!({ "grade": "vendor_owner" })).await;
    assert_eq!(grade.refused(422, "invalid-input")["field"], "grade");
    // Whoever does not work there is not there, and is not brought there so.
    for by in [&manager, &shop.by(&shop.owner), &shop.by(&testkit::operator())] {
        by.put(&shop.of(&nobody), json!({ "grade": "clerk" })).await.refused(404, "not-found");
        by.delete(&shop.of(&nobody)).await.refused(404, "not-found");
    }
    let elsewhere = path(shop.other, &format!("/{}", shop.clerk.person));
    manager.delete(&elsewhere).await.refused(404, "not-found");
    assert!(shop.audited().await.is_empty());
    assert_eq!(manager.delete(&carl).await.status, 204);
    // An owner is one by the vendor: not even those who run the platform change that here.
    let operator = shop.by(&testkit::operator());
    operator.delete(&shop.of(&shop.owner)).await.refused(403, "forbidden");
    // The last manager goes by those who can mend it.
    assert_eq!(operator.delete(&shop.of(&shop.manager)).await.status, 204);
}

#[tokio::test]
async fn what_was_taken_away_is_gone_within_seconds() {
    let shop = shop().await;
    let input = json!({ "email": "mia@example.com", "password": super::PASSWORD });
    let anyone = shop.bench.anyone("accounts");
    let mia: Value = anyone.post("/v1/accounts/sign-in", input).await.ok();
    let mia = super::bearer(&shop.bench, &mia);
    mia.get("/v1/accounts/me").await.ok::<Value>();
    let owner = shop.by(&shop.owner);
    assert_eq!(owner.delete(&shop.of(&shop.manager)).await.status, 204);
    super::refused_soon(&mia).await;
}

#[tokio::test]
async fn open_invitations_are_listed_by_store() {
    let shop = shop().await;
    let owner = shop.by(&shop.owner);
    let invite = "/v1/accounts/invitations";
    let offer =
        |email: &str, store| json!({ "email": email, "role": Role::Clerk { stores: vec![store] } });
    owner.post(invite, offer("new@example.com", shop.store)).await.ok::<Value>();
    owner.post(invite, offer("far@example.com", shop.other)).await.ok::<Value>();
    let of_store = format!("{invite}?store={}", shop.store);
    let listed: Value = shop.by(&shop.manager).get(&of_store).await.ok();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed["items"][0]["email"], "new@example.com");
    assert_eq!(listed["items"][0]["can"], json!(["withdraw"]));
    let listed: Value = shop.by(&testkit::auditor()).get(&of_store).await.ok();
    assert_eq!(listed["items"][0]["can"], json!([]));
    let elsewhere = format!("{invite}?store={}", shop.other);
    shop.by(&shop.manager).get(&elsewhere).await.refused(404, "not-found");
}
