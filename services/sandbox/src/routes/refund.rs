use axum::extract::State;
use serde::Serialize;

use crate::{
    App,
    asked::CreateRefund,
    commands::{Command, Outcome, perform},
    failure::{ErrorBody, Failure},
    input::{Input, Key, Merchant},
};

/// A refund, as far as it is promised.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Refund {
    id: String,
    amount: i64,
    currency: String,
    payment_intent: String,
    /// `succeeded`.
    status: String,
}

/// Gives captured money back.
#[utoipa::path(
    post, path = "/sandbox/v1/refunds", tag = "sandbox", operation_id = "sandbox_create_refund",
    request_body = CreateRefund,
    params(("Idempotency-Key" = Option<String>, Header, max_length = 255)),
    responses(
        (status = OK, body = Refund),
        (status = "default", body = ErrorBody),
    ),
    security(("token" = [])),
)]
pub async fn refund(
    _: Merchant,
    State(app): State<App>,
    Key(key): Key,
    Input(input): Input<CreateRefund>,
) -> Result<Outcome, Failure> {
    perform(&app, key.as_deref(), &Command::Refund(input)).await
}
