use axum::{extract::State as Shared, http::StatusCode};
use garde::Validate;
use jiff::Timestamp;
use kernel::{Actor, PersonId, Role};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wire::{Fault, Json, Never, Page, PageQuery, Path, Problem, Query, Refusal, Signed};

use crate::{App, db, db::refund_limit::ChangeRow, limits::Standing};

/// Minor units: of one payment, and by one person in 24 hours.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RefundLimitAmounts {
    per_payment: i64,
    per_day: i64,
}

/// A change of a limit of refunds. None is ever removed.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RefundLimitChange {
    change: Uuid,
    /// `store`, `support` or `operator`.
    desk: String,
    /// ISO 4217.
    currency: String,
    /// What held when it was asked for.
    from: RefundLimitAmounts,
    to: RefundLimitAmounts,
    asked_by: PersonId,
    #[schema(value_type = String, format = DateTime)]
    asked_at: Timestamp,
    /// `waiting` (for a second operator), `effective` or `declined`, also by a newer change.
    state: &'static str,
    /// Since when it holds; of one that waits, from when it will where nobody decides. Not there where
    /// it needs a second operator, or was declined.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = String, format = DateTime)]
    effective_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    decided_by: Option<PersonId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = String, format = DateTime)]
    decided_at: Option<Timestamp>,
    /// What the asker may do now: `approve`, `decline`.
    can: Vec<&'static str>,
}

impl RefundLimitChange {
    pub fn of(row: ChangeRow, actor: &Actor, now: Timestamp) -> Self {
        let standing = row.standing(now);
        let may = standing == Standing::Waiting && actor.roles.contains(&Role::Operator);
        let can = [("approve", may && row.asked_by != actor.person.uuid()), ("decline", may)];
        Self {
            change: row.id,
            state: standing.as_str(),
            effective_at: row.change().holds_since(),
            from: RefundLimitAmounts {
                per_payment: row.from_per_payment,
                per_day: row.from_per_day,
            },
            to: RefundLimitAmounts { per_payment: row.per_payment, per_day: row.per_day },
            desk: row.desk,
            currency: row.currency,
            asked_by: PersonId::from_uuid(row.asked_by),
            asked_at: row.asked_at.to_jiff(),
            decided_by: row.decided_by.map(PersonId::from_uuid),
            decided_at: row.decided_at.map(jiff_sqlx::Timestamp::to_jiff),
            can: can.into_iter().filter_map(|(what, may)| may.then_some(what)).collect(),
        }
    }
}

/// Every change of a limit of refunds, newest first: who asked for it, who decided.
#[utoipa::path(
    get, path = "/v1/payments/refund-limits/changes", tag = "payments",
    operation_id = "refund_limit_changes",
    params(PageQuery),
    responses(
        (status = OK, body = Page<RefundLimitChange>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn refund_limit_changes(
    actor: Signed,
    Shared(app): Shared<App>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<RefundLimitChange>>, Fault<Never>> {
    let (limit, before) = (page.limit()?, page.after::<i64>()?);
    let rows = db::refund_limit::changes(&app.db, before, i64::from(limit) + 1).await?;
    let now = app.clock.now();
    let page = Page::cut(rows, limit, |row| row.seq);
    Ok(Json(page.map(|row| RefundLimitChange::of(row, &actor, now))))
}

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitDecisionInput {
    /// Whether it takes effect now.
    #[garde(skip)]
    approve: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum LimitDecisionRefusal {
    /// It has taken effect, or was declined.
    NotWaiting { state: String },
    /// Whoever asks cannot agree with themselves.
    SamePerson,
}

impl Refusal for LimitDecisionRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotWaiting { .. } => StatusCode::CONFLICT,
            Self::SamePerson => StatusCode::FORBIDDEN,
        }
    }
    fn detail(&self) -> String {
        match self {
            Self::NotWaiting { state } => format!("This change does not wait any more: {state}."),
            Self::SamePerson => "You asked for this change: another operator has to agree.".into(),
        }
    }
}

/// Agrees to a change of a limit that waits, or declines it. Whoever asked for it can take it back,
/// and not agree.
#[utoipa::path(
    post, path = "/v1/payments/refund-limits/changes/{change}/decision", tag = "payments",
    operation_id = "decide_refund_limit",
    request_body = LimitDecisionInput,
    params(("change" = Uuid, Path)),
    responses(
        (status = OK, body = RefundLimitChange),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn decide_refund_limit(
    actor: Signed,
    Shared(app): Shared<App>,
    Path(change): Path<Uuid>,
    Json(input): Json<LimitDecisionInput>,
) -> Result<Json<RefundLimitChange>, Fault<LimitDecisionRefusal>> {
    let missing = || Problem::not_found("change");
    let mut tx = app.db.begin().await?;
    db::refund_limit::lock(&mut tx).await?;
    let now = app.clock.now();
    let row = db::refund_limit::find(&mut *tx, change).await?.ok_or_else(missing)?;
    let standing = row.standing(now);
    let wanted = if input.approve { Standing::Effective } else { Standing::Declined };
    if standing == wanted && row.decided_by == Some(actor.person.uuid()) {
        return Ok(Json(RefundLimitChange::of(row, &actor, now)));
    }
    if standing != Standing::Waiting {
        let state = standing.as_str().to_owned();
        return Err(LimitDecisionRefusal::NotWaiting { state }.into());
    }
    if input.approve && row.asked_by == actor.person.uuid() {
        return Err(LimitDecisionRefusal::SamePerson.into());
    }
    db::refund_limit::decide(&mut tx, &row, (actor.person, input.approve), now).await?;
    let row = db::refund_limit::find(&mut *tx, change).await?.ok_or_else(missing)?;
    tx.commit().await?;
    Ok(Json(RefundLimitChange::of(row, &actor, now)))
}
