//! How to ask for an operation: the document says what belongs into it, and what no document can
//! say stands in one table here.

use std::collections::BTreeMap;

use axum::body::Body;
use host::{Operation, Part};
use http::Method;
use kernel::Id;
use serde_json::Value;
use testkit::{Answer, Caller};

use crate::{
    document,
    world::{Row, World},
};

/// What the document does not say of an operation.
struct Said {
    operation: &'static str,
    /// What its row is, where that is not the first name in its path.
    row: &'static str,
    /// With names of ids in braces, as the body.
    query: &'static str,
    /// Empty where the one that the document makes will do.
    body: &'static str,
}

const fn body(operation: &'static str, body: &'static str) -> Said {
    Said { operation, row: "", query: "", body }
}

const fn by_body(operation: &'static str, row: &'static str, body: &'static str) -> Said {
    Said { operation, row, query: "", body }
}

/// It has a name in its path, and is about the asker all the same.
const fn of_asker(operation: &'static str) -> Said {
    Said { operation, row: NONE, query: "", body: "" }
}

const NONE: &str = "none";

const fn by_query(operation: &'static str, row: &'static str, query: &'static str) -> Said {
    Said { operation, row, query, body: "" }
}

/// What schemas cannot say. `{new}` is something that was never there before.
const SAID: &[Said] = &[
    by_body(
        "create_coupon",
        "store",
        r#"{"code": "{new}", "store": "{store}", "terms": {"benefit": {"kind": "free_delivery"}}}"#,
    ),
    by_body(
        "create_promotion",
        "store",
        r#"{"store": "{store}", "terms": {"label": "Off", "scope": {"of": "everything"},
            "benefit": {"kind": "percent", "ppm": 1000}}}"#,
    ),
    by_body(
        "place_order",
        "cart",
        r#"{"cart": "{cart}", "expected_total": {"amount": 1, "currency": "USD"}}"#,
    ),
    body("put_slot", "{}"),
    by_body(
        "invite",
        "store",
        r#"{"email": "{new}@example.com", "role": {"role": "clerk", "stores": ["{store}"]}}"#,
    ),
    body("set_roles", r#"{"roles": [{"role": "customer"}]}"#),
    body(
        "add_machine",
        r#"{"name": "Till", "roles": [{"role": "support"}], "scopes": ["orders:read"]}"#,
    ),
    body("machine_token", r#"{"machine": "{machine}", "secret": "{secret}"}"#),
    body("sign_in", r#"{"email": "{email}", "password": "correct horse battery"}"#),
    body("refresh", r#"{"refresh_token": "{refresh}"}"#),
    body("change_email", r#"{"email": "{new}@example.com", "password": "correct horse battery"}"#),
    body(
        "change_password",
        r#"{"password": "correct horse battery", "new_password": "incorrect horse battery"}"#,
    ),
    body("change_key", r#"{"stolen": false}"#),
    of_asker("add_favourite"),
    of_asker("remove_favourite"),
    of_asker("unlink_identity"),
    of_asker("provider_webhook"),
    body("set_way", r#"{"way": "sandbox:sandbox", "label": "Card", "active": true}"#),
    body("choose_way", r#"{"way": "sandbox:sandbox"}"#),
    body("begin_provider", r#"{"password": "correct horse battery"}"#),
    body("begin_authenticator", r#"{"password": "correct horse battery"}"#),
    body("begin_passkey", r#"{"password": "correct horse battery"}"#),
    body("erase_me", r#"{"password": "incorrect horse battery"}"#),
    body("decide_age_review", r#"{"reason": "Not to be read", "document": null}"#),
    by_query("sales", "store", "store={store}"),
    by_query("complaints", "store", "store={store}"),
    by_query("funnel", "store", "store={store}"),
    by_query("popular_products", "store", "store={store}"),
    by_query("delivery_times", "store", "store={store}"),
    by_query("account_entries", "", "account=sales&currency=USD"),
    by_query(
        "vendor_statement",
        "",
        "currency=USD&from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z",
    ),
    by_query("verdicts", "", "subject={order}"),
];

/// What a name in a path is of, where that is not the name.
fn kind(operation: &str, name: &str) -> &'static str {
    let jurisdiction = operation.contains("jurisdiction") || operation.contains("rulebook");
    match name {
        "code" if jurisdiction => "jurisdiction",
        "code" => "coupon",
        "flow" => "invitation",
        name => KINDS.iter().find(|kind| **kind == name).copied().unwrap_or_else(|| {
            panic!("the world has no {name} for {operation}: give it one in world.rs")
        }),
    }
}

const KINDS: [&str; 36] = [
    "account",
    "complaint",
    "difference",
    "document",
    "file",
    "refund",
    "settlement",
    "address",
    "cart",
    "change",
    "coupon",
    "curation",
    "driver",
    "intent",
    "job",
    "key",
    "letter",
    "line",
    "machine",
    "message",
    "method",
    "offer",
    "order",
    "passkey",
    "payment",
    "payout",
    "person",
    "product",
    "promotion",
    "provider",
    "review",
    "session",
    "store",
    "vendor",
    "version",
    "way",
];

/// An operation and all that is needed to ask for it.
#[derive(Clone)]
pub struct Asking {
    pub service: &'static str,
    pub operation: Operation,
    /// What a row is here; none where the operation is about no row in particular.
    pub row: Option<&'static str>,
    path: String,
    headers: Vec<&'static str>,
    body: Option<(String, String)>,
}

/// Every way to ask for every operation of a service.
pub fn all(part: &Part) -> Vec<Asking> {
    let text = (part.open_api)().to_json().expect("the document");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    let ids: BTreeMap<String, Vec<String>> =
        KINDS.iter().map(|kind| ((*kind).to_owned(), vec![format!("{{{kind}}}")])).collect();
    let described = document::operations(&document, &ids);
    let operations = host::operations(&(part.open_api)());
    let mut all = Vec::new();
    for operation in operations {
        let found = described.iter().find(|it| {
            it.method.as_str() == operation.method.as_str() && it.path == operation.path
        });
        let found = found.expect("the same document");
        let plain = Asking::new(part.name, &operation, found, None);
        let said = SAID.iter().find(|said| said.operation == operation.id);
        // What is narrowed by a query may be asked without it too, unless it says something else.
        if said.is_none_or(|said| !said.query.is_empty() && !said.row.is_empty()) {
            all.push(plain);
        }
        all.extend(said.map(|said| Asking::new(part.name, &operation, found, Some(said))));
    }
    all
}

/// Where in `value` there are objects with names that the document gives.
fn objects(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                objects(inner, format!("{at}/{name}"), places);
            }
            places.push(at);
        }
        Value::Array(items) => {
            for (number, inner) in items.iter().enumerate() {
                objects(inner, format!("{at}/{number}"), places);
            }
        }
        _ => {}
    }
}

impl Asking {
    fn new(
        service: &'static str,
        operation: &Operation,
        found: &document::Operation,
        said: Option<&Said>,
    ) -> Self {
        let names: Vec<&str> = found.parameters_in("path").collect();
        let mut path = operation.path.clone();
        for name in &names {
            let place = format!("{{{}}}", kind(&operation.id, name));
            path = path.replace(&format!("{{{name}}}"), &place);
        }
        let in_path = names.first().map(|name| kind(&operation.id, name));
        let row = match said {
            Some(said) if said.row == NONE => None,
            Some(said) if !said.row.is_empty() => Some(said.row),
            _ => in_path,
        };
        if let Some(said) = said.filter(|said| !said.query.is_empty()) {
            path = format!("{path}?{}", said.query);
        }
        let known = ["If-Match", "Idempotency-Key"];
        let headers =
            known.into_iter().filter(|name| found.parameters_in("header").any(|it| it == *name));
        let body = found.body.as_ref().map(|(media, made)| {
            let made = match (said, made) {
                (Some(said), _) if !said.body.is_empty() => said.body.to_owned(),
                (_, Value::String(text)) => text.clone(),
                (_, made) => made.to_string(),
            };
            (media.clone(), made)
        });
        let headers = headers.collect();
        Self { service, operation: operation.clone(), row, path, headers, body }
    }

    pub fn reads(&self) -> bool {
        self.operation.method == Method::GET
    }

    pub fn ends(&self) -> bool {
        self.operation.method == Method::DELETE
    }

    /// The same with a field that is not there, in each object of the body, and where.
    pub fn with_more(&self) -> Vec<(Self, String)> {
        let Some((media, text)) = self.body.as_ref() else { return Vec::new() };
        let Ok(body) = serde_json::from_str::<Value>(text) else { return Vec::new() };
        let mut places = Vec::new();
        objects(&body, String::new(), &mut places);
        let more = |place: String| {
            let mut body = body.clone();
            body.pointer_mut(&place).expect("an object")["verified"] = true.into();
            (Self { body: Some((media.clone(), body.to_string())), ..self.clone() }, place)
        };
        places.into_iter().map(more).collect()
    }

    /// Who asks whom.
    pub fn caller(&self, world: &World, token: Option<&str>) -> Caller {
        let caller = world.bench.anyone(self.service);
        match token {
            Some(token) => caller.with("authorization", &format!("Bearer {token}")),
            None => caller,
        }
    }

    /// Asks about this row; what else belongs to the question is there.
    pub async fn ask(&self, caller: &Caller, row: &Row, there: &Row) -> Answer {
        let fill = |text: &str| {
            let mut text = text.to_owned();
            for (kind, id) in &there.ids {
                // A line is of its order.
                let of_row =
                    self.row == Some(*kind) || (self.row, *kind) == (Some("order"), "line");
                let id = if of_row { &row.ids[kind] } else { id };
                text = text.replace(&format!("{{{kind}}}"), id);
            }
            let new = Id::<Self>::new().to_string().replace('-', "");
            text.replace("{new}", &new).replace("{code}", &there.ids["jurisdiction"])
        };
        let mut caller = caller.clone();
        for name in &self.headers {
            caller = match *name {
                "If-Match" => caller.with("if-match", "\"v1\""),
                _ => caller.with("idempotency-key", &Id::<Self>::new().to_string()),
            };
        }
        let mut body = Body::empty();
        if let Some((media, text)) = &self.body {
            caller = caller.with("content-type", media);
            body = Body::from(fill(text));
        }
        caller.send(self.operation.method.clone(), &fill(&self.path), body).await
    }
}
