//! What a merchant's server asks of it.

use std::{io, time::Duration};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Path, Query, State as Shared},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures::stream;
use kernel::Money;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    Razorpay,
    failure::Failure,
    objects::collection,
    state::{self, Order, State},
};
use crate::provider::{Call, Goes};

pub type Said = Result<Value, Failure>;

pub fn routes(stand_in: &Razorpay) -> Router {
    Router::new()
        .route("/v1/orders", post(create_order).get(find_orders))
        .route("/v1/orders/{id}", get(show_order))
        .route("/v1/orders/{id}/payments", get(payments_of_order))
        .route("/v1/payments/{id}", get(show_payment).patch(note_payment))
        .route("/v1/payments/{id}/capture", post(capture))
        .route("/v1/payments/{id}/refund", post(refund))
        .route("/v1/payments/{id}/refunds", get(refunds_of_payment))
        .route("/v1/refunds/{id}", get(show_refund))
        .merge(super::kept::routes())
        .route("/v1/disputes", get(disputes))
        .route("/v1/disputes/{id}", get(show_dispute))
        .with_state(stand_in.clone())
}

/// Whose turn it is and what is to go wrong; what was asked for happens in between.
pub async fn answer(
    at: Razorpay,
    headers: &HeaderMap,
    call: Option<Call>,
    work: impl FnOnce(&mut State, i64) -> Said + Send,
) -> Response {
    if !at.admits(headers) {
        let wrong = Failure::bad("Authentication failed").status(StatusCode::UNAUTHORIZED);
        return wrong.into_response();
    }
    let goes = at.called(call);
    if goes == Some(Goes::WrongBefore) {
        return Failure::server().into_response();
    }
    let said = at.change(work);
    go(goes, said).await
}

async fn go(goes: Option<Goes>, said: Said) -> Response {
    match goes {
        Some(Goes::WrongAfter) => return cut(),
        Some(Goes::Slowly(millis)) => tokio::time::sleep(Duration::from_millis(millis)).await,
        _ => {}
    }
    said.map(Json).into_response()
}

/// The connection ends in the middle of the answer.
fn cut() -> Response {
    let broken = stream::iter([Ok(Bytes::from_static(b"{\"id\": ")), Err(io::Error::other("cut"))]);
    Response::new(Body::from_stream(broken))
}

impl Razorpay {
    fn admits(&self, headers: &HeaderMap) -> bool {
        let expected = STANDARD.encode(format!("{}:{}", self.key_id, self.key_secret));
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        given.and_then(|given| given.strip_prefix("Basic ")) == Some(expected.as_str())
    }
}

#[derive(Deserialize)]
struct NewOrder {
    amount: i64,
    #[serde(default = "rupees")]
    currency: String,
    receipt: Option<String>,
    #[serde(default)]
    notes: Map<String, Value>,
    #[serde(default)]
    unique_receipt: bool,
    #[serde(default)]
    partial_payment: bool,
    payment: Option<CaptureSettings>,
}

/// As the order asks for them; otherwise the account's hold, which are to capture all at once.
#[derive(Deserialize)]
struct CaptureSettings {
    capture: String,
    capture_options: Option<CaptureOptions>,
}

#[derive(Deserialize)]
struct CaptureOptions {
    refund_speed: String,
}

fn rupees() -> String {
    "INR".into()
}

pub fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|error| Failure::bad(format!("Bad input: {error}")))
}

async fn create_order(Shared(at): Shared<Razorpay>, headers: HeaderMap, body: Bytes) -> Response {
    answer(at, &headers, Some(Call::Create), |state, now| state.create_order(read(&body)?, now))
        .await
}

impl State {
    fn create_order(&mut self, new: NewOrder, now: i64) -> Said {
        let currency = state::currency(&new.currency)
            .ok_or_else(|| Failure::field("currency", "Currency is not supported"))?;
        let amount = Money::new(new.amount, currency);
        state::payable(amount)?;
        if new.partial_payment {
            return Err(Failure::field("partial_payment", "It is not offered here"));
        }
        let long = |value: &Value| value.as_str().is_none_or(|text| text.chars().count() > 256);
        if new.notes.len() > 15 || new.notes.values().any(long) {
            return Err(Failure::field("notes", "At most 15 notes of 256 characters"));
        }
        if new.receipt.as_ref().is_some_and(|receipt| receipt.len() > 40) {
            return Err(Failure::field("receipt", "The receipt may not be longer than 40"));
        }
        let twin = self.orders.values().find(|order| order.receipt == new.receipt);
        if let Some(twin) = twin.filter(|twin| new.unique_receipt && twin.receipt.is_some()) {
            if twin.amount == amount && twin.notes == new.notes {
                return Ok(twin.json());
            }
            return Err(Failure::field("receipt", "Order receipt should be unique."));
        }
        let by_hand = match &new.payment {
            None => false,
            Some(asked) => {
                let speed = asked.capture_options.as_ref().map(|one| one.refund_speed.as_str());
                if !matches!(speed, None | Some("normal" | "optimum")) {
                    return Err(Failure::field("refund_speed", "There is no such speed"));
                }
                match asked.capture.as_str() {
                    "manual" => true,
                    "automatic" => false,
                    _ => return Err(Failure::field("capture", "Is automatic or manual")),
                }
            }
        };
        let order = Order {
            id: state::id("order"),
            amount,
            receipt: new.receipt,
            notes: new.notes,
            attempts: 0,
            paid: false,
            by_hand,
            goes_back: Default::default(),
            created_at: now,
        };
        let json = order.json();
        self.orders.insert(order.id.clone(), order);
        Ok(json)
    }
}

