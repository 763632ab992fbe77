//! What a customer's browser loads: the script and its fields, the hosted checkout, a bank's challenge.

use http::{Method, StatusCode};

use super::{
    Stripe,
    connection::{Asked, Outcome},
    form::Params,
    intents::{self, Status},
    sessions,
};

/// What its script and the frame with its fields are at.
const SCRIPT: &str = include_str!("script.js");
const FIELDS: &str = include_str!("fields.html");

pub fn answer(stripe: &Stripe, asked: &Asked) -> Outcome {
    let path = asked.uri.path();
    let query = Params::parse(asked.uri.query().unwrap_or_default().as_bytes()).ok();
    let form = Params::parse(&asked.body).ok();
    let (Some(query), Some(form)) = (query, form) else { return missing() };
    match path {
        "/v3/" => return Outcome::Script(SCRIPT),
        "/v3/fields" => return Outcome::Page(StatusCode::OK, FIELDS.into()),
        _ => {}
    }
    let posted = asked.method == Method::POST;
    if let Some(session) = path.strip_prefix("/c/pay/") {
        return checkout(stripe, session, form.text("payment_method").filter(|_| posted));
    }
    match path.strip_prefix("/3ds/") {
        Some(intent) => {
            let secret = query.text("client_secret").unwrap_or_default();
            challenge(stripe, intent, secret, form.text("answer").filter(|_| posted))
        }
        None => missing(),
    }
}

fn missing() -> Outcome {
    Outcome::Page(StatusCode::NOT_FOUND, "<p>There is nothing here.".into())
}

fn checkout(stripe: &Stripe, id: &str, method: Option<&str>) -> Outcome {
    let mut state = stripe.state();
    let Some(session) = state.sessions.get(id).filter(|session| session.status == "open") else {
        return missing();
    };
    let success = session.success_url.clone();
    let Some(method) = method else {
        let text = "<form method=post><input name=payment_method><button>Pay</button></form>";
        return Outcome::Page(StatusCode::OK, text.into());
    };
    if sessions::pay(&mut state, id, method).is_err() {
        let text = "<p>Your card was declined. Try another one.".into();
        return Outcome::Page(StatusCode::PAYMENT_REQUIRED, text);
    }
    let intent = state.sessions.get(id).and_then(|session| session.intent.as_ref());
    match intent.and_then(|intent| state.intents.get(intent)) {
        Some(intent) if intent.status == Status::RequiresAction => Outcome::Redirect(format!(
            "{}/3ds/{}?client_secret={}",
            state.base_url, intent.id, intent.secret
        )),
        _ => Outcome::Redirect(success),
    }
}

fn challenge(stripe: &Stripe, id: &str, secret: &str, answer: Option<&str>) -> Outcome {
    let mut state = stripe.state();
    let Some(intent) = state.intents.get(id).filter(|intent| intent.secret == secret) else {
        return missing();
    };
    let back = intent.return_url.clone().unwrap_or_default();
    let Some(answer) = answer else {
        let text = "<form method=post><button name=answer value=complete>It is me</button>\
                    <button name=answer value=fail>It is not</button></form>";
        return Outcome::Page(StatusCode::OK, text.into());
    };
    let passed = answer == "complete";
    intents::challenged(&mut state, id, passed);
    let status = if passed { "succeeded" } else { "failed" };
    let mark = if back.contains('?') { '&' } else { '?' };
    Outcome::Redirect(format!(
        "{back}{mark}payment_intent={id}&payment_intent_client_secret={secret}\
         &redirect_status={status}"
    ))
}
