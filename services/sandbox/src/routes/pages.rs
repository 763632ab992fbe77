//! The pages that a customer sees. Anyone who holds the intent's client secret may.

use axum::{
    Form,
    extract::{Query, State, rejection::FormRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use garde::Validate;
use serde::Deserialize;

use crate::{
    App,
    asked::{CardInput, Confirm},
    change::holds,
    commands::{Command, perform},
    db,
    failure::Failure,
    input::IntentId,
    intent::{Intent, Status},
};

#[derive(Deserialize)]
pub struct Secret {
    #[serde(default)]
    client_secret: String,
}

#[derive(Deserialize)]
pub struct PayForm {
    client_secret: String,
    number: String,
    exp: String,
    cvc: String,
}

#[derive(Deserialize)]
pub struct ChallengeForm {
    client_secret: String,
    answer: Answer,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Confirm,
    Refuse,
}

/// The page with the card's form.
pub async fn show_pay(
    State(app): State<App>,
    IntentId(id): IntentId,
    Query(query): Query<Secret>,
) -> Result<Response, Failure> {
    let Some(intent) = theirs(&app, &id, &query.client_secret).await? else {
        return Ok(app.pages.missing());
    };
    Ok(match intent.status {
        Status::RequiresPaymentMethod => {
            let error = intent.last_error.as_ref().and_then(|error| error["message"].as_str());
            app.pages.pay(&intent, StatusCode::OK, error)
        }
        Status::RequiresAction => app.pages.challenge(&intent),
        _ => ended(&app, &intent),
    })
}

/// Pays with the card that was typed.
pub async fn pay(
    State(app): State<App>,
    IntentId(id): IntentId,
    form: Result<Form<PayForm>, FormRejection>,
) -> Result<Response, Failure> {
    let Ok(Form(form)) = form else { return Ok(app.pages.missing()) };
    let card = CardInput { number: form.number, exp: form.exp, cvc: form.cvc };
    let asked = Confirm { client_secret: form.client_secret.clone(), card };
    if asked.validate().is_err() {
        let Some(intent) = theirs(&app, &id, &form.client_secret).await? else {
            return Ok(app.pages.missing());
        };
        let error = Some("These are not a card’s details.");
        return Ok(app.pages.pay(&intent, StatusCode::PAYMENT_REQUIRED, error));
    }
    let done = perform(&app, None, &Command::Confirm(id.clone(), asked)).await;
    after(&app, &id, &form.client_secret, done.err()).await
}

/// The bank's page, which asks whether it is the customer.
pub async fn show_challenge(
    State(app): State<App>,
    IntentId(id): IntentId,
    Query(query): Query<Secret>,
) -> Result<Response, Failure> {
    Ok(match theirs(&app, &id, &query.client_secret).await? {
        None => app.pages.missing(),
        Some(intent) if intent.status == Status::RequiresAction => app.pages.challenge(&intent),
        Some(intent) => ended(&app, &intent),
    })
}

/// What the customer answered the bank; the browser goes back to the shop.
pub async fn challenge(
    State(app): State<App>,
    IntentId(id): IntentId,
    form: Result<Form<ChallengeForm>, FormRejection>,
) -> Result<Response, Failure> {
    let Ok(Form(form)) = form else { return Ok(app.pages.missing()) };
    let command = Command::Challenge {
        id: id.clone(),
        client_secret: form.client_secret.clone(),
        agreed: form.answer == Answer::Confirm,
    };
    let failed = perform(&app, None, &command).await.err();
    let Some(intent) = theirs(&app, &id, &form.client_secret).await? else {
        return Ok(app.pages.missing());
    };
    Ok(match failed {
        Some(broken @ Failure::Broken(_)) => return Err(broken),
        _ => back(&intent).unwrap_or_else(|| ended(&app, &intent)),
    })
}

/// Where the customer goes after a try: on to the bank, back to the shop, or to the form again.
async fn after(
    app: &App,
    id: &str,
    secret: &str,
    failed: Option<Failure>,
) -> Result<Response, Failure> {
    let Some(intent) = theirs(app, id, secret).await? else { return Ok(app.pages.missing()) };
    let error = match failed {
        Some(broken @ Failure::Broken(_)) => return Err(broken),
        Some(Failure::Refused(StatusCode::INTERNAL_SERVER_ERROR, _)) => {
            let text = "The answer never came, so nobody here knows whether you have paid. Go \
                        back to the shop: it asks by itself.";
            return Ok(app.pages.notice(&intent, StatusCode::GATEWAY_TIMEOUT, text));
        }
        Some(Failure::Refused(_, facts)) => Some(facts.message),
        None => intent.last_error.as_ref().and_then(|e| e["message"].as_str()).map(str::to_owned),
    };
    Ok(match intent.status {
        Status::RequiresPaymentMethod => {
            app.pages.pay(&intent, StatusCode::PAYMENT_REQUIRED, error.as_deref())
        }
        Status::RequiresAction => {
            let to = format!("/sandbox/3ds/{id}?client_secret={secret}");
            Redirect::to(&to).into_response()
        }
        _ => back(&intent).unwrap_or_else(|| ended(app, &intent)),
    })
}

/// Sends the browser back to the shop. What the address says is a hint: the shop must ask.
fn back(intent: &Intent) -> Option<Response> {
    let mut url = url::Url::parse(intent.return_url.as_deref()?).ok()?;
    let paid = matches!(intent.status, Status::RequiresCapture | Status::Succeeded);
    url.query_pairs_mut()
        .append_pair("payment_intent", &intent.id)
        .append_pair("redirect_status", if paid { "succeeded" } else { "failed" });
    Some(Redirect::to(url.as_str()).into_response())
}

fn ended(app: &App, intent: &Intent) -> Response {
    let text = match intent.status {
        Status::RequiresCapture | Status::Succeeded => "This is paid. Thank you.",
        Status::Canceled => "This payment has been canceled or has run out of time.",
        _ => "This payment waits for a card.",
    };
    app.pages.notice(intent, StatusCode::OK, text)
}

async fn theirs(app: &App, id: &str, secret: &str) -> Result<Option<Intent>, Failure> {
    let found = db::intent(&app.db, id).await?.filter(|intent| holds(intent, secret));
    Ok(found.map(|mut intent| {
        if intent.overdue(app.clock.now()) {
            let _ = intent.cancel("expired");
        }
        intent
    }))
}
