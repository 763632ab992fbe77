//! The documented interface is the one that is served.

use cart_api::{Carts, ClaimRefusal};
use kernel::{Clock, OrderId};
use serde_json::Value;
use wire::{CallError, Client, HouseKey, Upstream};

use crate::town::Town;

#[tokio::test]
async fn every_path_is_documented_with_its_refusals_and_its_token() {
    let document = serde_json::to_value((cart::PART.open_api)()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.keys().all(|path| path.starts_with("/v1/cart/")));
    for operation in paths.values().flat_map(|path| path.as_object().unwrap().values()) {
        assert!(operation["responses"]["default"].is_object(), "{operation:#}");
        assert_eq!(operation["security"][0]["token"], serde_json::json!([]), "{operation:#}");
    }
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for reference in references(&document) {
        let name = reference.rsplit('/').next().unwrap();
        assert!(schemas.contains_key(name), "{reference} leads nowhere");
    }
}

fn references(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(map) => map
            .iter()
            .flat_map(|(key, value)| match value {
                Value::String(text) if key == "$ref" => vec![text.as_str()],
                value => references(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => vec![],
    }
}

#[tokio::test]
async fn the_typed_client_and_the_service_understand_each_other() {
    let town = Town::new().await;
    let upstream = Upstream::local();
    upstream.fill(town.bench.process.router("cart").unwrap(), None);
    let house: HouseKey = town.bench.settings.house_key().unwrap();
    let clock = Clock::turned(town.bench.now());
    let carts = Carts::new(Client::new(upstream, "cart", "orders", house, clock));
    let shopper = town.shopper();
    let path = town.filled(&shopper).await;
    let cart = path.rsplit('/').next().unwrap().parse().unwrap();
    let claim = town.agreed(&shopper, &path).await;
    let claimed = carts.claim(cart, &claim).await.unwrap();
    assert_eq!(carts.claim(cart, &claim).await.unwrap(), claimed);
    let other = cart_api::Claim { order: OrderId::new(), ..claim.clone() };
    match carts.claim(cart, &other).await {
        Err(CallError::Refused(refusal)) => {
            assert_eq!(refusal, ClaimRefusal::CartTaken { order: claim.order });
        }
        other => panic!("{other:?}"),
    }
    carts.unclaim(cart, claim.order, claim.customer).await.unwrap();
    assert!(carts.claim(cart, &other).await.is_ok());
}
