use axum::extract::State as Shared;
use jiff::Timestamp;
use kernel::PaymentId;
use serde::Serialize;
use uuid::Uuid;
use wire::{Fault, Json, Never, Page, PageQuery, Path, Problem, Query};

use crate::{App, db, db::ledger::EntryRow};

/// One entry of the ledger.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Entry {
    id: i64,
    /// Entries of one transaction add up to zero.
    transaction: Uuid,
    /// `authorised`, `captured`, `voided` or `refunded`.
    kind: String,
    account: String,
    /// Minor units: a debit above zero, a credit below.
    amount: i64,
    /// ISO 4217.
    currency: String,
    at: Timestamp,
}

impl From<EntryRow> for Entry {
    fn from(row: EntryRow) -> Self {
        Self {
            id: row.id,
            transaction: row.transaction_id,
            kind: row.kind,
            account: row.account,
            amount: row.amount,
            currency: row.currency,
            at: row.at.to_jiff(),
        }
    }
}

/// The ledger's entries of one payment, oldest first.
#[utoipa::path(
    get, path = "/v1/payments/ledger/{payment}", tag = "payments", operation_id = "payment_ledger",
    params(("payment" = PaymentId, Path), PageQuery),
    responses(
        (status = OK, body = Page<Entry>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn ledger(
    Shared(app): Shared<App>,
    Path(payment): Path<PaymentId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Entry>>, Fault<Never>> {
    let (limit, after) = (page.limit()?, page.after::<i64>()?.unwrap_or(0));
    if db::payment::find(&app.db, payment).await?.is_none() {
        return Err(Problem::not_found("payment").into());
    }
    let rows = db::ledger::entries(&app.db, payment, after, i64::from(limit) + 1).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.id).map(Entry::from)))
}
