//! Accounts: who people are, how they sign in, where they live.

mod config;
mod db;
mod operator;
mod password;
mod profile;
mod routes;
pub mod seed;

use std::sync::Arc;

use anyhow::Context as _;
use host::{Context, Part, Service};
use kernel::Clock;
use store::Db;
use wire::{SigningKey, VerifyingKey};

use crate::password::Passwords;
pub use crate::{
    config::Config,
    operator::{NewOperator, make_operator},
};

/// Accounts, for the binary.
pub const PART: Part = Part {
    name: "accounts",
    migrations: store::migrations!["V1__accounts.sql", "V7__favourites.sql"],
    follows: &[],
    open_api: routes::open_api,
    start: |context| Box::pin(start(context)),
};

/// What every operation of the service has at hand.
#[derive(Clone)]
pub(crate) struct App {
    pub db: Db,
    pub clock: Clock,
    pub config: Arc<Config>,
    pub passwords: Passwords,
    pub signing_key: SigningKey,
    /// The public keys whose tokens hold, the signing key's among them.
    pub verifying_keys: Arc<Vec<VerifyingKey>>,
}

async fn start(context: Context) -> anyhow::Result<Service> {
    let signing_key = context.settings.signing_key()?;
    let config: Config = context.config()?;
    let app = App {
        passwords: Passwords::new(&config)?,
        config: Arc::new(config),
        signing_key: signing_key.context("accounts needs auth.signing_seed")?,
        verifying_keys: Arc::new(context.settings.verifying_keys()?),
        db: context.db,
        clock: context.clock,
    };
    Ok(Service { router: routes::router(app), ..Service::default() })
}
