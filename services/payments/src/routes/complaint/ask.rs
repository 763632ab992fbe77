use axum::{extract::State as Shared, http::StatusCode};
use garde::Validate;
use kernel::{LineId, OrderId};
use payments_api::{ComplaintId, ComplaintMove, ComplaintMoved};
use serde::Deserialize;
use store::Tx;
use wire::{Fault, IdempotencyKey, Json, Path, Problem, Signed};

use super::view::{ComplaintReason, MyComplaint};
use crate::{
    App,
    complaints::ComplaintRefusal,
    db,
    db::complaint::{ComplaintRow, NewComplaint},
    payment::Payment,
    routes::{refund::ask::left, show::within},
};

/// What is asked for, and why.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintInput {
    /// Units of the order's lines, each line once; without any all that has not been asked for, with
    /// the fees and the tip.
    #[garde(length(min = 1, max = 200), dive)]
    #[schema(required = false, min_items = 1, max_items = 200)]
    lines: Option<Vec<ComplaintUnits>>,
    #[garde(skip)]
    reason: ComplaintReason,
    /// What happened, for who looks at it.
    #[garde(length(chars, min = 1, max = 1000), custom(wire::plain_text))]
    #[schema(min_length = 1, max_length = 1000)]
    words: String,
}

/// So many units of a line.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintUnits {
    #[garde(skip)]
    line: LineId,
    #[garde(range(min = 1, max = 1_000_000))]
    #[schema(minimum = 1, maximum = 1_000_000)]
    units: u32,
}

impl ComplaintInput {
    fn wanted(&self) -> Option<Vec<(LineId, u32)>> {
        let lines = self.lines.as_ref()?;
        Some(lines.iter().map(|it| (it.line, it.units)).collect())
    }

    /// Nobody names a line twice.
    fn check(&self) -> Result<(), Problem> {
        let lines = self.lines.as_deref().unwrap_or_default();
        let twice =
            |place: &usize| lines[..*place].iter().any(|before| before.line == lines[*place].line);
        match (0..lines.len()).find(twice) {
            Some(place) => Err(Problem::invalid(format!("lines[{place}].line"), "is named twice")),
            None => Ok(()),
        }
    }

    /// Whether a complaint is this one.
    fn is(&self, row: &ComplaintRow) -> bool {
        let mut wanted = self.wanted().unwrap_or_default();
        let mut kept: Vec<_> = row.lines.iter().map(|it| (it.line, it.units)).collect();
        wanted.sort_unstable();
        kept.sort_unstable();
        let lines = if row.whole { self.lines.is_none() } else { wanted == kept };
        lines && row.reason == self.reason.as_str() && row.words == self.words
    }
}

/// Asks money back for an order that is over at its door: for units of its lines, or for all of it. No
/// unit can be asked for twice. Somebody of the house looks at it and agrees, to all or part of it, or
/// declines. The same key gives the same complaint.
#[utoipa::path(
    post, path = "/v1/payments/orders/{order}/complaints", tag = "payments",
    operation_id = "complain",
    request_body = ComplaintInput,
    params(
        ("order" = OrderId, Path),
        ("Idempotency-Key" = String, Header, min_length = 1, max_length = 255),
    ),
    responses(
        (status = CREATED, body = MyComplaint),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn complain(
    actor: Signed,
    Shared(app): Shared<App>,
    Path(order): Path<OrderId>,
    IdempotencyKey(key): IdempotencyKey,
    Json(input): Json<ComplaintInput>,
) -> Result<(StatusCode, Json<MyComplaint>), Fault<ComplaintRefusal>> {
    input.check()?;
    let mut tx = app.db.begin().await?;
    // Whoever else asks, or gives back, waits here.
    let payment = within(&actor, db::payment::lock_of_order(&mut tx, order).await?)?;
    let known = db::complaint::of_key(&mut tx, payment.id, &key, app.clock.now()).await?;
    if let Some(row) = known {
        return if input.is(&row) {
            Ok((StatusCode::CREATED, Json(row.into())))
        } else {
            Err(ComplaintRefusal::IdempotencyKeyReused.into())
        };
    }
    let row = keep(&app, &mut tx, &payment, (&key, &input)).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(row.into())))
}

/// Writes it down where that can be asked for now, and tells it.
async fn keep(
    app: &App,
    tx: &mut Tx<'_>,
    payment: &Payment,
    (key, input): (&str, &ComplaintInput),
) -> Result<ComplaintRow, Fault<ComplaintRefusal>> {
    let now = app.clock.now();
    let standing = db::complaint::standing(tx, payment).await?;
    let standing = standing.ok_or(ComplaintRefusal::OrderNotOver)?;
    let left = left(tx, payment, now).await?;
    standing.open(left, (now, app.config.refunds.complaint_days))?;
    let asked = standing.ask(input.wanted().as_deref(), left)?;
    let id = ComplaintId::new();
    let new = NewComplaint {
        id,
        key,
        whole: input.lines.is_none(),
        reason: input.reason.as_str(),
        words: &input.words,
        asked: &asked,
    };
    db::complaint::insert(tx, payment, &new, now).await?;
    let event = ComplaintMoved {
        complaint: id,
        payment: payment.id,
        order: payment.order,
        customer: payment.customer,
        moved: ComplaintMove::Asked { worth: payment.money(asked.worth) },
    };
    feed::append(tx, &event, now).await?;
    let row = db::complaint::find(tx, id, now).await?;
    Ok(row.ok_or_else(|| anyhow::anyhow!("a complaint that is not there"))?)
}
