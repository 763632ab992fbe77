use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use cart_api::ExpectedSlot;
use garde::Validate;
use kernel::{CartId, Money, SavedMethodId};
use serde::Deserialize;
use tracing::Instrument;
use wire::{Fault, IdempotencyKey, Json, PROBLEM_JSON, Problem, Signed};

use crate::{
    App,
    placing::{self, Fate, Placed, Request, Saved},
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceOrder {
    #[garde(skip)]
    cart: CartId,
    /// What the cart showed you, and what you agree to pay.
    #[garde(skip)]
    expected_total: Money,
    /// When the cart showed you that it is wanted: `{}` where that is as soon as possible. Not looked
    /// at where it is absent.
    #[garde(dive)]
    #[serde(default)]
    #[schema(nullable = false)]
    expected_slot: Option<ExpectedSlot>,
    /// The way to pay, one of those that payments offers: `stripe:us`. The first of them that
    /// answers unless told.
    #[garde(length(chars, min = 1, max = 100), inner(custom(wire::plain_text)))]
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    pay_with: Option<String>,
    /// You agree that the provider keeps what you pay with, for later.
    #[garde(skip)]
    #[serde(default)]
    save_method: bool,
    /// One of your saved ways to pay, as payments lists them: it is paid with this.
    #[garde(skip)]
    #[serde(default)]
    #[schema(nullable = false)]
    saved_method: Option<SavedMethodId>,
}

/// Makes an order of your cart: checks the total and the law, holds the stock and starts the
/// payment. The same Idempotency-Key with the
/// same body gives the same answer, however often it is sent.
#[utoipa::path(
    post, path = "/v1/orders/orders", tag = "orders", operation_id = "place_order",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 255,
            pattern = "^[!-~]+$", description = "Made anew for each order, the same for retries")),
    request_body = PlaceOrder,
    responses(
        (status = CREATED, body = Placed),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn place_order(
    State(app): State<App>,
    asker: Signed,
    IdempotencyKey(key): IdempotencyKey,
    Json(input): Json<PlaceOrder>,
) -> Fate<Response> {
    let request = Request {
        customer: asker.customer(),
        key,
        cart: input.cart,
        expected_total: input.expected_total,
        expected_slot: input.expected_slot,
        pay_with: input.pay_with,
        save_method: input.save_method,
        saved_method: input.saved_method,
    };
    // On a task of its own, so that a customer whose connection breaks gets a whole order.
    let work = async move { Box::pin(placing::place(&app, &request)).await }.in_current_span();
    let work = match wire::current() {
        Some(context) => tokio::spawn(context.scope(work)),
        None => tokio::spawn(work),
    };
    let saved = work.await.map_err(|error| Fault::Broken(error.into()))??;
    Ok(answer(saved))
}

/// The saved answer as it was given the first time.
fn answer((status, body): Saved) -> Response {
    let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = if status.is_success() { "application/json" } else { PROBLEM_JSON };
    (status, [(header::CONTENT_TYPE, kind)], body.to_string()).into_response()
}
