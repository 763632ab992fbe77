//! The stand-in for Stripe: its objects against the published specification, its keys and states.

use std::{collections::BTreeSet, path::Path, time::Duration};

use jiff::{SignedDuration, Timestamp};
use jsonschema::Validator;
use kernel::{Clock, Currency, Money};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use testkit::{Book, Call, Goes, Pays, StandIn, Stripe};

struct Merchant {
    stripe: Stripe,
    clock: Clock,
    http: reqwest::Client,
}

impl Merchant {
    async fn start() -> Self {
        let clock = Clock::turned(testkit::NOON.parse::<Timestamp>().unwrap());
        let stripe = Stripe::start(clock.clone()).await;
        Self { stripe, clock, http: reqwest::Client::new() }
    }

    async fn call(&self, method: Method, path: &str, key: &str, form: &[(&str, &str)]) -> Response {
        let url = format!("{}/v1/{path}", self.stripe.base_url());
        let request = self.http.request(method, url).bearer_auth(self.stripe.secret_key());
        let request = if key.is_empty() { request } else { request.header("idempotency-key", key) };
        request.form(form).send().await.unwrap()
    }

    /// The status, and the answer or its error.
    async fn post(&self, path: &str, key: &str, form: &[(&str, &str)]) -> (u16, Value) {
        let answer = self.call(Method::POST, path, key, form).await;
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap();
        (status, if status == 200 { body } else { body["error"].clone() })
    }

    async fn get(&self, path: &str) -> Value {
        self.call(Method::GET, path, "", &[]).await.json().await.unwrap()
    }

    async fn intent(&self, amount: &str) -> String {
        let form = [
            ("amount", amount),
            ("currency", "usd"),
            ("capture_method", "manual"),
            ("metadata[payment]", "p-1"),
        ];
        let (status, intent) = self.post("payment_intents", "", &form).await;
        assert_eq!(status, 200, "{intent}");
        intent["id"].as_str().unwrap().to_owned()
    }

    async fn captured(&self, amount: &str, take: &str) -> String {
        let id = self.intent(amount).await;
        self.stripe.pay(&id, Pays::Plainly).await;
        let form = [("amount_to_capture", take)];
        assert_eq!(self.post(&format!("payment_intents/{id}/capture"), "", &form).await.0, 200);
        id
    }
}

fn usd(amount: i64) -> Money {
    Money::new(amount, Currency::USD)
}

/// OpenAPI 3.0 says `nullable` where JSON Schema has a type or a choice more.
fn as_json_schema(schema: &mut Value) {
    match schema {
        Value::Array(all) => all.iter_mut().for_each(as_json_schema),
        Value::Object(fields) => {
            fields.values_mut().for_each(as_json_schema);
            if fields.remove("nullable") == Some(Value::Bool(true)) {
                let rest = Value::Object(std::mem::take(fields));
                *schema = json!({"anyOf": [{"type": "null"}, rest]});
            }
        }
        _ => {}
    }
}

fn validator(spec: &Value, kind: &str) -> Validator {
    let schema = json!({
        "$schema": "http://json-schema.org/draft-04/schema#",
        "allOf": [{"$ref": format!("#/components/schemas/{kind}")}],
        "components": spec["components"],
    });
    jsonschema::options().build(&schema).unwrap()
}

/// Everything that can happen here.
async fn a_long_day(merchant: &Merchant) {
    let Merchant { stripe, .. } = merchant;
    for how in [
        Pays::Plainly,
        Pays::AfterChallenge,
        Pays::FailingChallenge,
        Pays::AbandoningChallenge,
        Pays::Declined,
        Pays::Late,
    ] {
        let id = merchant.intent("2599").await;
        stripe.pay(&id, how).await;
    }
    let cancelled = merchant.intent("900").await;
    stripe.pay(&cancelled, Pays::Plainly).await;
    merchant.post(&format!("payment_intents/{cancelled}/cancel"), "", &[]).await;
    let taken = merchant.captured("5000", "4000").await;
    stripe.refund_by_hand(&taken, usd(700));
    stripe.decide(&stripe.dispute(&taken, usd(1000)), true);
    stripe.dispute(&taken, usd(500));
    let lost = merchant.captured("100", "100").await;
    stripe.refunds_take_days();
    merchant.post("refunds", "", &[("payment_intent", &lost), ("amount", "5")]).await;
    stripe.end_refunds(false);
    stripe.decide(&stripe.dispute(&lost, usd(95)), false);
    for method in ["pm_card_visa", "pm_card_chargeDeclined"] {
        stripe.pay_with(&session(merchant).await, method).await;
    }
    keeping(merchant).await;
    let (_, expired) = {
        let path = format!("checkout/sessions/{}/expire", session(merchant).await);
        merchant.post(&path, "", &[]).await
    };
    assert_eq!(expired["status"], "expired");
}

