//! Payments: the money of an order, from its provider's word to the ledger.
//!
//! Whatever tells us that something may have happened (a webhook, the browser's return, the
//! clock) leads to the one function that believes only what the provider says when asked:
//! [`settle::settle`]. Whatever we want of a provider is an `operation` row first, and its id is
//! the idempotency key: [`operations`].

mod access;
mod account;
mod books;
mod closing;
mod complaints;
mod component;
mod config;
mod db;
mod decline;
mod detaching;
mod disputes;
mod document;
mod failed_refund;
mod followers;
mod inbox;
mod issue;
mod keeping;
mod ledger;
mod left;
mod limits;
mod moves;
mod operations;
mod pace;
mod page;
mod payment;
mod payouts;
mod provider;
mod refunds;
mod rounds;
mod routes;
mod settle;
mod settlement;
mod start;
mod strays;
mod sweep;
mod unanswered;
mod ways;

use std::{sync::Arc, time::Duration};

use accounts_api::PersonErased;
use delivery_api::JobMoved;
use host::{Context, Job, Part, Service};
use kernel::{Clock, Event};
use orders_api::OrderMoved;
use secrecy::ExposeSecret;
use store::Db;

use crate::{account::Accounts, rounds::Rounds};
pub use crate::{
    config::{Config, Razorpay, Sandbox, Stripe},
    left::{Left, left},
    provider::paypal::{PayPal, PaysWith},
};

/// Payments, for the binary.
pub const PART: Part = Part {
    name: "payments",
    migrations: store::migrations![
        "V1__payments.sql",
        "V2__erasure.sql",
        "V3__providers.sql",
        "V4__books.sql",
        "V5__documents.sql",
        "V6__settlements.sql",
        "V7__people.sql",
        "V8__saved_methods.sql",
        "V9__looking.sql",
        "V10__strays.sql",
        "V11__second_looks.sql",
        "V12__refunds_again.sql",
        "V13__payouts_of_providers.sql",
        "V14__unanswered.sql",
        "V15__checked_methods.sql",
        "V16__disputed_strays.sql",
        "V17__agreed_sales.sql",
        "V18__complaints.sql",
        "V19__earnings.sql",
    ],
    follows: &[OrderMoved::KIND, JobMoved::KIND, PersonErased::KIND],
    open_api: routes::open_api,
    access: access::ACCESS,
    undocumented: false,
    start: |context| Box::pin(start(context)),
};

/// What every operation of the service has at hand.
#[derive(Clone)]
pub(crate) struct App {
    pub db: Db,
    pub clock: Clock,
    pub config: Arc<Config>,
    pub accounts: Accounts,
    pub inbox: Arc<Rounds>,
    /// Checkout pages, and the links that lead to them.
    pub pages: Arc<page::Pages>,
    pub links: Arc<page::Links>,
    pub operations: Arc<Rounds>,
}

/// The accounts at providers that are set, by their keys; an error says what is wrong with one.
pub fn providers(config: Config, public_url: &str, clock: &Clock) -> anyhow::Result<Vec<String>> {
    Ok(Accounts::of(&config.checked(public_url)?, clock)?.keys())
}

async fn start(context: Context) -> anyhow::Result<Service> {
    let config = context.config::<Config>()?.checked(&context.settings.public_url)?;
    let secret = context.settings.house.secret.expose_secret().as_bytes();
    let app = App {
        accounts: Accounts::of(&config, &context.clock)?,
        inbox: Arc::default(),
        pages: Arc::new(page::Pages::new()?),
        links: Arc::new(page::Links::new(secret, &context.settings.public_url)),
        operations: Arc::default(),
        config: Arc::new(config),
        db: context.db,
        clock: context.clock,
    };
    warn_of_left(&app).await?;
    let followers = vec![
        feed::follow(&app, followers::orders::moved),
        feed::follow(&app, followers::delivery::moved),
        feed::follow(&app, followers::erasure::person_erased),
    ];
    let minute = Duration::from_mins(1);
    let jobs = vec![
        Job::every("inbox", Duration::from_secs(1), &app, inbox::handle_due),
        Job::every("operations", Duration::from_secs(1), &app, operations::run_due),
        Job::every("let go of methods", Duration::from_secs(2), &app, detaching::work),
        Job::every("cut the erased", minute, &app, followers::erasure::cut_erased),
        Job::every("draw up payouts", Duration::from_hours(1), &app, payouts::draw_due),
        Job::every("close the books", Duration::from_mins(10), &app, closing::close),
        Job::every("look for disputes", Duration::from_secs(10), &app, disputes::look),
        Job::every("cut old documents", Duration::from_hours(1), &app, issue::cut_old),
        Job::every("sweep", Duration::from_secs(5), &app, sweep::sweep),
    ];
    Ok(Service { router: routes::router(app), followers, jobs, ..Service::default() })
}

/// Says what waits at accounts that have been taken out of the settings: it goes on when they are there
/// again.
async fn warn_of_left(app: &App) -> anyhow::Result<()> {
    for left in db::left::waiting(&app.db, &app.accounts.keys()).await? {
        let account = format!("payments.{}.{}", left.provider, left.account);
        let (payments, operations, methods) = (left.payments, left.operations, left.methods);
        tracing::warn!(
            account,
            payments,
            operations,
            methods,
            "is not set any more: what is there waits until it is"
        );
    }
    Ok(())
}

impl App {
    /// Runs operations that have just become due, rather than at the job's next round.
    pub fn wake_operations(&self) {
        let app = self.clone();
        rounds::call(&self.operations, "operations", move || operations::run_due(app.clone()));
    }

    /// Handles notices that have just come, rather than at the job's next round. They come in
    /// bursts: one round at a time goes through all that have come, and leaves the database to
    /// those who wait to be acknowledged.
    pub fn wake_inbox(&self) {
        let app = self.clone();
        rounds::call(&self.inbox, "notices", move || inbox::handle_due(app.clone()));
    }
}
