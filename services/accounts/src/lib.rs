//! Accounts: who people are, how they sign in, where they live.

mod config;
mod db;
mod password;
mod routes;

use std::sync::Arc;

use anyhow::Context as _;
use host::{Context, Part, Service};
use kernel::Clock;
use store::Db;
use wire::SigningKey;

pub use crate::config::Config;

/// Accounts, for the binary.
pub const PART: Part = Part {
    name: "accounts",
    migrations: store::migrations!["V1__accounts.sql"],
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
    pub signing_key: SigningKey,
}

async fn start(context: Context) -> anyhow::Result<Service> {
    let signing_key = context.settings.signing_key()?;
    let app = App {
        config: Arc::new(context.config()?),
        signing_key: signing_key.context("accounts needs auth.signing_seed")?,
        db: context.db,
        clock: context.clock,
    };
    Ok(Service { router: routes::router(app), ..Service::default() })
}
