use axum::extract::State;

use super::create::PaymentIntent;
use crate::{
    App,
    asked::{Cancel, Capture},
    commands::{Command, Outcome, perform},
    failure::{ErrorBody, Failure},
    input::{Input, IntentId, Key, Merchant},
};

/// Takes the money that was set aside.
#[utoipa::path(
    post, path = "/sandbox/v1/payment_intents/{intent}/capture", tag = "sandbox",
    operation_id = "sandbox_capture_payment_intent",
    request_body = Capture,
    params(
        ("intent" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255),
    ),
    responses(
        (status = OK, body = PaymentIntent),
        (status = "default", body = ErrorBody),
    ),
    security(("token" = [])),
)]
pub async fn capture(
    _: Merchant,
    State(app): State<App>,
    IntentId(id): IntentId,
    Key(key): Key,
    Input(input): Input<Capture>,
) -> Result<Outcome, Failure> {
    perform(&app, key.as_deref(), &Command::Capture(id, input)).await
}

/// Ends an intent; what was set aside is free again.
#[utoipa::path(
    post, path = "/sandbox/v1/payment_intents/{intent}/cancel", tag = "sandbox",
    operation_id = "sandbox_cancel_payment_intent",
    request_body = Cancel,
    params(
        ("intent" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255),
    ),
    responses(
        (status = OK, body = PaymentIntent),
        (status = "default", body = ErrorBody),
    ),
    security(("token" = [])),
)]
pub async fn cancel(
    _: Merchant,
    State(app): State<App>,
    IntentId(id): IntentId,
    Key(key): Key,
    Input(input): Input<Cancel>,
) -> Result<Outcome, Failure> {
    perform(&app, key.as_deref(), &Command::Cancel(id, input)).await
}
