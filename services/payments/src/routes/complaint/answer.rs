use axum::{extract::State as Shared, http::StatusCode};
use garde::Validate;
use jiff::Timestamp;
use kernel::{Id, Money, PaymentId};
use payments_api::{ComplaintId, ComplaintMove, ComplaintMoved};
use serde::{Deserialize, Serialize};
use store::Tx;
use wire::{Fault, Json, Path, Problem, Refusal, Signed};

use super::view::{ComplaintState, ComplaintView};
use crate::{
    App, complaints, db,
    db::{
        complaint::{Answer, ComplaintRow},
        refund_request::RequestRow,
    },
    payment::Payment,
    refunds::is_own,
    routes::refund::{
        ask::{Gift, give, left},
        view::desk_for,
    },
};

/// What the house says to a complaint.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerInput {
    /// What goes back, in the payment's currency and no more than the complaint's worth; nothing where
    /// it is declined.
    #[garde(skip)]
    #[schema(required = false)]
    amount: Option<Money>,
    /// A sentence for the customer.
    #[garde(length(chars, min = 1, max = 200), custom(wire::plain_text))]
    #[schema(min_length = 1, max_length = 200)]
    words: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum AnswerRefusal {
    /// Somebody has answered otherwise.
    NotOpen {
        state: ComplaintState,
    },
    /// No more was paid for it, or less is left by now.
    TooMuch {
        left: Money,
    },
    OtherCurrency {
        currency: String,
    },
    /// Whoever answers asked for it.
    OwnOrder,
}

impl Refusal for AnswerRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotOpen { .. } | Self::TooMuch { .. } => StatusCode::CONFLICT,
            Self::OtherCurrency { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::OwnOrder => StatusCode::FORBIDDEN,
        }
    }
    fn detail(&self) -> String {
        match self {
            Self::NotOpen { .. } => "Somebody has answered this already. Look again.".into(),
            Self::TooMuch { left } => format!("At most {left} can be given back for this."),
            Self::OtherCurrency { currency } => format!("This payment is in {currency}."),
            Self::OwnOrder => "This order is your own: somebody else has to answer.".into(),
        }
    }
    fn field(&self) -> Option<String> {
        match self {
            Self::TooMuch { .. } => Some("amount.amount".into()),
            Self::OtherCurrency { .. } => Some("amount.currency".into()),
            Self::NotOpen { .. } | Self::OwnOrder => None,
        }
    }
}