/// A card is kept by its customer alone, and never again when it was let go of.
async fn keeping(merchant: &Merchant) {
    let Merchant { stripe, .. } = merchant;
    let customer = async || -> String {
        let (_, made) = merchant.post("customers", "", &[("metadata[key]", "k-1")]).await;
        made["id"].as_str().unwrap().to_owned()
    };
    let (ann, bob) = (customer().await, customer().await);
    let intent = async |more: &[(&str, &str)]| {
        let form = [&[("amount", "700"), ("currency", "usd"), ("capture_method", "manual")], more];
        merchant.post("payment_intents", "", &form.concat()).await
    };
    let (_, first) = intent(&[("customer", &ann), ("setup_future_usage", "on_session")]).await;
    let first = first["id"].as_str().unwrap();
    stripe.pay(first, Pays::AfterChallenge).await;
    let path = format!("payment_intents/{first}?expand[]=payment_method");
    let method = merchant.get(&path).await["payment_method"].clone();
    assert_eq!((&method["customer"], stripe.kept()), (&json!(ann), 1));
    let method = method["id"].as_str().unwrap();
    let with = [("payment_method", method)];
    assert_eq!(intent(&[with[0], ("customer", &bob)]).await.1["code"], "resource_missing");
    assert_eq!(intent(&with).await.0, 400);
    let (_, own) = intent(&[with[0], ("customer", &ann)]).await;
    let own = own["id"].as_str().unwrap();
    stripe.pay_with_what_is_kept(own).await;
    assert_eq!(stripe.show(own)["status"], "requires_action");
    stripe.answer_challenge(own, "complete").await;
    assert_eq!(stripe.show(own)["status"], "requires_capture");
    let detach = format!("payment_methods/{method}/detach");
    assert_eq!(merchant.post(&detach, "", &[]).await.1["customer"], Value::Null);
    assert_eq!(merchant.post(&detach, "", &[]).await.0, 400);
    assert_eq!(intent(&[with[0], ("customer", &ann)]).await.0, 400);
    assert_eq!(stripe.kept(), 0);
}

