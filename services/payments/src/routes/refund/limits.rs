use axum::extract::State as Shared;
use garde::Validate;
use kernel::Currency;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Never, Problem, Signed};

use crate::{
    App, db,
    db::refund_request::LimitRow,
    refunds::{Desk, Limit},
};

/// How much one person may give back alone.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RefundLimit {
    /// `store`, `support` or `operator`.
    desk: String,
    /// None: every currency that has no limit of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    currency: Option<String>,
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
    #[garde(range(min = 0, max = 1_000_000_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    per_payment: i64,
    /// Minor units.
    #[garde(range(min = 0, max = 1_000_000_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    per_day: i64,
}

/// How much people may give back alone: the settings' defaults, and what operators set.
#[utoipa::path(
    get, path = "/v1/payments/refund-limits", tag = "payments", operation_id = "refund_limits",
    responses(
        (status = OK, body = RefundLimits),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn refund_limits(Shared(app): Shared<App>) -> Result<Json<RefundLimits>, Fault<Never>> {
    let defaults = Desk::ALL.into_iter().map(|desk| {
        let Limit { per_payment, per_day } = Limit::default_of(&app.config.refunds, desk);
        RefundLimit { desk: desk.as_str().into(), currency: None, per_payment, per_day }
    });
    let set = db::refund_request::limits(&app.db).await?.into_iter().map(view);
    Ok(Json(RefundLimits { limits: defaults.chain(set).collect() }))
}

/// Sets how much one person may give back alone in a currency.
#[utoipa::path(
    put, path = "/v1/payments/refund-limits", tag = "payments", operation_id = "set_refund_limit",
    request_body = RefundLimitInput,
    responses(
        (status = OK, body = RefundLimit),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn set_refund_limit(
    actor: Signed,
    Shared(app): Shared<App>,
    Json(input): Json<RefundLimitInput>,
) -> Result<Json<RefundLimit>, Fault<Never>> {
    let desk = match input.desk {
        LimitedDesk::Store => Desk::Store,
        LimitedDesk::Support => Desk::Support,
        LimitedDesk::Operator => Desk::Operator,
    };
    let row = LimitRow {
        desk: desk.as_str().into(),
        currency: input.currency.code().into(),
        per_payment: input.per_payment,
        per_day: input.per_day,
    };
    db::refund_request::set_limit(&app.db, &row, actor.person, app.clock.now()).await?;
    Ok(Json(view(row)))
}

fn view(row: LimitRow) -> RefundLimit {
    let LimitRow { desk, currency, per_payment, per_day } = row;
    RefundLimit { desk, currency: Some(currency), per_payment, per_day }
}
