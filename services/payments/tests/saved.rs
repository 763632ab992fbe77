//! What the tests of saved ways to pay have in common, whoever the provider is.

use kernel::{Actor, SavedMethodId};
use payments_api::Started;
use serde_json::Value;
use testkit::{Answer, Bench};

const METHODS: &str = "/v1/payments/methods";

/// What this customer keeps. A token is told to nobody.
pub async fn methods(bench: &Bench, customer: &Actor) -> Vec<Value> {
    let seen: Value = bench.signed("payments", customer).get(METHODS).await.ok();
    for token in ["pm_", "cus_", "token_", "cust_", "card_"] {
        assert!(!seen.to_string().contains(token), "{seen}");
    }
    seen["methods"].as_array().unwrap().clone()
}

/// The one thing that this customer keeps.
pub async fn only(bench: &Bench, customer: &Actor) -> SavedMethodId {
    let all = methods(bench, customer).await;
    assert_eq!(all.len(), 1, "{all:?}");
    all[0]["method"].as_str().unwrap().parse().unwrap()
}

pub async fn remove(bench: &Bench, customer: &Actor, method: SavedMethodId) -> Answer {
    bench.signed("payments", customer).delete(&format!("{METHODS}/{method}")).await
}

/// The checkout page of a payment, which knows no token either.
pub async fn page(bench: &Bench, started: &Started) -> String {
    let (_, path) = started.pay_url.split_once("/pay/").expect("our page");
    let page = bench.anyone("payments").get(&format!("/pay/{path}")).await;
    assert_eq!(page.status, 200);
    let page = page.body.as_str().expect("HTML").to_owned();
    assert!(!page.contains("pm_") && !page.contains("token_"), "{page}");
    page
}

/// Of whatever was removed nothing is left but that it was kept.
pub const LEFT: &str = "select count(*) from payments.saved_method
                        where removed_at is not null
                          and (detached_at is null or token is not null or brand is not null
                               or last_four is not null or provider_customer is not null)";