async fn session(merchant: &Merchant) -> String {
    let form = [
        ("mode", "payment"),
        ("line_items[0][price_data][currency]", "usd"),
        ("line_items[0][price_data][unit_amount]", "1234"),
        ("line_items[0][price_data][product_data][name]", "Order"),
        ("line_items[0][quantity]", "1"),
        ("success_url", "https://shop.example/back"),
        ("payment_intent_data[capture_method]", "manual"),
    ];
    let (status, session) = merchant.post("checkout/sessions", "", &form).await;
    assert_eq!(status, 200, "{session}");
    session["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn its_objects_are_those_of_the_specification() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs/stripe");
    let Ok(text) = std::fs::read_to_string(folder.join("spec3-2023-09-12.yaml")) else {
        println!("skipped: Stripe's specification is not here");
        return;
    };
    let mut spec: Value = serde_norway::from_str(&text).unwrap();
    as_json_schema(&mut spec["components"]["schemas"]);
    let merchant = Merchant::start().await;
    a_long_day(&merchant).await;
    let mut kinds = BTreeSet::new();
    let known = |kind: &str| {
        let schema = &spec["components"]["schemas"][kind]["properties"];
        schema.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>()
    };
    let objects = merchant.stripe.all();
    for kind in [
        "payment_intent",
        "charge",
        "refund",
        "dispute",
        "checkout.session",
        "balance_transaction",
        "event",
        "customer",
        "payment_method",
    ] {
        let (validator, fields) = (validator(&spec, kind), known(kind));
        for object in objects.iter().filter(|object| object["object"] == kind) {
            kinds.insert(kind);
            let errors: Vec<_> = validator
                .iter_errors(object)
                .map(|e| format!("{e} at {}", e.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{errors:#?} in {object:#}");
            let strange = object.as_object().unwrap().keys().find(|key| !fields.contains(*key));
            assert_eq!(strange, None, "{kind}");
        }
    }
    assert_eq!(kinds.len(), 9, "{kinds:?}");
    let declined = merchant.intent("300").await;
    let path = format!("payment_intents/{declined}/confirm");
    let declined = merchant.post(&path, "", &[("payment_method", "pm_card_chargeDeclined")]).await;
    assert_eq!(declined.0, 402);
    assert!(validator(&spec, "error").is_valid(&json!({"error": declined.1})));
    assert!(!validator(&spec, "error").is_valid(&json!({"error": {"type": "weather"}})));
}

#[tokio::test]
async fn a_key_has_one_answer_for_a_day() {
    let merchant = Merchant::start().await;
    let form = [("amount", "500"), ("currency", "usd")];
    let first = merchant.call(Method::POST, "payment_intents", "k", &form).await;
    assert!(first.headers().get("idempotent-replayed").is_none());
    let first: Value = first.json().await.unwrap();
    let again = merchant.call(Method::POST, "payment_intents", "k", &form).await;
    assert_eq!(again.headers()["idempotent-replayed"], "true");
    assert_eq!(first, again.json::<Value>().await.unwrap());
    let other = [("amount", "501"), ("currency", "usd")];
    let (status, error) = merchant.post("payment_intents", "k", &other).await;
    assert_eq!((status, &error["type"]), (400, &json!("idempotency_error")));
    merchant.clock.advance(SignedDuration::from_hours(24));
    let (_, new) = merchant.post("payment_intents", "k", &form).await;
    assert_ne!(new["id"], first["id"]);
    // What does not make sense was never begun, so that its key is free; a 500 is an answer.
    let senseless = [("amount", "x"), ("currency", "usd")];
    assert_eq!(merchant.post("payment_intents", "v", &senseless).await.0, 400);
    assert_eq!(merchant.post("payment_intents", "v", &form).await.0, 200);
    merchant.stripe.fault(Call::Create, Goes::WrongBefore, 1);
    for _ in 0..2 {
        assert_eq!(merchant.post("payment_intents", "b", &form).await.0, 500);
    }
    assert_eq!(merchant.stripe.names().len(), 3);
}

#[tokio::test]
async fn a_running_twin_waits_and_a_cut_answer_is_there_again() {
    let merchant = Merchant::start().await;
    let id = merchant.captured("5000", "5000").await;
    let form = [("payment_intent", id.as_str()), ("amount", "100")];
    merchant.stripe.fault(Call::Refund, Goes::Slowly(300), 1);
    let slow = merchant.post("refunds", "twin", &form);
    let twin = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        merchant.post("refunds", "twin", &form).await
    };
    let (slow, twin) = futures::future::join(slow, twin).await;
    assert_eq!((slow.0, twin.0), (200, 409));
    merchant.stripe.fault(Call::Refund, Goes::WrongAfter, 1);
    let url = format!("{}/v1/refunds", merchant.stripe.base_url());
    let cut = merchant.http.post(url).bearer_auth(merchant.stripe.secret_key());
    assert!(cut.header("idempotency-key", "cut").form(&form).send().await.is_err());
    assert_eq!(merchant.post("refunds", "cut", &form).await.0, 200);
    assert_eq!(merchant.stripe.book(&id).refunds, 2);
    assert_eq!(merchant.stripe.asked(Call::Refund), 4);
}

#[tokio::test]
async fn states_allow_what_they_allow() {
    let merchant = Merchant::start().await;
    let id = merchant.intent("5000").await;
    let capture = format!("payment_intents/{id}/capture");
    let cancel = format!("payment_intents/{id}/cancel");
    let refund = |amount: &'static str| {
        let id = id.clone();
        async move { vec![("payment_intent".to_owned(), id), ("amount".to_owned(), amount.to_owned())] }
    };
    let code = |answer: (u16, Value)| answer.1["code"].as_str().unwrap_or_default().to_owned();
    let unexpected = "payment_intent_unexpected_state";
    assert_eq!(code(merchant.post(&capture, "", &[]).await), unexpected);
    merchant.stripe.pay(&id, Pays::Declined).await;
    let shown = merchant.get(&format!("payment_intents/{id}")).await;
    assert_eq!(shown["last_payment_error"]["decline_code"], "insufficient_funds");
    merchant.stripe.pay(&id, Pays::AfterChallenge).await;
    let post = async |form: Vec<(String, String)>| {
        let form: Vec<_> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        merchant.post("refunds", "", &form).await
    };
    assert_eq!(code(post(refund("1").await).await), "charge_not_refundable");
    let more = [("amount_to_capture", "5001")];
    assert_eq!(code(merchant.post(&capture, "", &more).await), "amount_too_large");
    let less = [("amount_to_capture", "4000")];
    assert_eq!(merchant.post(&capture, "", &less).await.1["amount_received"], 4000);
    assert_eq!(code(merchant.post(&cancel, "", &[]).await), unexpected);
    assert_eq!(code(post(refund("4001").await).await), "refund_amount_too_large");
    assert_eq!(post(refund("4000").await).await.0, 200);
    assert_eq!(code(post(refund("1").await).await), "charge_already_refunded");
    let book = Book {
        authorisations: 1,
        captures: 1,
        refunds: 1,
        captured: 4000,
        refunded: 4000,
        disputed: 0,
        fees: 146,
    };
    assert_eq!(merchant.stripe.book(&id), book);
    let sheet = merchant.stripe.settlement(merchant.clock.now(), Timestamp::MAX);
    let lines: Vec<Vec<&str>> = sheet.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(
        (lines.len(), lines[1][8], lines[1][9], lines[2][8]),
        (3, "40.00", "1.46", "-40.00")
    );
}

#[tokio::test]
async fn what_has_no_time_left_ends_and_the_search_lags() {
    let merchant = Merchant::start().await;
    let id = merchant.intent("5000").await;
    let visit = session(&merchant).await;
    merchant.stripe.pay(&id, Pays::Plainly).await;
    let search = "payment_intents/search?query=metadata['payment']:'p-1'";
    assert_eq!(merchant.get(search).await["data"], json!([]));
    merchant.clock.advance(SignedDuration::from_secs(60));
    assert_eq!(merchant.get(search).await["data"][0]["id"], id);
    merchant.clock.advance(SignedDuration::from_hours(24 * 7));
    merchant.stripe.lapse();
    assert_eq!(merchant.stripe.show(&id)["status"], "canceled");
    assert_eq!(merchant.stripe.show(&visit)["status"], "expired");
    assert_eq!(merchant.stripe.book(&id).refunds, 0, "a release is none");
}
