//! Notifications: a message to the customer for every change of an order, at most once per channel.

mod access;
mod code;
mod config;
mod db;
mod folder;
mod followers;
mod language;
mod letter;
mod reason;
mod routes;
mod schedule;
mod sender;
mod smtp;

use std::{sync::Arc, time::Duration};

use accounts_api::{Accounts, CodeWanted, PersonErased};
use catalogue_api::StockLow;
use delivery_api::JobMoved;
use host::{Context, Job, Part, Service};
use kernel::{Clock, Event};
use orders_api::OrderMoved;
use payments_api::{ComplaintMoved, PaymentMoved};
use store::Db;

pub use crate::config::Config;
use crate::sender::Bag;

/// Notifications, for the binary.
pub const PART: Part = Part {
    name: "notifications",
    migrations: store::migrations![
        "V1__notifications.sql",
        "V2__letters.sql",
        "V3__erasure.sql",
        "V4__claims.sql"
    ],
    follows: &[
        OrderMoved::KIND,
        JobMoved::KIND,
        PaymentMoved::KIND,
        ComplaintMoved::KIND,
        StockLow::KIND,
        CodeWanted::KIND,
        PersonErased::KIND,
    ],
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
    pub bag: Bag,
}

async fn start(context: Context) -> anyhow::Result<Service> {
    let config: Config = context.config()?;
    config.check()?;
    let app = App {
        config: Arc::new(config),
        accounts: Accounts::new(context.client("accounts")?),
        db: context.db,
        clock: context.clock,
        bag: Bag::default(),
    };
    Ok(Service {
        followers: vec![
            feed::follow(&app, followers::order_moved),
            feed::follow(&app, followers::job_moved),
            feed::follow(&app, followers::payment_moved),
            feed::follow(&app, followers::complaint_moved),
            feed::follow(&app, followers::stock_low),
            feed::follow(&app, followers::code_wanted),
            feed::follow(&app, followers::person_erased),
        ],
        jobs: vec![
            Job::every("send messages", Duration::from_secs(1), &app, sender::send_due),
            Job::every("cut the erased", Duration::from_mins(1), &app, followers::cut_erased),
        ],
        router: routes::router(app),
        ..Service::default()
    })
}
