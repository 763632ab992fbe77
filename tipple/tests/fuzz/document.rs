//! What the OpenAPI document says, as far as somebody who means ill needs it.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Map, Value, json};

type Ids = BTreeMap<String, Vec<String>>;

pub struct Operation {
    pub method: Method,
    /// With names in braces.
    pub path: String,
    pub parameters: Vec<Parameter>,
    /// What a body is, and one as it might be.
    pub body: Option<(String, Value)>,
}

pub struct Parameter {
    pub name: String,
    /// `path`, `query` or `header`.
    place: String,
    required: bool,
}

impl Operation {
    pub fn parameters_in<'a>(&'a self, place: &'a str) -> impl Iterator<Item = &'a str> {
        self.parameters.iter().filter(move |it| it.place == place).map(|it| it.name.as_str())
    }

    pub fn requires(&self, name: &str) -> bool {
        self.parameters.iter().any(|it| it.required && it.name == name)
    }

    /// The path with something in place of each name.
    pub fn path_with(&self, mut value: impl FnMut(&str) -> String) -> String {
        self.parameters_in("path").fold(self.path.clone(), |path, name| {
            path.replace(&format!("{{{name}}}"), &value(name))
        })
    }

    pub fn real_path(&self, ids: &Ids) -> String {
        self.path_with(|name| match (name, self.path.contains("/jurisdictions/")) {
            ("code", true) => "US-IA".to_owned(),
            _ => known(ids, name),
        })
    }
}

/// Something of this name that is there: the last, for it is the one that is still going on.
fn known(ids: &Ids, name: &str) -> String {
    let last = ids.get(name).and_then(|texts| texts.last()).cloned();
    last.unwrap_or_else(|| "00000000-0000-7000-8000-000000000000".to_owned())
}

/// All operations of the document.
pub fn operations(document: &Value, ids: &Ids) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in fields(&document["paths"]) {
        for (method, said) in fields(item) {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let parameters = said["parameters"].as_array().into_iter().flatten();
            let content = fields(&said["requestBody"]["content"]).next();
            found.push(Operation {
                method: method.to_uppercase().parse().expect("a method"),
                path: path.clone(),
                parameters: parameters
                    .map(|it| Parameter {
                        name: text(&it["name"]),
                        place: text(&it["in"]),
                        required: it["required"] == true,
                    })
                    .collect(),
                body: content.map(|(kind, content)| {
                    (kind.clone(), sample(document, &content["schema"], ids, ""))
                }),
            });
        }
    }
    found
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// What schemas cannot say: what goes together, and what is there.
const SAID: [(&str, &str); 9] = [
    ("password", r#""correct horse battery""#),
    ("gtin", r#""04006381333931""#),
    ("fee_tax_class", r#""standard""#),
    ("tax_class", r#""standard""#),
    ("zone", r#"{"shape": "radius", "centre": {"lat": 41.6, "lon": -93.6}, "metres": 20000}"#),
    ("area", r#"{"shape": "radius", "centre": {"lat": 41.6, "lon": -93.6}, "metres": 500000}"#),
    ("classes", r#"["beer", "wine", "spirits"]"#),
    ("expires_at", "null"),
    ("parent", "null"),
];

/// A value that the schema allows, or nearly; all that may be there is there.
fn sample(document: &Value, schema: &Value, ids: &Ids, name: &str) -> Value {
    let within = |schema: &Value, name: &str| sample(document, schema, ids, name);
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        return within(document.pointer(pointer).expect(reference), name);
    }
    if let Some((_, text)) = SAID.iter().find(|said| said.0 == name) {
        return serde_json::from_str(text).expect(name);
    }
    for (key, place) in [("example", ""), ("const", ""), ("examples", "/0"), ("enum", "/0")] {
        if let Some(value) = schema.get(key).and_then(|value| value.pointer(place)) {
            return value.clone();
        }
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        let mut choices = schema[key].as_array().into_iter().flatten();
        if let Some(choice) = choices.find(|it| it["type"] != "null") {
            return within(choice, name);
        }
    }
    let kind = &schema["type"];
    let is = |wanted: &str| kind == wanted || kind[0] == wanted;
    if is("object") {
        let parts =
            fields(&schema["properties"]).map(|(name, it)| (name.clone(), within(it, name)));
        return Value::Object(parts.collect::<Map<_, _>>());
    }
    match () {
        () if is("array") => {
            let count = schema["minItems"].as_u64().unwrap_or(1).max(1);
            (0..count).map(|_| within(&schema["items"], name)).collect()
        }
        () if is("integer") => schema["minimum"].as_i64().unwrap_or(1).max(1).into(),
        () if is("number") => json!(1.5),
        () if is("boolean") => json!(true),
        () => match schema["format"].as_str() {
            Some("uuid") => known(ids, name).into(),
            Some("date") => json!("2026-10-01"),
            Some("date-time") if name.ends_with("until") => json!("2031-10-01T12:00:00Z"),
            Some("date-time") => json!("2030-10-01T12:00:00Z"),
            Some("email") => json!("someone@example.com"),
            _ => json!("something"),
        },
    }
}