/// Agrees to give back all or part of what was paid for what a customer complains about, or declines.
/// What is agreed to is a refund like any other: above the limit of whoever agrees it waits for a second
/// person. Where it then comes to nothing, the complaint is open again.
#[utoipa::path(
    post, path = "/v1/payments/complaints/{complaint}/answer", tag = "payments",
    operation_id = "answer_complaint",
    request_body = AnswerInput,
    params(("complaint" = ComplaintId, Path)),
    responses(
        (status = OK, body = ComplaintView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn answer(
    actor: Signed,
    Shared(app): Shared<App>,
    Path(complaint): Path<ComplaintId>,
    Json(input): Json<AnswerInput>,
) -> Result<Json<ComplaintView>, Fault<AnswerRefusal>> {
    let now = app.clock.now();
    if input.amount.is_some_and(|it| it.amount <= 0) {
        return Err(Problem::invalid("amount.amount", "must be above zero").into());
    }
    let mut tx = app.db.begin().await?;
    let missing = || Problem::not_found("complaint");
    let found = db::complaint::find(&mut tx, complaint, now).await?.ok_or_else(missing)?;
    if desk_for(&actor, &actor.reach, found.store_id).is_none() {
        return Err(missing().into());
    }
    // Whoever else answers, or gives back, waits here.
    let payment = db::payment::lock(&mut tx, PaymentId::from_uuid(found.payment_id)).await?;
    let payment = payment.ok_or_else(missing)?;
    let row = db::complaint::find(&mut tx, complaint, now).await?.ok_or_else(missing)?;
    if is_mine(&row, &actor, &input) {
        return Ok(Json(ComplaintView::of(row, &actor)));
    }
    let state = ComplaintState::of(&row);
    if state != ComplaintState::Open {
        return Err(AnswerRefusal::NotOpen { state }.into());
    }
    if is_own(&actor, payment.customer) {
        return Err(AnswerRefusal::OwnOrder.into());
    }
    let request = match input.amount {
        Some(amount) => Some(agree(&app, &mut tx, &payment, &row, (&actor, amount, &input)).await?),
        None => None,
    };
    let said = Answer {
        by: actor.person,
        request: request.as_ref().map(|request| request.id),
        words: &input.words,
    };
    db::complaint::answer(&mut tx, complaint, &said, now).await?;
    match &request {
        None => {
            let declined = ComplaintMove::Declined { answer: input.words.clone() };
            feed::append(&mut tx, &moved(complaint, &payment, declined), now).await?;
        }
        Some(request) if request.state == "alone" => {
            agreed(&mut tx, &payment, request, now).await?;
        }
        Some(_) => {}
    }
    let row = db::complaint::find(&mut tx, complaint, now).await?.ok_or_else(missing)?;
    tx.commit().await?;
    app.wake_operations();
    Ok(Json(ComplaintView::of(row, &actor)))
}

/// Whether this person has already answered the same, and that stands.
fn is_mine(row: &ComplaintRow, actor: &Signed, input: &AnswerInput) -> bool {
    let amount = input.amount.map(|amount| (amount.amount, amount.currency.code()));
    ComplaintState::of(row) != ComplaintState::Open
        && row.decided_by == Some(actor.person.uuid())
        && row.agreed.map(|amount| (amount, row.currency.as_str())) == amount
        && row.answer.as_ref() == Some(&input.words)
}

/// Makes a refund of it, under the limits of whoever agrees.
async fn agree(
    app: &App,
    tx: &mut Tx<'_>,
    payment: &Payment,
    row: &ComplaintRow,
    (actor, amount, input): (&Signed, Money, &AnswerInput),
) -> Result<RequestRow, Fault<AnswerRefusal>> {
    if amount.currency != payment.currency {
        let currency = payment.currency.code().to_owned();
        return Err(AnswerRefusal::OtherCurrency { currency }.into());
    }
    let left = left(tx, payment, app.clock.now()).await?;
    let most = complaints::most(row.worth, left);
    if amount.amount > most {
        return Err(AnswerRefusal::TooMuch { left: payment.money(most) }.into());
    }
    let desk = desk_for(actor, &actor.reach, row.store_id);
    let desk = desk.ok_or_else(|| Problem::not_found("complaint"))?;
    let key = format!("complaint:{}", Id::<RequestRow>::new());
    let gift =
        Gift { key: &key, amount: amount.amount, code: &row.reason, reason: &input.words, desk };
    let limits = db::refund_limit::limits(&mut **tx).await?;
    let given = give(app, tx, payment, (actor, &limits), &gift).await?;
    Ok(given.map_err(|left| AnswerRefusal::TooMuch { left })?)
}

/// Tells that a refund is on its way, where a complaint is the reason for it.
pub async fn agreed(
    tx: &mut Tx<'_>,
    payment: &Payment,
    request: &RequestRow,
    now: Timestamp,
) -> anyhow::Result<()> {
    if let Some(complaint) = db::complaint::of_request(tx, request.id).await? {
        let agreed = ComplaintMove::Agreed { amount: payment.money(request.amount) };
        feed::append(tx, &moved(complaint, payment, agreed), now).await?;
    }
    Ok(())
}

fn moved(complaint: ComplaintId, payment: &Payment, moved: ComplaintMove) -> ComplaintMoved {
    let (order, customer) = (payment.order, payment.customer);
    ComplaintMoved { complaint, payment: payment.id, order, customer, moved }
}
