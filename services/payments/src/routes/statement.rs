use axum::extract::State as Shared;
use jiff::Timestamp;
use kernel::{Currency, Money, OrderId, VendorId};
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Never, Page, PageQuery, Path, Problem, Query, Signed};

use crate::{
    App,
    db::{
        self,
        vendor::{LineRow, Span},
    },
};

/// Of what time, in which currency.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Of {
    #[param(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Not included.
    #[param(value_type = String, format = DateTime)]
    to: Timestamp,
    /// ISO 4217.
    #[param(value_type = String, min_length = 3, max_length = 3, example = "USD")]
    currency: Currency,
}

/// What the platform owes a vendor, and how that came. Above zero it is owed to the vendor.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Statement {
    vendor: VendorId,
    /// What was owed when the time began.
    opening: Money,
    /// What was owed when it ended.
    closing: Money,
    /// Oldest first; `opening` and all of them are `closing`.
    lines: Page<StatementLine>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StatementLine {
    id: i64,
    at: Timestamp,
    /// What happened: `captured`, `refunded`, `refund_returned` or `payout`.
    kind: String,
    /// `sales`, `refunds`, `deposits`, `commissions` or `vendor_payouts`.
    account: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    order: Option<OrderId>,
    /// The order's, for people to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    number: Option<String>,
    amount: Money,
}

/// A vendor's statement.
#[utoipa::path(
    get, path = "/v1/payments/vendors/{vendor}/statement", tag = "books",
    operation_id = "vendor_statement",
    params(("vendor" = VendorId, Path), Of, PageQuery),
    responses(
        (status = OK, body = Statement),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn vendor_statement(
    actor: Signed,
    Shared(app): Shared<App>,
    Path(vendor): Path<VendorId>,
    Query(of): Query<Of>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Statement>, Fault<Never>> {
    let (limit, after) = (page.limit()?, page.after::<i64>()?.unwrap_or(0));
    let stores = actor.reach.only_stores();
    if !db::vendor::is_within(&app.db, vendor, stores.as_deref()).await? {
        return Err(Problem::not_found("vendor").into());
    }
    if of.to <= of.from {
        return Err(Problem::invalid("to", "must be after from").into());
    }
    let span = Span { vendor, currency: of.currency, from: of.from, to: of.to };
    let (opening, closing) = db::vendor::owed(&app.db, &span).await?;
    let rows = db::vendor::lines(&app.db, &span, after, i64::from(limit) + 1).await?;
    let money = |amount| Money::new(amount, of.currency);
    let line = |row: LineRow| StatementLine {
        id: row.id,
        at: row.at.to_jiff(),
        kind: row.kind,
        account: row.account,
        order: row.order_id.map(OrderId::from_uuid),
        number: row.number,
        amount: money(row.amount),
    };
    let lines = Page::cut(rows, limit, |row| row.id).map(line);
    let (opening, closing) = (money(opening), money(closing));
    Ok(Json(Statement { vendor, opening, closing, lines }))
}
