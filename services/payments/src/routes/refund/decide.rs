use axum::{extract::State as Shared, http::StatusCode};
use garde::Validate;
use jiff::Timestamp;
use kernel::{Money, PaymentId};
use serde::{Deserialize, Serialize};
use store::Tx;
use uuid::Uuid;
use wire::{Fault, Json, Path, Problem, Refusal, Signed};

use super::view::{Refund, desk_for, limit_of};
use crate::{
    App, db,
    db::{
        operation::NewOperation,
        refund_limit::Limits,
        refund_request::{Decision, RequestRow},
    },
    payment::{Kind, Payment},
    refunds::is_own,
    routes::complaint,
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionInput {
    /// Whether the money goes back.
    #[garde(skip)]
    approve: bool,
    /// Why.
    #[garde(length(chars, min = 1, max = 200), custom(wire::plain_text))]
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum DecisionRefusal {
    /// Somebody has decided otherwise, or nobody did in time.
    NotWaiting { state: String },
    /// Whoever asks cannot agree with themselves.
    SamePerson,
    /// Whoever agrees paid it themselves.
    OwnOrder,
    /// It is more than this person may give back.
    BeyondLimit,
    /// Less is left by now.
    TooMuch { left: Money },
}

impl Refusal for DecisionRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotWaiting { .. } | Self::TooMuch { .. } => StatusCode::CONFLICT,
            Self::SamePerson | Self::OwnOrder | Self::BeyondLimit => StatusCode::FORBIDDEN,
        }
    }
    fn detail(&self) -> String {
        match self {
            Self::NotWaiting { state } => format!("This refund does not wait any more: {state}."),
            Self::SamePerson => "You asked for this refund: somebody else has to agree.".into(),
            Self::OwnOrder => "This order is your own: somebody else has to agree.".into(),
            Self::BeyondLimit => "This is more than you may agree to: ask an operator.".into(),
            Self::TooMuch { left } => format!("Only {left} can be given back by now."),
        }
    }
}

/// Agrees to a refund that waits, or declines it. Whoever asked can take it back, and not agree.
#[utoipa::path(
    post, path = "/v1/payments/refunds/{refund}/decision", tag = "payments",
    operation_id = "decide_refund",
    request_body = DecisionInput,
    params(("refund" = Uuid, Path)),
    responses(
        (status = OK, body = Refund),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn decide(
    actor: Signed,
    Shared(app): Shared<App>,
    Path(refund): Path<Uuid>,
    Json(input): Json<DecisionInput>,
) -> Result<Json<Refund>, Fault<DecisionRefusal>> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let missing = || Problem::not_found("refund");
    let found = db::refund_request::find(&mut tx, refund).await?.ok_or_else(missing)?;
    if desk_for(&actor, &actor.reach, found.store_id).is_none() {
        return Err(missing().into());
    }
    // Whoever else decides waits here.
    let payment = db::payment::lock(&mut tx, PaymentId::from_uuid(found.payment_id)).await?;
    let payment = payment.ok_or_else(missing)?;
    let row = db::refund_request::find(&mut tx, refund).await?.ok_or_else(missing)?;
    let limits = db::refund_limit::limits(&mut *tx).await?;
    if is_mine(&row, &actor, input.approve) {
        return Ok(Json(Refund::of(&app, row, &actor, &limits)));
    }
    let lapsed = row.lapses_at.is_some_and(|at| at.to_jiff() <= now);
    if row.state != "waiting" || lapsed {
        let state = if row.state == "waiting" { "lapsed".into() } else { row.state };
        return Err(DecisionRefusal::NotWaiting { state }.into());
    }
    let operation = if input.approve {
        Some(agree(&app, &mut tx, &payment, &row, (&actor, &limits)).await?)
    } else {
        None
    };
    let decision = Decision { by: actor.person, operation, reason: &input.reason };
    db::refund_request::decide(&mut tx, refund, &decision, now).await?;
    if input.approve {
        complaint::answer::agreed(&mut tx, &payment, &row, now).await?;
    }
    let row = db::refund_request::find(&mut tx, refund).await?.ok_or_else(missing)?;
    tx.commit().await?;
    app.wake_operations();
    Ok(Json(Refund::of(&app, row, &actor, &limits)))
}

/// Whether this person has already decided the same.
fn is_mine(row: &RequestRow, actor: &Signed, approve: bool) -> bool {
    let state = if approve { "approved" } else { "declined" };
    row.state == state && row.decided_by == Some(actor.person.uuid())
}

/// The write to the provider, where this person may agree and the money is still there.
async fn agree(
    app: &App,
    tx: &mut Tx<'_>,
    payment: &Payment,
    row: &RequestRow,
    (actor, limits): (&Signed, &Limits),
) -> Result<Uuid, Fault<DecisionRefusal>> {
    let now: Timestamp = app.clock.now();
    if row.asked_by == actor.person.uuid() {
        return Err(DecisionRefusal::SamePerson.into());
    }
    if is_own(actor, payment.customer) {
        return Err(DecisionRefusal::OwnOrder.into());
    }
    let desk = desk_for(actor, &actor.reach, row.store_id).ok_or(DecisionRefusal::BeyondLimit)?;
    let so_far = db::refund_request::so_far(tx, payment, actor.person, now).await?;
    if !limit_of(app, limits, desk, &row.currency).allows_agreeing(desk, row.amount, so_far) {
        return Err(DecisionRefusal::BeyondLimit.into());
    }
    let left = payment.left(db::outcome::promised(tx, payment.id).await?);
    if row.amount > left {
        return Err(DecisionRefusal::TooMuch { left: payment.money(left.max(0)) }.into());
    }
    let source = format!("operator:{}", row.id);
    let new = NewOperation {
        payment: payment.id,
        kind: Kind::Refund,
        amount: row.amount,
        reason: &row.reason,
        source: &source,
    };
    let id = db::operation::insert(tx, &new, now).await?;
    Ok(id.ok_or_else(|| anyhow::anyhow!("a refund that is not there"))?)
}
