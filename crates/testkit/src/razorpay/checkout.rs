//! The customer's side: its checkout in the browser, and the bank's page for 3-D Secure.

use axum::{
    Form, Json, Router,
    extract::{Path, State as Shared},
    http::header,
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Razorpay,
    failure::Failure,
    state::{Declined, State, Status},
    webhooks::sign,
};
use crate::provider::Pays;

/// Its script, and the window that the script opens: there alone a card is typed.
const SCRIPT: &str = include_str!("script.js");
const WINDOW: &str = include_str!("window.html");

/// Cards that the bank takes, asks about, and refuses.
const PLAIN: &str = "4111111111111111";
const CHALLENGED: &str = "5267318187975449";
const POOR: &str = "4000000000009995";

const NO_FUNDS: Declined = Declined {
    description: "Your payment could not be completed due to insufficient account balance.",
    source: "customer",
    step: "payment_authorization",
    reason: "insufficient_funds",
};
const NOT_PROVEN: Declined = Declined {
    description: "Your payment was not successful: the authentication failed.",
    source: "customer",
    step: "payment_authentication",
    reason: "authentication_failed",
};
pub const TIMED_OUT: Declined = Declined {
    description: "Your payment was not completed on time.",
    source: "customer",
    step: "payment_authentication",
    reason: "payment_timed_out",
};

pub fn routes(stand_in: &Razorpay) -> Router {
    let script = || async { ([(header::CONTENT_TYPE, "text/javascript")], SCRIPT) };
    Router::new()
        .route("/v1/checkout.js", get(script))
        .route("/v1/checkout/window", get(|| async { Html(WINDOW) }))
        .route("/v1/payments/create/checkout", post(create))
        .route("/v1/payments/{id}/authenticate", get(page).post(authenticate))
        .with_state(stand_in.clone())
}

/// What the checkout in the browser sends.
#[derive(Deserialize)]
struct Checkout {
    key_id: String,
    order_id: String,
    /// A new one; none where one that is kept is chosen.
    card: Option<String>,
    customer_id: Option<String>,
    token: Option<String>,
    #[serde(default)]
    save: u8,
}

/// What the window knows, and what the customer does in it.
#[derive(Debug, Default, Clone, Copy)]
pub struct Window<'a> {
    pub customer: Option<&'a str>,
    /// They want to keep their card.
    pub saves: bool,
    /// They choose what they kept.
    pub token: Option<&'a str>,
}

async fn create(Shared(at): Shared<Razorpay>, Form(asked): Form<Checkout>) -> Response {
    if asked.key_id != at.key_id {
        return Failure::bad("The api key provided is invalid").into_response();
    }
    let tried: Result<_, Failure> = at.change(|state, now| {
        let card =
            state.presented((asked.customer_id.as_deref(), asked.token.as_deref()), asked.card)?;
        let payment = state.attempt(&asked.order_id, now)?;
        let tried = state.payment(&payment)?;
        (tried.card, tried.keeps) = (card.clone(), asked.save == 1 && asked.token.is_none());
        (tried.customer, tried.token) = (asked.customer_id, asked.token);
        match card.as_str() {
            CHALLENGED => {}
            PLAIN => state.authorise(&payment, now)?,
            _ => state.fail(&payment, NO_FUNDS, now)?,
        }
        Ok(payment)
    });
    match tried {
        Ok(payment) => at.result(&payment),
        Err(failure) => failure.into_response(),
    }
}

/// The bank asks who is paying.
async fn page(Shared(at): Shared<Razorpay>, Path(id): Path<String>) -> Response {
    if let Err(failure) = at.state().payment(&id) {
        return failure.into_response();
    }
    let form = format!(
        "<!doctype html><title>Bank</title><h1>Is it you?</h1>\
         <form method=post action=/v1/payments/{id}/authenticate>\
         <button name=agreed value=true>Yes</button>\
         <button name=agreed value=false>No</button></form>"
    );
    Html(form).into_response()
}

#[derive(Deserialize)]
struct Proof {
    agreed: bool,
}

async fn authenticate(
    Shared(at): Shared<Razorpay>,
    Path(id): Path<String>,
    Form(proof): Form<Proof>,
) -> Response {
    let done = at.change(|state: &mut State, now| {
        if proof.agreed { state.authorise(&id, now) } else { state.fail(&id, NOT_PROVEN, now) }
    });
    match done {
        Ok(()) => at.result(&id),
        Err(failure) => failure.into_response(),
    }
}

impl Razorpay {
    /// What checkout hands to the page: proof of success, the way to the bank, or why not.
    fn result(&self, payment: &str) -> Response {
        let mut state = self.state();
        let payment = match state.payment(payment) {
            Ok(payment) => payment.clone(),
            Err(failure) => return failure.into_response(),
        };
        match (payment.status, payment.error) {
            (Status::Created, _) => {
                let url = format!("{}/v1/payments/{}/authenticate", self.base_url, payment.id);
                Json(json!({"type": "redirect", "request": {"method": "get", "url": url}}))
                    .into_response()
            }
            (_, Some(why)) => {
                let mut body = Failure::bad(why.description).body();
                body["error"]["source"] = json!(why.source);
                body["error"]["step"] = json!(why.step);
                body["error"]["reason"] = json!(why.reason);
                body["error"]["metadata"] =
                    json!({"payment_id": payment.id, "order_id": payment.order});
                (http::StatusCode::BAD_REQUEST, Json(body)).into_response()
            }
            _ => Json(self.proof(&payment.order, &payment.id)).into_response(),
        }
    }

    /// What checkout brings to our page after a success, signed with the API's secret.
    pub fn proof(&self, order: &str, payment: &str) -> Value {
        let signature = sign(&self.key_secret, format!("{order}|{payment}").as_bytes());
        json!({
            "razorpay_order_id": order,
            "razorpay_payment_id": payment,
            "razorpay_signature": signature,
        })
    }

    /// Goes through checkout; nothing comes back from a failure.
    pub(super) async fn check_out(&self, order: &str, how: Pays, window: &Window<'_>) -> Value {
        let card = match how {
            Pays::Plainly => PLAIN,
            Pays::Declined | Pays::Late | Pays::Denied => POOR,
            Pays::AfterChallenge | Pays::FailingChallenge | Pays::AbandoningChallenge => CHALLENGED,
        };
        let mut form = vec![("key_id", self.key_id.as_str()), ("order_id", order)];
        form.push(window.token.map_or(("card", card), |token| ("token", token)));
        form.extend(window.customer.map(|customer| ("customer_id", customer)));
        form.extend(window.saves.then_some(("save", "1")));
        let url = format!("{}/v1/payments/create/checkout", self.base_url);
        let mut brought = self.browse(&url, &form).await;
        if let Some(bank) = brought["request"]["url"].as_str().map(ToOwned::to_owned) {
            let page = self.browser.get(&bank).send().await.expect("the bank's page");
            assert!(page.text().await.expect("a page").contains("Is it you?"));
            let agreed = match how {
                Pays::AbandoningChallenge => return json!({}),
                Pays::FailingChallenge => "false",
                _ => "true",
            };
            brought = self.browse(&bank, &[("agreed", agreed)]).await;
        }
        if brought["razorpay_signature"].is_string() { brought } else { json!({}) }
    }

    async fn browse(&self, url: &str, form: &[(&str, &str)]) -> Value {
        let answer = self.browser.post(url).form(form).send().await.expect("checkout answers");
        answer.json().await.expect("JSON")
    }
}
