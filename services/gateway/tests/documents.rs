use serde_json::{Value, json};
use utoipa::openapi::OpenApi;

fn document(path: &str, schemas: Value) -> OpenApi {
    let answer = json!({ "description": "", "content": { "application/json": {
        "schema": { "$ref": "#/components/schemas/Page_Item" } } } });
    serde_json::from_value(json!({
        "openapi": "3.1.0",
        "info": { "title": "t", "version": "1", "description": "about" },
        "paths": { path: { "get": { "responses": { "200": answer } } } },
        "components": { "schemas": schemas },
    }))
    .unwrap()
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// `Page_Item` reads the same in both, yet speaks of another `Item`.
#[test]
fn schemas_of_one_name_and_two_meanings_are_told_apart() {
    let page = json!({ "type": "object", "properties": { "item": reference("Item") } });
    let problem = json!({ "type": "object" });
    let of =
        |kind: &str| json!({ "Item": { "type": kind }, "Page_Item": page, "Problem": problem });
    let merged = gateway::merge(vec![
        ("cart", document("/v1/cart/a", of("string"))),
        ("orders", document("/v1/orders/a", of("integer"))),
    ]);
    let schemas = merged["components"]["schemas"].as_object().unwrap();
    let mut names: Vec<&str> = schemas.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["CartItem", "CartPage_Item", "OrdersItem", "OrdersPage_Item", "Problem"]);
    assert_eq!(schemas["CartItem"]["type"], "string");
    assert_eq!(schemas["OrdersPage_Item"]["properties"]["item"], reference("OrdersItem"));
    let answer = "/paths/~1v1~1orders~1a/get/responses/200/content/application~1json/schema";
    assert_eq!(merged.pointer(answer), Some(&reference("OrdersPage_Item")));
    assert_eq!(merged["tags"][1]["name"], "orders");
}

#[test]
fn schemas_of_one_meaning_keep_their_name() {
    let same = json!({ "Item": { "type": "string" }, "Page_Item": reference("Item") });
    let merged = gateway::merge(vec![
        ("cart", document("/v1/cart/a", same.clone())),
        ("orders", document("/v1/orders/a", same.clone())),
    ]);
    assert_eq!(merged["components"]["schemas"], same);
    assert_eq!(merged["paths"].as_object().unwrap().len(), 2);
}

#[tokio::test]
async fn the_document_is_served() {
    super::may::publish();
    let bench = super::bench().start().await;
    let document: Value = bench.anyone("gateway").get("/openapi.json").await.ok();
    assert!(document["paths"]["/healthz"].is_object());
    assert!(document["components"]["securitySchemes"]["token"].is_object());
}
