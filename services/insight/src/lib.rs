//! Insight: what is sold, what is looked at, how long it takes; and Top Picks, made of that.

mod access;
mod blend;
mod config;
mod db;
mod followers;
mod ranking;
mod routes;
mod score;

use std::{
    sync::{Arc, atomic::AtomicU32},
    time::Duration,
};

use accounts_api::{FavouriteChanged, PersonErased};
use cache::{Cache, Times};
use cart_api::CartFilled;
use catalogue_api::ProductChanged;
use delivery_api::JobMoved;
use host::{Context, Job, Part, Service};
use kernel::{Clock, Event};
use orders_api::OrderMoved;
use store::{Db, Reads};

pub use crate::config::Config;

/// Insight, for the binary.
pub const PART: Part = Part {
    name: "insight",
    migrations: store::migrations![
        "V1__insight.sql",
        "V2__erasure.sql",
        "V3__favourites.sql",
        "V4__ranking.sql",
        "V5__funnel.sql",
        "V6__slots.sql",
        "V7__cohorts.sql",
    ],
    follows: &[
        CartFilled::KIND,
        OrderMoved::KIND,
        JobMoved::KIND,
        ProductChanged::KIND,
        FavouriteChanged::KIND,
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
    /// For what may be a little old. Nothing is decided by it.
    pub reads: Reads,
    pub clock: Clock,
    pub config: Arc<Config>,
    /// How many views came from each network lately.
    pub viewers: Cache<Arc<AtomicU32>>,
}

/// Networks that are counted at once.
const MOST_VIEWERS: u64 = 100_000;

async fn start(context: Context) -> anyhow::Result<Service> {
    let config: Config = context.config()?;
    config.check()?;
    let app = App {
        config: Arc::new(config),
        db: context.db,
        reads: context.reads.measured(),
        clock: context.clock,
        viewers: Cache::in_process(MOST_VIEWERS, Times::exactly(Duration::from_hours(1))),
    };
    let pace = Duration::from_secs(app.config.recompute_seconds.max(1));
    let hourly = Duration::from_hours(1);
    Ok(Service {
        followers: vec![
            feed::follow(&app, followers::cart_filled),
            feed::follow(&app, followers::order_moved),
            feed::follow(&app, followers::job_moved),
            feed::follow(&app, followers::product_changed),
            feed::follow(&app, followers::favourite_changed),
            feed::follow(&app, followers::person_erased),
        ],
        jobs: vec![
            Job::every("score products", pace, &app, ranking::recompute),
            Job::every("cut the erased", Duration::from_mins(1), &app, followers::cut_erased),
            Job::every("forget old views", hourly, &app, ranking::forget),
        ],
        router: routes::router(app),
        ..Service::default()
    })
}
