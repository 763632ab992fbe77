//! A stand-in payment provider: payment intents with manual capture, 3-D Secure, refunds, signed
//! webhooks, and cards that behave badly on request.
//!
//! It is an outsider to the house: payments knows its wire format and nothing else of it.

mod access;
mod asked;
mod cards;
mod change;
mod commands;
mod config;
mod db;
mod failure;
mod input;
mod intent;
mod pages;
mod routes;
mod webhooks;

use std::{sync::Arc, time::Duration};

use host::{Context, Job, Part, Service};
use kernel::Clock;
use store::Db;

pub use crate::config::Config;

/// The sandbox, for the binary.
pub const PART: Part = Part {
    name: "sandbox",
    migrations: store::migrations!["V1__sandbox.sql"],
    follows: &[],
    open_api: routes::open_api,
    access: access::ACCESS,
    undocumented: true,
    start: |context| Box::pin(start(context)),
};

/// What every operation of the service has at hand.
#[derive(Clone)]
pub(crate) struct App {
    pub db: Db,
    pub clock: Clock,
    pub config: Arc<Config>,
    /// Where its own pages are, without a trailing slash.
    pub own_url: Arc<str>,
    pub http: reqwest::Client,
    pub pages: Arc<pages::Pages>,
}

async fn start(context: Context) -> anyhow::Result<Service> {
    let public = &context.settings.public_url;
    let config: Config = context.config()?;
    let http = reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(3))
        .timeout(Duration::from_secs(10))
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let app = App {
        config: Arc::new(config.checked(public)?),
        own_url: format!("{public}/sandbox").into(),
        pages: Arc::new(pages::Pages::new()?),
        db: context.db,
        clock: context.clock,
        http,
    };
    let jobs = vec![
        Job::every("webhooks", Duration::from_millis(500), &app, webhooks::deliver),
        Job::every("endings", Duration::from_secs(5), &app, commands::end_overdue),
    ];
    Ok(Service { router: routes::router(app), jobs, ..Service::default() })
}

impl App {
    /// Sends what is due now rather than at the job's next round.
    pub fn send_webhooks(&self) {
        let app = self.clone();
        tokio::spawn(async move {
            if let Err(error) = webhooks::deliver(app).await {
                tracing::warn!(error = format!("{error:#}"), "webhooks wait");
            }
        });
    }
}
