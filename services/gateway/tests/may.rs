use host::Part;
use kernel::{StoreId, VendorId};
use serde_json::{Value, json};
use wire::{
    Rule,
    access::{MANAGERS, OVERSEERS, STAFF, roles, signed_in},
};

/// What another service might open to whom.
const OTHERS: &[Rule] = &[
    roles("pack", &[STAFF], "orders"),
    roles("price", &[MANAGERS, OVERSEERS], "listings"),
    roles("balance", &[OVERSEERS], "the books"),
    signed_in("own", "one's own"),
];

/// Tells the gateway of itself and of another: all tests of a process tell it the same.
pub fn publish() {
    let shop = Part { name: "shop", access: OTHERS, ..gateway::PART };
    gateway::publish(&[gateway::PART, shop]);
}

#[tokio::test]
async fn everyone_learns_what_is_for_them_at_a_store_that_is_theirs() {
    publish();
    let bench = super::bench().start().await;
    let (store, other) = (StoreId::new(), StoreId::new());
    let path = |store: StoreId| format!("/v1/gateway/stores/{store}/may");
    let may = async |actor: &kernel::Actor| {
        let told: Value = bench.signed("gateway", actor).get(&path(store)).await.ok();
        told["may"].clone()
    };
    let (clerk, manager) = (testkit::clerk(&[store]), testkit::staff(&[store]));
    let owner = testkit::owner(VendorId::new(), &[other, store]);
    assert_eq!(may(&clerk).await, json!(["may_at_store", "pack"]));
    assert_eq!(may(&manager).await, json!(["may_at_store", "pack", "price"]));
    assert_eq!(may(&owner).await, may(&manager).await);
    // What is not for a store's people is no matter of a store.
    assert_eq!(may(&testkit::auditor()).await, json!(["may_at_store", "price"]));
    for stranger in [&clerk, &manager] {
        let caller = bench.signed("gateway", stranger);
        caller.get(&path(other)).await.refused(404, "not-found");
    }
    let customer = bench.signed("gateway", &testkit::customer());
    customer.get(&path(store)).await.refused(403, "forbidden");
    bench.anyone("gateway").get(&path(store)).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn everyone_learns_what_is_for_their_roles() {
    publish();
    let bench = super::bench().start().await;
    let path = "/v1/gateway/may";
    let may = async |actor: &kernel::Actor| {
        let told: Value = bench.signed("gateway", actor).get(path).await.ok();
        told["may"].clone()
    };
    assert_eq!(may(&testkit::customer()).await, json!([]));
    let clerk = testkit::clerk(&[StoreId::new()]);
    assert_eq!(may(&clerk).await, json!(["may_at_store", "pack"]));
    assert_eq!(may(&testkit::clerk(&[])).await, json!([]), "a clerk of no store");
    let looks = json!(["may_at_store", "dead_letters", "price", "balance"]);
    assert_eq!(may(&testkit::auditor()).await, looks);
    let runs = json!([
        "may_at_store",
        "dead_letters",
        "dead_letter",
        "replay_dead_letter",
        "price",
        "balance"
    ]);
    assert_eq!(may(&testkit::operator()).await, runs);
    bench.anyone("gateway").get(path).await.refused(401, "unauthenticated");
}
