use axum::extract::State as Shared;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use wire::{Fault, Json, Never, Problem, Query};

use crate::{App, db, db::ledger::BalanceRow};

/// What the accounts hold, all parties together.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Balances {
    /// The instant, which itself is included; absent where it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    at: Option<Timestamp>,
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

impl Balances {
    /// Of at most one row per currency and account, ordered by currency.
    fn of(rows: Vec<BalanceRow>, at: Option<Timestamp>) -> Self {
        let balanced = rows
            .chunk_by(|one, other| one.currency == other.currency)
            .all(|of_one| of_one.iter().map(|row| i128::from(row.balance)).sum::<i128>() == 0);
        let balance = |row: BalanceRow| Balance {
            currency: row.currency,
            account: row.account,
            balance: row.balance,
        };
        Self { at, accounts: rows.into_iter().map(balance).collect(), balanced }
    }
}

/// The balances of all accounts now.
#[utoipa::path(
    get, path = "/v1/payments/ledger/balance", tag = "books", operation_id = "ledger_balance",
    responses(
        (status = OK, body = Balances),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn balance(Shared(app): Shared<App>) -> Result<Json<Balances>, Fault<Never>> {
    Ok(Json(Balances::of(db::ledger::balances(&app.db, None).await?, None)))
}

/// When.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct When {
    /// Now unless told.
    #[param(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
}

/// The trial balance at an instant: every account of every currency.
#[utoipa::path(
    get, path = "/v1/payments/books/trial-balance", tag = "books", operation_id = "trial_balance",
    params(When),
    responses(
        (status = OK, body = Balances),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn trial_balance(
    Shared(app): Shared<App>,
    Query(When { at }): Query<When>,
) -> Result<Json<Balances>, Fault<Never>> {
    Ok(Json(Balances::of(db::ledger::balances(&app.db, at).await?, at)))
}
