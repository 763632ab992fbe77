use axum::extract::State as Shared;
use serde::Serialize;
use wire::{Fault, Json, Never, Problem};

use crate::{App, account::Account, config::Config, settlement};

/// The platform's accounts at providers.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProviderAccounts {
    /// In the order of the settings.
    items: Vec<ProviderAccount>,
}

/// One account of the platform's at a provider.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProviderAccount {
    /// `stripe:us`: how ways to pay name it.
    way: String,
    /// `sandbox`, `stripe`, `paypal` or `razorpay`.
    provider: String,
    /// Its name in the settings.
    account: String,
    /// Whether it moves money.
    live: bool,
    /// `false` while it is left alone, because it did not answer.
    answers: bool,
    /// Whether its settlement files can be loaded.
    settles: bool,
}

impl ProviderAccount {
    fn of(account: &Account, config: &Config) -> Self {
        Self {
            way: account.key(),
            provider: account.provider.to_owned(),
            account: account.name.clone(),
            live: is_live(account, config),
            answers: !account.is_broken_off(),
            settles: settlement::is_read(account.provider),
        }
    }
}

fn is_live(account: &Account, config: &Config) -> bool {
    let name = &account.name;
    match account.provider {
        "stripe" => config.stripe.get(name).is_some_and(|set| set.live),
        "paypal" => config.paypal.get(name).is_some_and(|set| set.live),
        "razorpay" => config.razorpay.get(name).is_some_and(|set| set.live),
        _ => false,
    }
}

/// The accounts at providers that are set: all of them, for there are few.
#[utoipa::path(
    get, path = "/v1/payments/accounts", tag = "payments", operation_id = "provider_accounts",
    responses(
        (status = OK, body = ProviderAccounts),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn provider_accounts(
    Shared(app): Shared<App>,
) -> Result<Json<ProviderAccounts>, Fault<Never>> {
    let items = app.accounts.iter().map(|account| ProviderAccount::of(account, &app.config));
    Ok(Json(ProviderAccounts { items: items.collect() }))
}
