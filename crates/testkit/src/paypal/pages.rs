//! What a browser sees, and the certificates that anyone may have.

use http::Method;

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

pub fn answer(paypal: &PayPal, asked: &Asked) -> Outcome {
    let id = asked.query("token").unwrap_or_default();
    let mut state = paypal.state();
    let Some(order) = state.orders.get(&id) else {
        return Outcome::Json(404, super::failure::Failure::missing().body());
    };
    let (back, cancelled) = (order.return_url.clone(), order.cancel_url.clone());
    if asked.parts.method != Method::POST {
        return Outcome::Text("text/html; charset=utf-8", PAGE.into());
    }
    let chosen = asked.body.strip_prefix(b"do=").unwrap_or_default();
    let done = match chosen {
        b"agree" => orders::approve(&mut state, &id, Bank::Agrees),
        b"declined" => orders::approve(&mut state, &id, Bank::Declines),
        b"challenge-passed" => orders::authenticated(&mut state, &id, ["Y", "Y", "POSSIBLE"]),
        b"challenge-failed" => orders::authenticated(&mut state, &id, ["Y", "N", "NO"]),
        _ => return Outcome::Redirect(with_token(&cancelled, &id)),
    };
    match done {
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
