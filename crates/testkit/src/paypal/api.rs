//! Calls: who asks, whether it was asked before, what goes wrong, and then the call itself.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    PayPal,
    connection::{Asked, Outcome},
    disputes,
    failure::Failure,
    kept, orders, pages, payments,
    state::State,
    webhooks,
};
use crate::{Call, Goes};

/// How long keys are remembered.
const KEPT: SignedDuration = SignedDuration::from_hours(6);
/// How long a token is good.
const TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(9);

type Done = Result<(u16, Value), Failure>;

pub async fn answer(paypal: &PayPal, asked: &Asked) -> Outcome {
    let path = asked.parts.uri.path();
    if let Some(name) = path.strip_prefix("/v1/notifications/certs/") {
        return pages::certificate(paypal, name);
    }
    if path == "/v1/oauth2/token" {
        return told(token(paypal, asked));
    }
    if path == "/checkoutnow" || path.starts_with("/sdk/") {
        return pages::answer(paypal, asked);
    }
    if !holds(paypal, asked) {
        return told(Err(Failure::token()));
    }
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let kind = kind(&asked.parts.method, &parts);
    paypal.0.faults.count(kind);
    let key = asked.header("paypal-request-id").filter(|_| asked.parts.method == Method::POST);
    if let Some(key) = key {
        match begin(paypal, key, path, &asked.body) {
            Ok(None) => {}
            Ok(Some(answer)) => return told(Ok(answer)),
            Err(failure) => return told(Err(failure)),
        }
    }
    let fault = paypal.0.faults.next(kind);
    let done = match fault {
        Some(Goes::WrongBefore) => Err(Failure::broken()),
        _ => perform(paypal, asked, &parts),
    };
    if let Some(Goes::Slowly(milliseconds)) = fault {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
    if let Some(key) = key {
        end(paypal, key, done.as_ref().ok());
    }
    match fault {
        Some(Goes::WrongAfter) => Outcome::Cut,
        _ => told(done),
    }
}

fn told(done: Done) -> Outcome {
    match done {
        Ok((204, _)) => Outcome::Nothing,
        Ok((status, body)) => Outcome::Json(status, body),
        Err(failure) => Outcome::Json(failure.status, failure.body()),
    }
}

fn token(paypal: &PayPal, asked: &Asked) -> Done {
    let (id, secret) = (&paypal.0.client_id, &paypal.0.client_secret);
    let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    if asked.header("authorization") != Some(&basic) {
        return Err(Failure::token());
    }
    if !asked.body.starts_with(b"grant_type=client_credentials") {
        return Err(Failure::invalid("MISSING_REQUIRED_PARAMETER"));
    }
    let token = format!("A21AA{}", &kernel::random_token()[..40]);
    let mut tokens = paypal.0.tokens.lock().unwrap();
    tokens.push((token.clone(), paypal.0.clock.now() + TOKEN_LIFE));
    let body = json!({
        "scope": "https://uri.paypal.com/services/payments/payment",
        "access_token": token, "token_type": "Bearer", "app_id": "APP-80W284485P519543T",
        "expires_in": TOKEN_LIFE.as_secs(), "nonce": &kernel::random_token()[..20],
    });
    Ok((200, body))
}

fn holds(paypal: &PayPal, asked: &Asked) -> bool {
    let now = paypal.0.clock.now();
    let given = asked.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let tokens = paypal.0.tokens.lock().unwrap();
    tokens.iter().any(|(token, until)| Some(token.as_str()) == given && now < *until)
}

fn kind(method: &Method, parts: &[&str]) -> Option<Call> {
    match (method, parts) {
        (&Method::POST, ["v2", "checkout", "orders"]) => Some(Call::Create),
        (&Method::GET, ["v2", "checkout", "orders", _]) => Some(Call::Retrieve),
        (&Method::POST, ["v2", "checkout", "orders", _, "authorize"]) => Some(Call::Authorise),
        (&Method::POST, ["v2", .., "capture"]) => Some(Call::Capture),
        (&Method::POST, ["v2", .., "void"]) => Some(Call::Cancel),
        (&Method::POST, ["v2", .., "refund"]) => Some(Call::Refund),
        (&Method::DELETE, ["v3", "vault", ..]) => Some(Call::Detach),
        _ => None,
    }
}

/// A key that is being worked on, or the answer that it had.
pub struct Kept {
    asked: (String, Vec<u8>),
    answer: Option<(u16, Value)>,
    at: jiff::Timestamp,
}

fn begin(
    paypal: &PayPal,
    key: &str,
    path: &str,
    body: &[u8],
) -> Result<Option<(u16, Value)>, Failure> {
    if !(1..=108).contains(&key.len()) {
        return Err(Failure::invalid("INVALID_STRING_LENGTH"));
    }
    let now = paypal.0.clock.now();
    let mut keys = paypal.0.keys.lock().unwrap();
    keys.retain(|_, kept| now.duration_since(kept.at) < KEPT || kept.answer.is_none());
    let asked = (path.to_owned(), body.to_vec());
    match keys.get(key) {
        None => {
            keys.insert(key.into(), Kept { asked, answer: None, at: now });
            Ok(None)
        }
        Some(kept) if kept.asked != asked => Err(Failure::refused("DUPLICATE_REQUEST_ID")),
        Some(Kept { answer: None, .. }) => Err(Failure::twin()),
        // Nothing was made this time.
        Some(Kept { answer, .. }) => {
            Ok(answer.clone().map(|(status, body)| (if status == 204 { 204 } else { 200 }, body)))
        }
    }
}

/// What was refused may be asked again under the same key.
fn end(paypal: &PayPal, key: &str, answer: Option<&(u16, Value)>) {
    let mut keys = paypal.0.keys.lock().unwrap();
    match (keys.get_mut(key), answer) {
        (Some(kept), Some(answer)) => kept.answer = Some(answer.clone()),
        _ => drop(keys.remove(key)),
    }
}

fn perform(paypal: &PayPal, asked: &Asked, parts: &[&str]) -> Done {
    let mut state = paypal.state();
    if asked.parts.method == Method::GET {
        return get(&state, asked, parts).map(|body| (200, body));
    }
    if asked.parts.method == Method::DELETE {
        return kept::delete(&mut state, parts).map(|()| (204, Value::Null));
    }
    let body: Value = match asked.body.as_ref() {
        [] => json!({}),
        bytes => {
            serde_json::from_slice(bytes).map_err(|_| Failure::invalid("MALFORMED_REQUEST_JSON"))?
        }
    };
    let whole = asked.header("prefer") == Some("return=representation");
    if let ["v1", "notifications", rest @ ..] = parts {
        return webhooks::answer(paypal, &state, rest, &body);
    }
    post(&mut state, parts, &body, whole)
}

fn get(state: &State, asked: &Asked, parts: &[&str]) -> Result<Value, Failure> {
    match parts {
        ["v2", "checkout", "orders", id] => {
            orders::show(state, id, asked.query("fields").as_deref())
        }
        ["v2", "payments", "authorizations", id] => payments::authorization(state, id),
        ["v2", "payments", "captures", id] => payments::capture(state, id),
        ["v2", "payments", "refunds", id] => payments::refund(state, id),
        ["v1", "customer", "disputes"] => {
            let since = asked.query("update_time_after").map(|since| since.parse());
            let since = since.transpose().map_err(|_| Failure::invalid("INVALID_PARAMETER_SYNTAX"));
            Ok(disputes::list(state, asked.query("disputed_transaction_id").as_deref(), since?))
        }
        ["v1", "customer", "disputes", id] => disputes::show(state, id),
        ["v3", "vault", "payment-tokens", id] => kept::show(state, id),
        ["v1", "notifications", "webhooks-events", id] => {
            let event = state.events.iter().find(|event| event.id == *id);
            Ok(event.ok_or(Failure::missing())?.body.clone())
        }
        _ => Err(Failure::missing()),
    }
}

fn post(state: &mut State, parts: &[&str], body: &Value, whole: bool) -> Done {
    let minimal = |shown: Value| if whole { shown } else { orders::minimal(&shown) };
    match parts {
        // PayPal shows a source that was given even when it is brief.
        ["v2", "checkout", "orders"] => Ok((201, orders::create(state, body).map(minimal)?)),
        ["v2", "checkout", "orders", id, "confirm-payment-source"] => {
            Ok((200, kept::confirm(state, id, body)?))
        }
        ["v2", "checkout", "orders", id, "authorize"] => {
            Ok((201, orders::authorize(state, id).map(minimal)?))
        }
        ["v2", "checkout", "orders", id, "capture"] => {
            Ok((201, orders::capture(state, id).map(minimal)?))
        }
        ["v2", "payments", "authorizations", id, "capture"] => {
            Ok((201, payments::capture_authorization(state, id, body).map(minimal)?))
        }
        ["v2", "payments", "authorizations", id, "void"] => {
            payments::void(state, id)?;
            Ok((204, Value::Null))
        }
        ["v2", "payments", "authorizations", id, "reauthorize"] => {
            Ok((201, payments::reauthorize(state, id, body).map(minimal)?))
        }
        ["v2", "payments", "captures", id, "refund"] => {
            Ok((201, payments::refund_capture(state, id, body).map(minimal)?))
        }
        _ => Err(Failure::missing()),
    }
}
