use axum::extract::State;
use serde::Serialize;

use crate::{
    App,
    asked::CreateIntent,
    commands::{Command, Outcome, perform},
    failure::{ErrorBody, Failure},
    input::{Input, Key, Merchant},
};

/// A payment intent, as far as it is promised; more fields come with it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PaymentIntent {
    id: String,
    client_secret: String,
    amount: i64,
    amount_capturable: i64,
    amount_received: i64,
    currency: String,
    /// `requires_payment_method`, `requires_action`, `requires_capture`, `succeeded` or
    /// `canceled`.
    status: String,
    livemode: bool,
    /// The page on which the customer can pay.
    pay_url: String,
}

/// Makes a payment intent.
#[utoipa::path(
    post, path = "/sandbox/v1/payment_intents", tag = "sandbox",
    operation_id = "sandbox_create_payment_intent",
    request_body = CreateIntent,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same for a retry.",
        max_length = 255)),
    responses(
        (status = OK, body = PaymentIntent),
        (status = "default", body = ErrorBody),
    ),
    security(("token" = [])),
)]
pub async fn create(
    _: Merchant,
    State(app): State<App>,
    Key(key): Key,
    Input(input): Input<CreateIntent>,
) -> Result<Outcome, Failure> {
    perform(&app, key.as_deref(), &Command::Create(input)).await
}
