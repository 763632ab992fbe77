use axum::extract::State;

use super::create::PaymentIntent;
use crate::{
    App,
    asked::Confirm,
    commands::{Command, Outcome, perform},
    failure::{ErrorBody, Failure},
    input::{Input, IntentId, Key},
};

/// Pays with a card.
#[utoipa::path(
    post, path = "/sandbox/v1/payment_intents/{intent}/confirm", tag = "sandbox",
    operation_id = "sandbox_confirm_payment_intent",
    request_body = Confirm,
    params(
        ("intent" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255),
    ),
    responses(
        (status = OK, body = PaymentIntent),
        (status = "default", body = ErrorBody),
    ),
)]
pub async fn confirm(
    State(app): State<App>,
    IntentId(id): IntentId,
    Key(key): Key,
    Input(input): Input<Confirm>,
) -> Result<Outcome, Failure> {
    perform(&app, key.as_deref(), &Command::Confirm(id, input)).await
}
