//! Carts: what a customer is about to buy from one store, what it costs and why, and how an order
//! takes it over.

mod access;
mod cart;
mod change;
mod config;
mod coupon;
mod db;
mod followers;
mod pricing;
mod promotion;
mod quote;
mod refill;
mod refusal;
mod routes;
mod seed;
mod slots;
mod tariff;
mod timetable;
mod tip;

use std::{sync::Arc, time::Duration};

use accounts_api::PersonErased;
use catalogue_api::Catalogue;
use compliance_api::Compliance;
use delivery_api::Deliveries;
use host::{Context, Job, Part, Service};
use kernel::{Clock, Event as _};
use orders_api::OrderMoved;
use store::Db;

pub use crate::{config::Config, seed::seed};

/// Cart, for the binary.
pub const PART: Part = Part {
    name: "cart",
    migrations: store::migrations![
        "V1__cart.sql",
        "V2__erasure.sql",
        "V4__slot.sql",
        "V5__wishes.sql",
        "V6__seen_price.sql",
    ],
    follows: &[OrderMoved::KIND, PersonErased::KIND],
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
    pub catalogue: Catalogue,
    pub compliance: Compliance,
    pub deliveries: Deliveries,
}

async fn start(context: Context) -> anyhow::Result<Service> {
    let config: Config = context.config()?;
    config.check()?;
    let app = App {
        config: Arc::new(config),
        catalogue: Catalogue::new(context.client("catalogue")?),
        compliance: Compliance::new(context.client("compliance")?),
        deliveries: Deliveries::new(context.client("delivery")?),
        db: context.db,
        clock: context.clock,
    };
    Ok(Service {
        followers: vec![
            feed::follow(&app, followers::order_moved),
            feed::follow(&app, followers::person_erased),
        ],
        jobs: vec![Job::every(
            "cut the erased",
            Duration::from_mins(1),
            &app,
            followers::cut_erased,
        )],
        router: routes::router(app),
        ..Service::default()
    })
}
