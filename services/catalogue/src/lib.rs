//! Catalogue: products, stores, what they list and have, and holds on it.

mod access;
mod answers;
mod config;
mod db;
mod followers;
mod pause;
mod product;
mod routes;
mod sells;
mod sheet;

pub mod export;
pub mod import;
pub mod seed;

use std::{sync::Arc, time::Duration};

use cache::{Cache, Redis, Times};
use compliance_api::Compliance;
use delivery_api::Deliveries;
use host::{Context, Job, Part, Service};
use kernel::{Clock, Event};
use orders_api::OrderMoved;
use store::{Db, Reads};

pub use crate::{config::Config, product::Container};

/// Catalogue, for the binary.
pub const PART: Part = Part {
    name: "catalogue",
    migrations: store::migrations![
        "V1__catalogue.sql",
        "V2__personal.sql",
        "V4__vendors.sql",
        "V6__picks.sql",
        "V7__order_terms.sql",
    ],
    follows: &[OrderMoved::KIND],
    open_api: routes::open_api,
    access: access::ACCESS,
    undocumented: false,
    start: |context| Box::pin(start(context)),
};

/// What every operation of the service has at hand.
#[derive(Clone)]
pub(crate) struct App {
    pub db: Db,
    /// For what may be a little old. Nothing is decided by it.
    pub reads: Reads,
    pub clock: Clock,
    pub config: Arc<Config>,
    pub compliance: Compliance,
    pub deliveries: Deliveries,
    /// What everyone is shown alike. Nothing is sold by it: carts and orders ask the tables.
    pub answers: Cache,
}

async fn start(context: Context) -> anyhow::Result<Service> {
    let config: Config = context.config()?;
    let pace = Duration::from_secs(config.tidy_seconds.max(1));
    let app = App {
        config: Arc::new(config),
        answers: context.answers(),
        compliance: Compliance::new(context.client("compliance")?),
        deliveries: Deliveries::new(context.client("delivery")?),
        db: context.db,
        reads: context.reads.measured(),
        clock: context.clock,
    };
    let kept = app.answers.clone();
    Ok(Service {
        at_hand: Some(Arc::new(move |uri| answers::at_hand(&kept, uri))),
        followers: vec![feed::follow(&app, followers::orders::order_moved)],
        jobs: vec![Job::every("tidy lapsed holds", pace, &app, tidy)],
        router: routes::router(app),
        ..Service::default()
    })
}

/// Has all processes that share a Redis look anew at what they show: for what changes the tables
/// beside them, such as an import. Where that is away they do so by themselves in seconds.
pub async fn forget_answers(redis: &Redis) {
    // All shapes share the version that is set.
    let shelf = Cache::of_bytes(Some(redis), (PART.name, ""), Times::exactly(Duration::ZERO), 0);
    shelf.forget_all().await;
}

async fn tidy(app: App) -> anyhow::Result<()> {
    while db::holds::tidy(&app.db, app.clock.now()).await? > 0 {
        app.answers.forget_all_soon();
    }
    Ok(())
}
