//! What a browser sees, and the certificates that anyone may have.

use http::Method;
use serde_json::json;

use super::{
    PayPal,
    connection::{Asked, Outcome},
    orders,
    state::Bank,
};

/// The payer agrees, is declined, proves who they are or not, or goes back.
const PAGE: &str = r#"<!doctype html><title>Pay</title><h1>Pay</h1>
<form method="post"><button name="do" value="agree">Agree and pay</button>
<button name="do" value="declined">Pay with a card that is declined</button>
<button name="do" value="challenge-passed">Confirm that it is you</button>
<button name="do" value="challenge-failed">Fail to confirm</button>
<button name="do" value="cancel">Cancel and return</button></form>"#;

/// Its script, and the frames with its button and its fields.
const SCRIPT: &str = include_str!("script.js");
const BUTTON: &str = include_str!("button.html");
const CARD: &str = include_str!("card.html");
/// In a window of its own PayPal's page tells who opened it, and goes.
const DONE: &str = "<!doctype html><script>
(window.opener || window.parent).postMessage(SAID, '*'); window.close();
</script>";

const HTML: &str = "text/html; charset=utf-8";

/// Cards that need a challenge, and that the bank declines.
const CHALLENGED: &str = "4000000000003220";
const DECLINED: &str = "4000000000000002";

pub fn answer(paypal: &PayPal, asked: &Asked) -> Outcome {
    let posted = asked.parts.method == Method::POST;
    match asked.parts.uri.path() {
        "/sdk/js" => Outcome::Text("text/javascript", SCRIPT.into()),
        "/sdk/button" => Outcome::Text(HTML, BUTTON.into()),
        "/sdk/card" if posted => card(paypal, asked),
        "/sdk/card" => Outcome::Text(HTML, CARD.into()),
        _ => page(paypal, asked),
    }
}

/// The payer sends a card from the frame in which it was typed.
fn card(paypal: &PayPal, asked: &Asked) -> Outcome {
    let said = |name: &str| {
        let mut fields = url::form_urlencoded::parse(&asked.body);
        let found = fields.find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let (id, number) = (said("order"), said("number"));
    let mut state = paypal.state();
    let done = match number.as_str() {
        CHALLENGED => orders::confirm_card(&mut state, &id).map(|_| true),
        DECLINED => orders::pay_by_card(&mut state, &id, Bank::Declines).map(|()| false),
        _ => orders::pay_by_card(&mut state, &id, Bank::Agrees).map(|()| false),
    };
    match done {
        Ok(challenge) => Outcome::Json(200, json!({"challenge": challenge})),
        Err(failure) => Outcome::Json(failure.status, failure.body()),
    }
}

fn page(paypal: &PayPal, asked: &Asked) -> Outcome {
    let id = asked.query("token").unwrap_or_default();
    let mut state = paypal.state();
    let Some(order) = state.orders.get(&id) else {
        return Outcome::Json(404, super::failure::Failure::missing().body());
    };
    let (back, cancelled) = (order.return_url.clone(), order.cancel_url.clone());
    if asked.parts.method != Method::POST {
        return Outcome::Text(HTML, PAGE.into());
    }
    let popup = asked.query("popup").is_some();
    let chosen = asked.body.strip_prefix(b"do=").unwrap_or_default();
    let done = match chosen {
        b"agree" => orders::approve(&mut state, &id, Bank::Agrees),
        b"declined" => orders::approve(&mut state, &id, Bank::Declines),
        b"challenge-passed" => orders::authenticated(&mut state, &id, ["Y", "Y", "POSSIBLE"]),
        b"challenge-failed" => orders::authenticated(&mut state, &id, ["Y", "N", "NO"]),
        _ if popup => return Outcome::Text(HTML, DONE.replace("SAID", "{cancelled: true}")),
        _ => return Outcome::Redirect(with_token(&cancelled, &id)),
    };
    match done {
        Ok(()) if popup => {
            let said = json!({"orderID": id, "payerID": "QYR5Z8XDVJNXQ"});
            Outcome::Text(HTML, DONE.replace("SAID", &said.to_string()))
        }
        Ok(()) => Outcome::Redirect(with_token(&back, &id)),
        Err(failure) => Outcome::Json(failure.status, failure.body()),
    }
}

/// The page that the payer returns to, with what PayPal adds.
fn with_token(url: &str, id: &str) -> String {
    let sign = if url.contains('?') { '&' } else { '?' };
    format!("{url}{sign}token={id}&PayerID=QYR5Z8XDVJNXQ")
}

pub fn certificate(paypal: &PayPal, name: &str) -> Outcome {
    *paypal.0.fetched.lock().unwrap() += 1;
    if name == "CERT-redirect" {
        let url = format!("{}/v1/notifications/certs/CERT-good", paypal.0.base_url);
        return Outcome::Redirect(url);
    }
    if *paypal.0.withholds.lock().unwrap() {
        return Outcome::Json(503, super::failure::Failure::broken().body());
    }
    match paypal.0.certificates.find(name) {
        Some(pem) => Outcome::Text("application/x-pem-file", pem.to_owned()),
        None => Outcome::Json(404, super::failure::Failure::missing().body()),
    }
}
