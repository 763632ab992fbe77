use axum::extract::State as Shared;
use kernel::{OrderId, PaymentId};
use serde::Deserialize;
use uuid::Uuid;
use wire::{Fault, Json, Never, Page, PageQuery, Problem, Query, Signed};

use super::view::Refund;
use crate::{App, db, db::refund_request::Listed};

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RefundsQuery {
    /// `waiting` for a second person, `alone`, `approved`, `declined` or `lapsed`; all unless told.
    #[serde(default)]
    #[param(inline)]
    state: Option<RequestState>,
    /// Only those of this payment.
    payment: Option<PaymentId>,
    /// Only those of this order's payments.
    order: Option<OrderId>,
    /// `next` of the page before.
    #[param(max_length = 1000)]
    after: Option<String>,
    /// How many items at most, 1 to 100; 20 unless told.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    Alone,
    Waiting,
    Approved,
    Declined,
    Lapsed,
}

impl RequestState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Alone => "alone",
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Lapsed => "lapsed",
        }
    }
}

/// Refunds that people of the house asked for, newest first.
#[utoipa::path(
    get, path = "/v1/payments/refunds", tag = "payments", operation_id = "refunds",
    params(RefundsQuery),
    responses(
        (status = OK, body = Page<Refund>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn refunds(
    actor: Signed,
    Shared(app): Shared<App>,
    Query(query): Query<RefundsQuery>,
) -> Result<Json<Page<Refund>>, Fault<Never>> {
    let page = PageQuery { after: query.after, limit: query.limit };
    let (limit, after) = (page.limit()?, page.after::<Uuid>()?);
    let which = Listed {
        state: query.state.map(RequestState::as_str),
        payment: query.payment,
        order: query.order,
        stores: actor.reach.only_stores(),
    };
    let rows = db::refund_request::list(&app.db, which, after, i64::from(limit) + 1).await?;
    let limits = db::refund_limit::limits(&app.db).await?;
    let page = Page::cut(rows, limit, |row| row.id);
    Ok(Json(page.map(|row| Refund::of(&app, row, &actor, &limits))))
}
