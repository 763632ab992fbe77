//! Its objects beside the examples in Razorpay's own public documents, where those are at hand.

use std::{collections::BTreeMap, path::Path};

use super::*;

/// The kinds of values that each field of an entity has in the examples.
type Fields = BTreeMap<String, Vec<&'static str>>;

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Notes every entity inside this value.
fn collect(value: &Value, into: &mut BTreeMap<String, Fields>) {
    match value {
        Value::Object(map) => {
            if let Some(entity) = map.get("entity").and_then(Value::as_str) {
                let fields = into.entry(entity.to_owned()).or_default();
                for (name, value) in map {
                    fields.entry(name.clone()).or_default().push(kind(value));
                }
            }
            map.values().for_each(|value| collect(value, into));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, into)),
        _ => {}
    }
}

/// All examples that can be read; none where the documents are absent.
fn examples() -> Option<BTreeMap<String, Fields>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs/razorpay");
    let mut found = BTreeMap::new();
    for name in ["order.md", "payment.md", "refund.md", "disputes.md", "paymentVerfication.md"] {
        let text = std::fs::read_to_string(folder.join(name)).ok()?;
        let blocks = text.split("```").filter_map(|block| {
            let start = block.find('{')?;
            // In one of the documents the example is the argument of a call.
            let values = serde_json::Deserializer::from_str(&block[start..]).into_iter::<Value>();
            values.flatten().next()
        });
        blocks.for_each(|value| collect(&value, &mut found));
    }
    Some(found)
}

/// Each field is one that the documents know, of a kind they show; ours that they do not show are
/// named here, with where they come from.
fn check(ours: &Value, examples: &BTreeMap<String, Fields>) {
    const BESIDE: &[&str] = &["base_amount", "base_currency"]; // of payments in other currencies
    let entity = ours["entity"].as_str().expect("an entity");
    let fields = examples.get(entity).unwrap_or_else(|| panic!("no example of {entity}"));
    for (name, value) in ours.as_object().expect("an object") {
        if BESIDE.contains(&name.as_str()) {
            continue;
        }
        let kinds = fields.get(name).unwrap_or_else(|| panic!("{entity} has no {name}"));
        // A field that is null in every example says nothing of its kind.
        let untold = kinds.iter().all(|kind| *kind == "null");
        let null = value.is_null() && kinds.contains(&"string");
        assert!(
            untold || null || kinds.contains(&kind(value)),
            "{entity}.{name} is {value}, not {kinds:?}"
        );
    }
    for name in ["id", "amount", "currency", "created_at"] {
        assert!(ours[name] != Value::Null || entity == "event", "{entity} lacks {name}");
    }
}

#[tokio::test]
async fn objects_have_the_fields_of_the_examples() {
    let Some(examples) = examples() else {
        eprintln!("skipped: Razorpay's documents are not beside this tree");
        return;
    };
    let there = start().await;
    let refused = there.order(100).await;
    there.pay(&refused, Pays::Declined).await;
    let (order, payment) = there.paid(50_000).await;
    let mut shown = vec![
        there.get(&format!("orders/{order}")).await,
        there.get(&format!("payments/{payment}")).await,
        there.get(&format!("payments/{}", there.payments(&refused)[0])).await,
    ];
    shown.push(there.capture(&payment, 50_000).await.1);
    shown.push(there.refund(&payment, 20_000, "key-of-the-first").await.1);
    let dispute = there.dispute(&order, inr(10_000));
    shown.push(there.get(&format!("disputes/{dispute}")).await);
    there.decide(&dispute, true);
    shown.push(there.get(&format!("payments/{payment}")).await);
    shown.iter().for_each(|object| check(object, &examples));
    let list = there.get(&format!("orders/{order}/payments")).await;
    let event = &examples["event"];
    for webhook in there.webhooks(Timestamp::UNIX_EPOCH) {
        let body: Value = serde_json::from_slice(&webhook.body).unwrap();
        let named: Vec<&String> = body.as_object().unwrap().keys().collect();
        assert_eq!(named, event.keys().collect::<Vec<_>>());
        for (name, part) in body["payload"].as_object().unwrap() {
            assert_eq!(part["entity"]["entity"], json!(name));
            check(&part["entity"], &examples);
        }
    }
    assert!(examples["collection"].contains_key("count") && list["entity"] == "collection");
}
