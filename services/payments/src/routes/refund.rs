use axum::{extract::State as Shared, http::StatusCode};
use garde::Validate;
use kernel::{Money, PaymentId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wire::{Fault, IdempotencyKey, Json, Path, Problem, Refusal};

use crate::{
    App, db,
    db::operation::{NewOperation, RefundRow},
    payment::{Kind, Payment},
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundInput {
    /// Above zero, in the payment's currency.
    #[garde(skip)]
    amount: Money,
    /// Why; the customer is told.
    #[garde(length(chars, min = 1, max = 200), custom(wire::plain_text))]
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

/// A refund that was asked for.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Refund {
    refund: Uuid,
    payment: PaymentId,
    amount: Money,
    reason: String,
    /// `pending`, `unknown` (sent, and not yet confirmed), `done` or `failed`.
    state: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum RefundRefusal {
    /// Less is left than was asked for.
    TooMuch {
        left: Money,
    },
    OtherCurrency {
        currency: String,
    },
    /// The key was used for another refund.
    IdempotencyKeyReused,
}

impl Refusal for RefundRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::TooMuch { .. } => StatusCode::CONFLICT,
            Self::OtherCurrency { .. } | Self::IdempotencyKeyReused => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
        }
    }
    fn detail(&self) -> String {
        match self {
            Self::TooMuch { left } => format!("Only {left} can be given back."),
            Self::OtherCurrency { currency } => format!("This payment is in {currency}."),
            Self::IdempotencyKeyReused => {
                "This Idempotency-Key was used for another refund of this payment.".into()
            }
        }
    }
    fn field(&self) -> Option<String> {
        match self {
            Self::TooMuch { .. } => Some("amount.amount".into()),
            Self::OtherCurrency { .. } => Some("amount.currency".into()),
            Self::IdempotencyKeyReused => Some("Idempotency-Key".into()),
        }
    }
}

/// Gives captured money back. The same key gives the same refund.
#[utoipa::path(
    post, path = "/v1/payments/payments/{payment}/refunds", tag = "payments",
    operation_id = "refund_payment",
    request_body = RefundInput,
    params(
        ("payment" = PaymentId, Path),
        ("Idempotency-Key" = String, Header, min_length = 1, max_length = 255),
    ),
    responses(
        (status = ACCEPTED, body = Refund),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn refund(
    Shared(app): Shared<App>,
    Path(payment): Path<PaymentId>,
    IdempotencyKey(key): IdempotencyKey,
    Json(input): Json<RefundInput>,
) -> Result<(StatusCode, Json<Refund>), Fault<RefundRefusal>> {
    if input.amount.amount <= 0 {
        return Err(Problem::invalid("amount.amount", "must be above zero").into());
    }
    let source = format!("operator:{key}");
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let payment = db::payment::lock(&mut tx, payment).await?;
    let payment = payment.ok_or_else(|| Problem::not_found("payment"))?;
    if input.amount.currency != payment.currency {
        let currency = payment.currency.code().to_owned();
        return Err(RefundRefusal::OtherCurrency { currency }.into());
    }
    let amount = input.amount.amount;
    if let Some(row) = db::operation::refund_of_source(&mut tx, payment.id, &source).await? {
        if row.amount != amount || row.reason != input.reason {
            return Err(RefundRefusal::IdempotencyKeyReused.into());
        }
        return Ok(answer(&payment, row));
    }
    let promised = db::operation::promised(&mut tx, payment.id).await?;
    let left = payment.left(promised);
    if amount > left {
        return Err(RefundRefusal::TooMuch { left: payment.money(left) }.into());
    }
    let reason = input.reason.as_str();
    let new =
        NewOperation { payment: payment.id, kind: Kind::Refund, amount, reason, source: &source };
    let id = db::operation::insert(&mut tx, &new, now).await?;
    let id = id.ok_or_else(|| anyhow::anyhow!("a refund that is not there"))?;
    tx.commit().await?;
    app.wake_operations();
    let row = RefundRow { id, amount, reason: input.reason, state: "pending".into() };
    Ok(answer(&payment, row))
}

fn answer(payment: &Payment, row: RefundRow) -> (StatusCode, Json<Refund>) {
    let refund = Refund {
        refund: row.id,
        payment: payment.id,
        amount: payment.money(row.amount),
        reason: row.reason,
        state: row.state,
    };
    (StatusCode::ACCEPTED, Json(refund))
}