#[derive(Deserialize)]
struct Page {
    receipt: Option<String>,
    count: Option<usize>,
    skip: Option<usize>,
}

impl Page {
    fn of(&self, items: impl Iterator<Item = Value>) -> Said {
        let count = self.count.unwrap_or(10);
        if count > 100 {
            return Err(Failure::field("count", "The count may not be greater than 100."));
        }
        Ok(collection(items.skip(self.skip.unwrap_or(0)).take(count).collect()))
    }
}

async fn find_orders(
    Shared(at): Shared<Razorpay>,
    headers: HeaderMap,
    Query(page): Query<Page>,
) -> Response {
    answer(at, &headers, None, |state, _| {
        let fits = |order: &&Order| page.receipt.is_none() || order.receipt == page.receipt;
        page.of(state.orders.values().filter(fits).map(Order::json))
    })
    .await
}

async fn show_order(
    Shared(at): Shared<Razorpay>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    answer(at, &headers, Some(Call::Retrieve), |state, _| {
        state.orders.get(&id).map(Order::json).ok_or_else(Failure::no_such_id)
    })
    .await
}

async fn payments_of_order(
    Shared(at): Shared<Razorpay>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    answer(at, &headers, None, |state, _| {
        state.orders.get(&id).ok_or_else(Failure::no_such_id)?;
        // The newest is the first.
        let payments: Vec<Value> = state.of_order(&id).map(state::Payment::json).collect();
        Ok(collection(payments.into_iter().rev().collect()))
    })
    .await
}

async fn show_payment(
    Shared(at): Shared<Razorpay>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    answer(at, &headers, None, |state, _| state.payment(&id).map(|payment| payment.json())).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Noted {
    notes: Map<String, Value>,
}

/// Of a payment only its notes can be changed.
async fn note_payment(
    Shared(at): Shared<Razorpay>,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    answer(at, &headers, None, |state, _| {
        let asked: Noted = read(&body)?;
        let payment = state.payment(&id)?;
        payment.notes = asked.notes;
        Ok(payment.json())
    })
    .await
}

#[derive(Deserialize)]
struct Capture {
    amount: i64,
    #[serde(default = "rupees")]
    currency: String,
}

async fn capture(
    Shared(at): Shared<Razorpay>,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    answer(at, &headers, Some(Call::Capture), |state, now| {
        let asked: Capture = read(&body)?;
        let currency = state::currency(&asked.currency)
            .ok_or_else(|| Failure::field("currency", "Currency is not supported"))?;
        let amount = Money::new(asked.amount, currency);
        state.capture(&id, Some(amount), now).map(|payment| payment.json())
    })
    .await
}

#[derive(Deserialize)]
struct NewRefund {
    amount: Option<i64>,
    #[serde(default)]
    notes: Value,
}

/// Under a key it is done once: a twin that comes while it is being done is told to wait, and
/// the work goes on when the one who asked is gone.
async fn refund(
    Shared(at): Shared<Razorpay>,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let key = headers.get("x-refund-idempotency").and_then(|value| value.to_str().ok());
    let key = key.map(ToOwned::to_owned);
    if !at.admits(&headers) {
        return answer(at, &headers, None, |_, _| Ok(Value::Null)).await;
    }
    let goes = at.called(Some(Call::Refund));
    if goes == Some(Goes::WrongBefore) {
        return Failure::server().into_response();
    }
    let named = [id.as_bytes(), b" ", &body].concat();
    let first = key.as_ref().and_then(|key| at.state().under_key(key, &named));
    if let Some(said) = first {
        return go(goes, said).await;
    }
    let said = at.change(|state, now| {
        let asked: NewRefund = read(&body)?;
        state.refund(&id, asked.amount, asked.notes, now).map(|refund| refund.json())
    });
    let end = tokio::spawn(async move {
        let answer = go(goes, said.clone()).await;
        let mut state = at.state();
        if let Some(key) = key.and_then(|key| state.keys.get_mut(&key)) {
            key.answer = Some(said);
        }
        answer
    });
    end.await.unwrap_or_else(|_| Failure::server().into_response())
}

async fn refunds_of_payment(
    Shared(at): Shared<Razorpay>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(page): Query<Page>,
) -> Response {
    answer(at, &headers, Some(Call::Refunds), |state, _| {
        state.payment(&id)?;
        let of = state.refunds.iter().rev().filter(|refund| refund.payment == id);
        page.of(of.map(super::refunds::Refund::json))
    })
    .await
}

async fn show_refund(
    Shared(at): Shared<Razorpay>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    answer(at, &headers, None, |state, _| {
        let found = state.refunds.iter().find(|refund| refund.id == id);
        found.map(super::refunds::Refund::json).ok_or_else(Failure::no_such_id)
    })
    .await
}

async fn disputes(
    Shared(at): Shared<Razorpay>,
    headers: HeaderMap,
    Query(page): Query<Page>,
) -> Response {
    answer(at, &headers, None, |state, _| {
        page.of(state.disputes.iter().rev().map(state::Dispute::json))
    })
    .await
}

async fn show_dispute(
    Shared(at): Shared<Razorpay>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    answer(at, &headers, None, |state, _| {
        let found = state.disputes.iter().find(|dispute| dispute.id == id);
        found.map(state::Dispute::json).ok_or_else(Failure::no_such_id)
    })
    .await
}
