//! One OpenAPI document of all services' documents.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use axum::{http::header, response::IntoResponse};
use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

static PUBLISHED: OnceLock<String> = OnceLock::new();

/// Names the documents of the services that run in this house; the first call counts.
pub fn publish(documents: Vec<(&'static str, OpenApi)>) {
    let _ = PUBLISHED.set(merge(documents).to_string());
}

/// The merged document of the whole house.
#[utoipa::path(
    get, path = "/openapi.json", tag = "gateway", operation_id = "openapi",
    responses(
        (status = OK, body = Value, content_type = "application/json"),
        (status = "default", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn openapi() -> impl IntoResponse {
    let own = || merge(Vec::new()).to_string();
    let text: &'static str = PUBLISHED.get_or_init(own);
    ([(header::CONTENT_TYPE, "application/json")], text)
}

/// One document of many, each with its service's name. A schema that several services have under
/// one name keeps the name where all mean the same, and else gets the service's name in front.
pub fn merge(documents: Vec<(&'static str, OpenApi)>) -> Value {
    let documents: Vec<(&str, Value)> = documents
        .into_iter()
        .map(|(service, document)| (service, serde_json::to_value(document).unwrap_or_default()))
        .collect();
    let clashes = clashes(&documents);
    let mut merged = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tipple",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Everything that the house does for those outside.",
        },
        "servers": [{ "url": "/" }],
        "paths": {},
        "components": {},
        "tags": [],
    });
    for (service, mut document) in documents {
        rename(&mut document, service, &clashes);
        add(&mut merged, service, document);
    }
    merged
}

fn schemas(document: &Value) -> impl Iterator<Item = (&String, &Value)> {
    document.pointer("/components/schemas").and_then(Value::as_object).into_iter().flatten()
}

/// Names that mean different things: because their schemas differ, or because they speak of
/// something that does.
fn clashes(documents: &[(&str, Value)]) -> BTreeSet<String> {
    let mut seen: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for (name, schema) in documents.iter().flat_map(|(_, document)| schemas(document)) {
        seen.entry(name).or_default().push(schema);
    }
    seen.retain(|_, schemas| schemas.len() > 1);
    let mut clashes: BTreeSet<String> = BTreeSet::new();
    loop {
        let found: Vec<&str> = seen
            .iter()
            .filter(|(name, _)| !clashes.contains(**name))
            .filter(|(_, schemas)| {
                schemas.iter().any(|it| *it != schemas[0]) || refers(schemas[0], &clashes)
            })
            .map(|(name, _)| *name)
            .collect();
        if found.is_empty() {
            return clashes;
        }
        clashes.extend(found.into_iter().map(str::to_owned));
    }
}

fn schema_name(value: &Value) -> Option<&str> {
    value.as_str()?.strip_prefix("#/components/schemas/")
}

fn refers(value: &Value, names: &BTreeSet<String>) -> bool {
    match value {
        Value::Object(map) => map.values().any(|value| refers(value, names)),
        Value::Array(list) => list.iter().any(|value| refers(value, names)),
        value => schema_name(value).is_some_and(|name| names.contains(name)),
    }
}

fn own_name(service: &str, name: &str) -> String {
    let (first, rest) = service.split_at(service.len().min(1));
    format!("{}{rest}{name}", first.to_uppercase())
}

fn rename(document: &mut Value, service: &str, clashes: &BTreeSet<String>) {
    point_anew(document, service, clashes);
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        *schemas = std::mem::take(schemas)
            .into_iter()
            .map(|(name, schema)| {
                let clashes = clashes.contains(&name);
                (if clashes { own_name(service, &name) } else { name }, schema)
            })
            .collect();
    }
}

fn point_anew(value: &mut Value, service: &str, clashes: &BTreeSet<String>) {
    if let Some(name) = schema_name(value).filter(|name| clashes.contains(*name)) {
        *value = format!("#/components/schemas/{}", own_name(service, name)).into();
        return;
    }
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(|value| point_anew(value, service, clashes));
        }
        Value::Array(list) => {
            list.iter_mut().for_each(|value| point_anew(value, service, clashes));
        }
        _ => {}
    }
}

fn add(merged: &mut Value, service: &str, document: Value) {
    let take = |value: &Value, key: &str| match value.get(key) {
        Some(Value::Object(map)) => map.clone(),
        _ => Map::new(),
    };
    let about = document.pointer("/info/description").cloned().unwrap_or_default();
    if let Value::Array(tags) = &mut merged["tags"] {
        tags.push(json!({ "name": service, "description": about }));
    }
    for (path, item) in take(&document, "paths") {
        if let (Value::Object(item), Value::Object(paths)) = (item, &mut merged["paths"]) {
            let there = paths.entry(path).or_insert_with(|| json!({}));
            if let Value::Object(there) = there {
                there.extend(item);
            }
        }
    }
    for (kind, things) in take(&document, "components") {
        let (Value::Object(things), Value::Object(components)) =
            (things, &mut merged["components"])
        else {
            continue;
        };
        if let Value::Object(there) = components.entry(kind).or_insert_with(|| json!({})) {
            there.extend(things);
        }
    }
}
