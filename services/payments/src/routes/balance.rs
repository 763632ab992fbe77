use axum::extract::State as Shared;
use serde::Serialize;
use wire::{Fault, Json, Never, Problem};

use crate::{App, db};

/// What the accounts hold, over all payments.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Balances {
    accounts: Vec<Balance>,
    /// Whether they add up to zero in every currency, as they always must.
    balanced: bool,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Balance {
    /// ISO 4217.
    currency: String,
    account: String,
    /// Minor units: a debit above zero, a credit below.
    balance: i64,
}

/// The ledger's balances.
#[utoipa::path(
    get, path = "/v1/payments/ledger/balance", tag = "payments", operation_id = "ledger_balance",
    responses(
        (status = OK, body = Balances),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn balance(Shared(app): Shared<App>) -> Result<Json<Balances>, Fault<Never>> {
    let rows = db::ledger::balances(&app.db).await?;
    let accounts: Vec<Balance> = rows
        .into_iter()
        .map(|row| Balance { currency: row.currency, account: row.account, balance: row.balance })
        .collect();
    // At most one row per currency and account, ordered by currency.
    let balanced = accounts
        .chunk_by(|one, other| one.currency == other.currency)
        .all(|of_one| of_one.iter().map(|row| i128::from(row.balance)).sum::<i128>() == 0);
    Ok(Json(Balances { accounts, balanced }))
}
