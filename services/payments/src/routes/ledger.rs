use axum::extract::State as Shared;
use jiff::Timestamp;
use kernel::{Currency, PaymentId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wire::{Fault, Json, Never, Page, PageQuery, Path, Problem, Query};

use crate::{
    App,
    books::Account,
    db,
    db::ledger::{EntryRow, OfAccount},
};

/// One entry of the books.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Entry {
    id: i64,
    /// Entries of one transaction add up to zero.
    transaction: Uuid,
    /// What happened: `authorised`, `captured`, `voided`, `refunded`, `refund_returned`, `fee`,
    /// `disputed`, `dispute_won`, `dispute_lost`, `dispute_fee`, `dispute_changed`, `delivered`,
    /// `payout` or `settled`.
    kind: String,
    account: String,
    /// Whose account: a vendor, an authority, an account at a provider, a customer, a driver.
    /// Empty where it is the platform's only one.
    party: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    payment: Option<PaymentId>,
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
            party: row.party,
            payment: row.payment_id.map(PaymentId::from_uuid),
            amount: row.amount,
            currency: row.currency,
            at: row.at.to_jiff(),
        }
    }
}

/// The entries of one payment, oldest first.
#[utoipa::path(
    get, path = "/v1/payments/ledger/{payment}", tag = "books", operation_id = "payment_ledger",
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

/// Which account.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WhichAccount {
    #[param(inline)]
    account: Account,
    /// ISO 4217.
    #[param(value_type = String, min_length = 3, max_length = 3, example = "USD")]
    currency: Currency,
    /// Of one party only.
    #[param(max_length = 200)]
    party: Option<String>,
}

/// The entries of one account, oldest first.
#[utoipa::path(
    get, path = "/v1/payments/books/entries", tag = "books", operation_id = "account_entries",
    params(WhichAccount, PageQuery),
    responses(
        (status = OK, body = Page<Entry>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn entries(
    Shared(app): Shared<App>,
    Query(which): Query<WhichAccount>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Entry>>, Fault<Never>> {
    let (limit, after) = (page.limit()?, page.after::<i64>()?.unwrap_or(0));
    let wanted = OfAccount {
        account: which.account,
        currency: which.currency,
        party: which.party.as_deref(),
        after,
        limit: i64::from(limit) + 1,
    };
    let rows = db::ledger::of_account(&app.db, &wanted).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.id).map(Entry::from)))
}
