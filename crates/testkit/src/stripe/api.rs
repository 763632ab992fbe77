//! Calls: who asks, whether it was asked before, what goes wrong, and then the call itself.

use std::time::Duration;

use http::Method;
use serde_json::Value;

use super::{
    Stripe,
    connection::{Asked, Outcome},
    failure::Failure,
    form::Params,
    intents, kept, lists, refunds, sessions,
    state::State,
};
use crate::{Call, Goes};

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// With the secret key.
    Merchant,
    /// With the publishable key, which may only confirm, and only with the intent's own secret.
    Browser,
}

pub async fn answer(stripe: &Stripe, asked: &Asked) -> Outcome {
    let path = asked.uri.path();
    let header = |name| asked.parts.headers.get(name).and_then(|value| value.to_str().ok());
    let asker = match asker(stripe, header("authorization"), header("stripe-account")) {
        Ok(asker) => asker,
        Err(failure) => return failed(failure),
    };
    let kind = kind(&asked.method, path);
    stripe.0.faults.count(kind);
    let key = header("idempotency-key").filter(|_| asked.method == Method::POST);
    if let Some(key) = key {
        let text = String::from_utf8_lossy(&asked.body);
        let begun = stripe.0.keys.lock().unwrap().begin(
            key,
            format!("{path}?{text}"),
            stripe.0.clock.now().as_second(),
        );
        match begun {
            Ok(None) => {}
            Ok(Some((status, body))) => return Outcome::Json { status, body, replayed: true },
            Err(failure) => return failed(failure),
        }
    }
    let fault = stripe.0.faults.next(kind);
    let done = match fault {
        Some(Goes::WrongBefore) => Err(Failure::broken()),
        _ => perform(stripe, asker, asked, key),
    };
    if let Some(Goes::Slowly(milliseconds)) = fault {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
    let (status, body, kept) = match done {
        Ok(body) => (200, body, true),
        Err(failure) => (failure.status, failure.body(), failure.kept),
    };
    if let Some(key) = key {
        stripe.0.keys.lock().unwrap().end(key, kept.then(|| (status, body.clone())));
    }
    match fault {
        Some(Goes::WrongAfter) => Outcome::Cut,
        _ => Outcome::Json { status, body, replayed: false },
    }
}

fn failed(failure: Failure) -> Outcome {
    Outcome::Json { status: failure.status, body: failure.body(), replayed: false }
}

fn asker(
    stripe: &Stripe,
    authorization: Option<&str>,
    account: Option<&str>,
) -> Result<Asker, Failure> {
    let key = authorization.and_then(|value| value.strip_prefix("Bearer "));
    // A key of real money is taken too, so that somebody can find that here is only play money.
    let key = key.map(|key| key.replacen("_live_", "_test_", 1));
    let asker = match key {
        Some(key) if key == stripe.0.secret_key => Asker::Merchant,
        Some(key) if key == stripe.0.publishable_key => Asker::Browser,
        _ => return Err(Failure::key()),
    };
    account.map_or(Ok(asker), |account| Err(Failure::account(account)))
}

fn kind(method: &Method, path: &str) -> Option<Call> {
    let mut parts = path.trim_start_matches("/v1/").trim_start_matches("checkout/").split('/');
    let rest = (parts.next()?, parts.next(), parts.next());
    match (method, rest) {
        (&Method::POST, ("payment_intents" | "sessions", None, None)) => Some(Call::Create),
        (&Method::GET, ("payment_intents", Some("search"), None)) => None,
        (&Method::GET, ("payment_intents" | "sessions", Some(_), None)) => Some(Call::Retrieve),
        (&Method::POST, ("payment_intents", Some(_), Some("capture"))) => Some(Call::Capture),
        (
            &Method::POST,
            ("payment_intents", Some(_), Some("cancel")) | ("sessions", Some(_), Some("expire")),
        ) => Some(Call::Cancel),
        (&Method::POST, ("refunds", None, None)) => Some(Call::Refund),
        (&Method::POST, ("customers", None, None)) => Some(Call::Customer),
        (&Method::POST, ("payment_methods", Some(_), Some("detach"))) => Some(Call::Detach),
        _ => None,
    }
}

fn perform(
    stripe: &Stripe,
    asker: Asker,
    asked: &Asked,
    key: Option<&str>,
) -> Result<Value, Failure> {
    let form = match asked.method {
        Method::GET => asked.uri.query().unwrap_or_default().as_bytes(),
        _ => &asked.body,
    };
    let params = Params::parse(form)?;
    let path = asked.uri.path();
    let parts: Vec<&str> = path.trim_start_matches("/v1/").split('/').collect();
    let mut state = stripe.state();
    state.running_key = key.map(str::to_owned);
    let done = match (&asked.method, parts.as_slice()) {
        (&Method::GET, parts) => get(&state, asker, parts, &params),
        (&Method::POST, parts) => post(&mut state, asker, parts, &params),
        _ => None,
    };
    state.running_key = None;
    done.unwrap_or_else(|| Err(Failure::unknown_path(path)))
}

fn post(
    state: &mut State,
    asker: Asker,
    parts: &[&str],
    params: &Params,
) -> Option<Result<Value, Failure>> {
    if let ["payment_intents", id, "confirm"] = parts {
        return Some(intents::confirm_call(state, asker, id, params));
    }
    if asker != Asker::Merchant {
        return Some(Err(Failure::key()));
    }
    Some(match parts {
        ["payment_intents"] => intents::create(state, params),
        ["payment_intents", id, "capture"] => intents::capture_call(state, id, params),
        ["payment_intents", id, "cancel"] => intents::cancel_call(state, id, params),
        ["checkout", "sessions"] => sessions::create(state, params),
        ["checkout", "sessions", id, "expire"] => sessions::expire_call(state, id, params),
        ["refunds"] => refunds::create(state, params),
        ["customers"] => kept::create(state, params),
        ["payment_methods", id, "detach"] => kept::detach(state, id, params),
        _ => return None,
    })
}

fn get(
    state: &State,
    asker: Asker,
    parts: &[&str],
    params: &Params,
) -> Option<Result<Value, Failure>> {
    if asker == Asker::Browser {
        let ["payment_intents", id] = parts else { return Some(Err(Failure::key())) };
        return Some(intents::shown_to_browser(state, id, params));
    }
    Some(match parts {
        ["payment_intents", "search"] => lists::search(state, params),
        ["customers", "search"] => lists::search_customers(state, params),
        [.., list @ ("payment_intents" | "sessions" | "refunds" | "disputes" | "events")] => {
            lists::list(state, list, params)
        }
        [.., kind, id] => lists::one(state, kind, id, params),
        _ => return None,
    })
}
