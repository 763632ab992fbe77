//! Facebook, as its pages say that it answers.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{Method, StatusCode},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use testkit::{Answer, Bench, Caller};

use super::{Begun, begin, begin_link, come_back, count, failure, redeem, verified};

const SECRET: &str = "an app secret";
const DELETIONS: &str = "/v1/accounts/providers/facebook/deletions";

/// What the graph answers at each path, after it has checked what it checks.
#[derive(Clone)]
struct Graph {
    answers: Arc<Mutex<BTreeMap<&'static str, Value>>>,
}

impl Graph {
    fn says(&self, path: &'static str, value: Value) {
        self.answers.lock().unwrap().insert(path, value);
    }
}

fn mac(key: &str, text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

async fn answer(
    State(graph): State<Graph>,
    Path(path): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    let says = |name: &str| query.get(name).map_or("", String::as_str);
    let proof = hex::encode(mac(SECRET, "a token"));
    let fine = match path.as_str() {
        "v23.0/oauth/access_token" => {
            says("code") == "a code"
                && says("client_id") == "4711"
                && says("client_secret") == SECRET
                && says("redirect_uri").ends_with("/v1/accounts/providers/facebook/callback")
        }
        "v23.0/debug_token" => {
            says("input_token") == "a token" && says("access_token") == format!("4711|{SECRET}")
        }
        "v23.0/me" => says("access_token") == "a token" && says("appsecret_proof") == proof,
        _ => false,
    };
    let answers = graph.answers.lock().unwrap();
    match answers.iter().find(|(end, _)| path.ends_with(**end)) {
        Some((_, value)) if fine => (StatusCode::OK, Json(value.clone())),
        _ => {
            let error = json!({ "error": { "type": "OAuthException", "code": 100 } });
            (StatusCode::BAD_REQUEST, Json(error))
        }
    }
}

async fn start() -> (Graph, Bench) {
    let graph = Graph { answers: Arc::default() };
    graph.says("access_token", json!({ "access_token": "a token", "token_type": "bearer" }));
    graph.says(
        "debug_token",
        json!({ "data": { "app_id": "4711", "is_valid": true, "user_id": "42" } }),
    );
    graph.says("me", json!({ "id": "42", "name": "Ann Mary Lee", "email": "ann@example.com" }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router =
        Router::new().route("/{*path}", axum::routing::get(answer)).with_state(graph.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let settings = format!(
        "[accounts.providers.facebook]\nkind = \"facebook\"\nclient_id = \"4711\"\n\
         client_secret = \"{SECRET}\"\ndialog_url = \"{url}\"\ngraph_url = \"{url}\""
    );
    (graph, crate::bench_with(&settings).await)
}

/// Signs in with a code: the answer to redeeming it, or the error that came back.
async fn sign_in(caller: &Caller, code: &str) -> Result<Answer, String> {
    back(caller, begin(caller, "facebook").await, code).await
}

async fn back(caller: &Caller, begun: Begun, code: &str) -> Result<Answer, String> {
    assert_eq!(begun.url.path(), "/v23.0/dialog/oauth");
    assert_eq!(begun.says("scope"), "email,public_profile");
    let state = begun.says("state");
    let mut came = come_back(caller, "facebook", &[("state", &state), ("code", code)]).await;
    match came.remove("ticket") {
        Some(ticket) => Ok(redeem(caller, &begun, &ticket).await),
        None => Err(came["error"].clone()),
    }
}

async fn delete(caller: &Caller, signed_request: &str) -> Answer {
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("signed_request", signed_request)
        .finish();
    caller
        .with("content-type", "application/x-www-form-urlencoded")
        .send(Method::POST, DELETIONS, form.into())
        .await
}

fn signed_request(bench: &Bench, secret: &str, subject: &str) -> String {
    let payload = json!({
        "algorithm": "HMAC-SHA256", "user_id": subject, "issued_at": bench.now().as_second(),
        "expires": 0,
    });
    let payload = URL_SAFE_NO_PAD.encode(payload.to_string());
    format!("{}.{payload}", URL_SAFE_NO_PAD.encode(mac(secret, &payload)))
}

#[tokio::test]
async fn its_address_is_no_proof_of_anything() {
    let (graph, bench) = start().await;
    let anyone = bench.anyone("accounts");
    let ann = verified(&bench, "ann@example.com").await;
    sign_in(&anyone, "a code").await.unwrap().refused(409, "sign-in-first-to-link");
    // Whoever is signed in may link.
    let ann_calls = bench.signed("accounts", &ann);
    let begun = begin_link(&ann_calls, "facebook").await;
    back(&ann_calls, begun, "a code").await.unwrap().ok::<Value>();
    let signed: Value = sign_in(&anyone, "a code").await.unwrap().ok();
    assert_eq!(signed["person"], ann.person.to_string());
    assert_eq!((count(&bench, "person").await, count(&bench, "identity").await), (1, 1));
    graph.says("me", json!({ "id": "42" }));
    let signed: Value = sign_in(&anyone, "a code").await.unwrap().ok();
    assert_eq!(signed["person"], ann.person.to_string());
}

#[tokio::test]
async fn someone_may_come_without_an_address() {
    let (graph, bench) = start().await;
    for (subject, me) in [
        ("42", json!({ "id": "42", "name": "Ann Mary Lee" })),
        ("43", json!({ "id": "43", "name": "Ann Mary Lee", "email": "ann@example.com" })),
    ] {
        let token = json!({ "app_id": 4711, "is_valid": true, "user_id": subject });
        graph.says("debug_token", json!({ "data": token }));
        graph.says("me", me);
        let signed: Value = sign_in(&bench.anyone("accounts"), "a code").await.unwrap().ok();
        let me: Value = crate::bearer(&bench, &signed).get("/v1/accounts/me").await.ok();
        assert_eq!(me["email"], json!(null));
        assert_eq!((&me["given_name"], &me["family_name"]), (&json!("Ann Mary"), &json!("Lee")));
    }
    assert_eq!(count(&bench, "person").await, 2);
}

#[tokio::test]
async fn a_token_of_another_app_or_person_is_refused() {
    let (graph, bench) = start().await;
    let anyone = bench.anyone("accounts");
    let good = json!({ "app_id": "4711", "is_valid": true, "user_id": "42" });
    for (name, value, code, reason) in [
        ("app_id", json!("4712"), "identity-mismatch", "the token is for another app"),
        ("app_id", json!(null), "identity-mismatch", "the token is for another app"),
        ("is_valid", json!(false), "identity-mismatch", "the token is not valid"),
        ("user_id", json!("43"), "identity-mismatch", "the token is someone else's"),
        ("user_id", json!(null), "identity-token-refused", "subject"),
    ] {
        let mut data = good.clone();
        data[name] = value;
        graph.says("debug_token", json!({ "data": data }));
        assert_eq!(sign_in(&anyone, "a code").await.unwrap_err(), code);
        assert_eq!(failure(&bench).await, format!("{code} {reason}"));
    }
    graph.says("debug_token", json!({ "data": good }));
    assert_eq!(sign_in(&anyone, "another code").await.unwrap_err(), "provider-error");
    assert_eq!(count(&bench, "person").await, 0);
    sign_in(&anyone, "a code").await.unwrap().ok::<Value>();
}

#[tokio::test]
async fn who_asks_facebook_to_be_deleted_is_unlinked() {
    let (_, bench) = start().await;
    let anyone = bench.anyone("accounts");
    sign_in(&anyone, "a code").await.unwrap().ok::<Value>();
    bench.advance(1);
    for bad in [signed_request(&bench, "another secret", "42"), "a.b".into(), String::new()] {
        let problem = delete(&anyone, &bad).await.refused(400, "bad-signature");
        assert_eq!(problem["field"], "signed_request");
    }
    assert_eq!(count(&bench, "identity").await, 1);
    let asked = signed_request(&bench, SECRET, "42");
    let done: Value = delete(&anyone, &asked).await.ok();
    assert_eq!(count(&bench, "identity").await, 0);
    assert_eq!(count(&bench, "session where ended_at is null").await, 0);
    let code = done["confirmation_code"].as_str().unwrap();
    assert_eq!(done["url"], format!("http://127.0.0.1:8080{DELETIONS}/{code}"));
    let page = anyone.get(&format!("{DELETIONS}/{code}")).await;
    assert_eq!(page.status, 200);
    let text = page.body.as_str().unwrap();
    assert!(text.contains("deleted on 2026-06-15"), "{text}");
    anyone.get(&format!("{DELETIONS}/0{code}")).await.refused(404, "not-found");
    // Again it is the same answer, and does not touch what was linked since.
    bench.advance(1);
    sign_in(&anyone, "a code").await.unwrap().ok::<Value>();
    assert_eq!(delete(&anyone, &asked).await.ok::<Value>(), done);
    assert_eq!(count(&bench, "identity").await, 1);
    assert_eq!(count(&bench, "deletion_request").await, 1);
    // Someone whom we do not know gets a code as well.
    delete(&anyone, &signed_request(&bench, SECRET, "43")).await.ok::<Value>();
}
