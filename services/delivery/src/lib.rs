//! Delivery: drivers and their shifts, who brings which order, where it is, what happens at the
//! door.

mod access;
mod assign;
mod config;
mod db;
mod door;
mod estimate;
mod followers;
mod google;
mod job;
mod offer;
mod pace;
mod places;
mod release;
mod rides;
mod router;
mod routes;
mod table;

use std::{sync::Arc, time::Duration};

use accounts_api::{PersonChanged, PersonErased};
use compliance_api::Compliance;
use host::{Context, Job, Live, Part, Service};
use kernel::{Clock, Event};
use orders_api::OrderMoved;
use secrecy::ExposeSecret;
use store::Db;

use crate::{places::Places, router::Router};

pub use crate::config::Config;

/// Delivery, for the binary.
pub const PART: Part = Part {
    name: "delivery",
    migrations: store::migrations![
        "V1__delivery.sql",
        "V2__erasure.sql",
        "V4__steps.sql",
        "V5__slots.sql",
        "V6__pay.sql",
        "V7__routes.sql",
        "V8__late.sql",
    ],
    follows: &[PersonChanged::KIND, OrderMoved::KIND, PersonErased::KIND],
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
    pub compliance: Compliance,
    pub router: Router,
    /// Who is near, where the house has Redis.
    pub places: Option<Places>,
    /// Who watches the delivery of an order.
    pub live: Live,
    /// With which document numbers are hashed.
    pub document_key: [u8; 32],
}

/// How often waiting jobs are matched to drivers, where nothing happens that does it at once.
const ROUND: Duration = Duration::from_secs(2);
const SILENCE: Duration = Duration::from_secs(30);
const MINUTE: Duration = Duration::from_mins(1);
const SWEEP: Duration = Duration::from_mins(10);

async fn start(context: Context) -> anyhow::Result<Service> {
    let secret = context.settings.house.secret.expose_secret();
    let config = context.config::<Config>()?.checked()?;
    let pages: config::Pages = context.settings.section("gateway")?;
    config.google_routes.check(pages.show_googles_map())?;
    let silent = config.silent();
    let app = App {
        places: context.redis.clone().map(|redis| Places::new(redis, silent)),
        router: Router::of(&config.google_routes, &context.clock)?,
        config: Arc::new(config),
        compliance: Compliance::new(context.client("compliance")?),
        document_key: door::document_key(secret.as_bytes()),
        live: context.live("delivery"),
        db: context.db,
        clock: context.clock,
    };
    let followers = vec![
        feed::follow(&app, followers::person_changed),
        feed::follow(&app, followers::moved),
        feed::follow(&app, followers::person_erased),
    ];
    let jobs = vec![
        Job::every("delivery.offers", ROUND, &app, offer::round),
        Job::every("delivery.silent-drivers", SILENCE, &app, release::silent_drivers),
        Job::every("delivery.cut-erased", MINUTE, &app, followers::cut_erased),
        Job::every("delivery.forget-pings", SWEEP, &app, forget_pings),
    ];
    Ok(Service { router: routes::router(app), followers, jobs, ..Service::default() })
}

/// Nobody needs to know for long where a driver was.
async fn forget_pings(app: App) -> anyhow::Result<()> {
    let before = app.clock.now() - jiff::SignedDuration::from_hours(app.config.ping_hours);
    db::forget_pings(&app.db, before).await?;
    Ok(())
}
