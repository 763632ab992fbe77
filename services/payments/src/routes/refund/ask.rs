use axum::{extract::State as Shared, http::StatusCode};
use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use kernel::{Id, Money, PaymentId};
use serde::{Deserialize, Serialize};
use store::Tx;
use wire::{Fault, IdempotencyKey, Json, Path, Problem, Refusal, Signed};

use super::view::{Refund, RefundCode, limit_of};
use crate::{
    App, db,
    db::{
        operation::NewOperation,
        refund_limit::Limits,
        refund_request::{NewRequest, RequestRow},
    },
    payment::{Kind, Payment},
    refunds::{Desk, is_own},
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundInput {
    /// Above zero, in the payment's currency.
    #[garde(skip)]
    amount: Money,
    /// `other` unless told.
    #[garde(skip)]
    #[serde(default)]
    code: RefundCode,
    /// Why; the customer is told.
    #[garde(length(chars, min = 1, max = 200), custom(wire::plain_text))]
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum RefundRefusal {
    /// Less is left than was asked for, less what waits for a second person.
    TooMuch {
        left: Money,
    },
    OtherCurrency {
        currency: String,
    },
    /// Whoever asks paid it themselves.
    OwnOrder,
    /// The key was used for another refund.
    IdempotencyKeyReused,
}

impl Refusal for RefundRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::TooMuch { .. } => StatusCode::CONFLICT,
            Self::OwnOrder => StatusCode::FORBIDDEN,
            Self::OtherCurrency { .. } | Self::IdempotencyKeyReused => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
        }
    }
    fn detail(&self) -> String {
        match self {
            Self::TooMuch { left } => format!("Only {left} can be given back."),
            Self::OtherCurrency { currency } => format!("This payment is in {currency}."),
            Self::OwnOrder => "This order is your own: somebody else has to look at it.".into(),
            Self::IdempotencyKeyReused => {
                "This Idempotency-Key was used for another refund of this payment.".into()
            }
        }
    }
    fn field(&self) -> Option<String> {
        match self {
            Self::TooMuch { .. } => Some("amount.amount".into()),
            Self::OtherCurrency { .. } => Some("amount.currency".into()),
            Self::OwnOrder => None,
            Self::IdempotencyKeyReused => Some("Idempotency-Key".into()),
        }
    }
}

/// Gives captured money back. The same key gives the same refund. Above the limit of whoever asks
/// it waits until a second person agrees. Nobody gives back what they paid themselves.
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
    actor: Signed,
    Shared(app): Shared<App>,
    Path(payment): Path<PaymentId>,
    IdempotencyKey(key): IdempotencyKey,
    Json(input): Json<RefundInput>,
) -> Result<(StatusCode, Json<Refund>), Fault<RefundRefusal>> {
    if input.amount.amount <= 0 {
        return Err(Problem::invalid("amount.amount", "must be above zero").into());
    }
    let mut tx = app.db.begin().await?;
    let payment = db::payment::lock(&mut tx, payment).await?;
    let (payment, desk) = payment
        .and_then(|it| Desk::of(&actor, &actor.reach, it.store).map(|desk| (it, desk)))
        .ok_or_else(|| Problem::not_found("payment"))?;
    if is_own(&actor, payment.customer) {
        return Err(RefundRefusal::OwnOrder.into());
    }
    if input.amount.currency != payment.currency {
        let currency = payment.currency.code().to_owned();
        return Err(RefundRefusal::OtherCurrency { currency }.into());
    }
    let limits = db::refund_limit::limits(&mut *tx).await?;
    let known = db::refund_request::of_key(&mut tx, payment.id.uuid(), &key).await?;
    if let Some(row) = known {
        let same = (row.amount, row.reason.as_str(), row.code.as_str())
            == (input.amount.amount, input.reason.as_str(), input.code.as_str());
        return if same {
            Ok((StatusCode::ACCEPTED, Json(Refund::of(&app, row, &actor, &limits))))
        } else {
            Err(RefundRefusal::IdempotencyKeyReused.into())
        };
    }
    let gift = Gift {
        key: &key,
        amount: input.amount.amount,
        code: input.code.as_str(),
        reason: &input.reason,
        desk,
    };
    let given = give(&app, &mut tx, &payment, (&actor, &limits), &gift).await?;
    let row = given.map_err(|left| RefundRefusal::TooMuch { left })?;
    tx.commit().await?;
    app.wake_operations();
    Ok((StatusCode::ACCEPTED, Json(Refund::of(&app, row, &actor, &limits))))
}

/// Money that somebody gives back.
pub struct Gift<'a> {
    pub key: &'a str,
    pub amount: i64,
    pub code: &'a str,
    pub reason: &'a str,
    pub desk: Desk,
}

/// Writes it down, to be sent where nobody else needs to agree; or what is left where that is less.
pub async fn give(
    app: &App,
    tx: &mut Tx<'_>,
    payment: &Payment,
    (actor, limits): (&Signed, &Limits),
    gift: &Gift<'_>,
) -> anyhow::Result<Result<RequestRow, Money>> {
    let now = app.clock.now();
    let left = left(tx, payment, now).await?;
    if gift.amount > left {
        return Ok(Err(payment.money(left.max(0))));
    }
    let limit = limit_of(app, limits, gift.desk, payment.currency.code());
    let so_far = db::refund_request::so_far(tx, payment, actor.person, now).await?;
    let alone = limit.allows_alone(gift.amount, so_far);
    let id = Id::<Refund>::new().uuid();
    let operation = if alone { Some(send(tx, payment, id, gift, now).await?) } else { None };
    let new = NewRequest {
        id,
        amount: gift.amount,
        code: gift.code,
        reason: gift.reason,
        key: gift.key,
        desk: gift.desk,
        asked_by: actor.person,
        operation,
        lapses_at: now + SignedDuration::from_hours(app.config.refunds.wait_hours),
    };
    db::refund_request::insert(tx, payment, &new, now).await?;
    let row = db::refund_request::find(tx, id).await?;
    Ok(Ok(row.ok_or_else(|| anyhow::anyhow!("a refund that is not there"))?))
}

/// What of a locked payment nobody has promised to give back, in minor units.
pub async fn left(tx: &mut Tx<'_>, payment: &Payment, now: Timestamp) -> sqlx::Result<i64> {
    let promised = db::outcome::promised(tx, payment.id).await?;
    let waiting = db::refund_request::waiting(tx, payment, now).await?;
    Ok(payment.left(promised + waiting))
}

async fn send(
    tx: &mut Tx<'_>,
    payment: &Payment,
    request: uuid::Uuid,
    gift: &Gift<'_>,
    now: Timestamp,
) -> anyhow::Result<uuid::Uuid> {
    let source = format!("operator:{request}");
    let new = NewOperation {
        payment: payment.id,
        kind: Kind::Refund,
        amount: gift.amount,
        reason: gift.reason,
        source: &source,
    };
    let id = db::operation::insert(tx, &new, now).await?;
    id.ok_or_else(|| anyhow::anyhow!("a refund that is not there"))
}
