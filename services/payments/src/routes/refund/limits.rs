use std::collections::BTreeSet;

use axum::extract::State as Shared;
use garde::Validate;
use jiff::SignedDuration;
use kernel::{Currency, Id};
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Never, Problem, Signed};

use super::{change::RefundLimitChange, view::limit_of};
use crate::{
    App, db,
    db::refund_limit::NewChange,
    limits::effective_at,
    refunds::{Desk, Limit},
};

/// How much one person may give back alone.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RefundLimit {
    /// `store`, `support` or `operator`.
    desk: String,
    /// ISO 4217. In a currency that is not listed every refund needs a second person.
    currency: String,
    /// Minor units: of one payment, in however many pieces and by however many people.
    per_payment: i64,
    /// Minor units: by one person in 24 hours.
    per_day: i64,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RefundLimits {
    limits: Vec<RefundLimit>,
}

#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitedDesk {
    Store,
    Support,
    Operator,
}

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundLimitInput {
    #[garde(skip)]
    desk: LimitedDesk,
    /// ISO 4217.
    #[garde(skip)]
    #[schema(value_type = String)]
    currency: Currency,
    /// Minor units.
    #[garde(range(min = 0, max = crate::config::MOST_LIMIT))]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    per_payment: i64,
    /// Minor units.
    #[garde(range(min = 0, max = crate::config::MOST_LIMIT))]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    per_day: i64,
}

/// How much people may give back alone now: as the settings say, or what operators set.
#[utoipa::path(
    get, path = "/v1/payments/refund-limits", tag = "payments", operation_id = "refund_limits",
    responses(
        (status = OK, body = RefundLimits),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn refund_limits(Shared(app): Shared<App>) -> Result<Json<RefundLimits>, Fault<Never>> {
    let set = db::refund_limit::limits(&app.db).await?;
    let mut limits = Vec::new();
    for desk in Desk::ALL {
        let (per_payment, per_day) = Limit::lists(&app.config.refunds, desk);
        let listed = per_payment.keys().chain(per_day.keys()).map(String::as_str);
        let currencies: BTreeSet<&str> = listed.chain(set.currencies()).collect();
        limits.extend(currencies.into_iter().map(|currency| {
            let Limit { per_payment, per_day } = limit_of(&app, &set, desk, currency);
            let (desk, currency) = (desk.as_str().into(), currency.into());
            RefundLimit { desk, currency, per_payment, per_day }
        }));
    }
    Ok(Json(RefundLimits { limits }))
}

/// Sets how much one person may give back alone in a currency. What lowers a limit holds at once;
/// what raises it waits for a second operator. One that waited for the same is declined.
#[utoipa::path(
    put, path = "/v1/payments/refund-limits", tag = "payments", operation_id = "set_refund_limit",
    request_body = RefundLimitInput,
    responses(
        (status = OK, body = RefundLimitChange),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn set_refund_limit(
    actor: Signed,
    Shared(app): Shared<App>,
    Json(input): Json<RefundLimitInput>,
) -> Result<Json<RefundLimitChange>, Fault<Never>> {
    let desk = match input.desk {
        LimitedDesk::Store => Desk::Store,
        LimitedDesk::Support => Desk::Support,
        LimitedDesk::Operator => Desk::Operator,
    };
    let of = (desk, input.currency.code());
    let mut tx = app.db.begin().await?;
    db::refund_limit::lock(&mut tx).await?;
    let now = app.clock.now();
    let limits = db::refund_limit::limits(&mut *tx).await?;
    if let Some(waiting) = limits.waiting(of, now) {
        db::refund_limit::decide(&mut tx, waiting, (actor.person, false), now).await?;
    }
    let before = limit_of(&app, &limits, desk, of.1);
    let to = Limit { per_payment: input.per_payment, per_day: input.per_day };
    let hours = app.config.refunds.raise_alone_hours;
    let alone = (hours > 0).then(|| SignedDuration::from_hours(hours));
    let new = NewChange {
        id: Id::<RefundLimitChange>::new().uuid(),
        of,
        from: before,
        to,
        asked_by: actor.person,
        asked_at: now,
        effective_at: effective_at((before, to), now, alone),
    };
    db::refund_limit::insert(&mut tx, &new).await?;
    let row = db::refund_limit::find(&mut *tx, new.id).await?;
    let row = row.ok_or_else(|| anyhow::anyhow!("a change that is not there"))?;
    tx.commit().await?;
    if new.effective_at != Some(now) {
        let desk = desk.as_str();
        tracing::warn!(person = %actor.person, desk, currency = of.1, "a limit of refunds is to rise");
    }
    Ok(Json(RefundLimitChange::of(row, &actor, now)))
}
