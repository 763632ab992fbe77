//! Orders: how a cart becomes an order, what becomes of it, and who may see and move it.

mod access;
mod config;
mod db;
mod followers;
mod jobs;
mod lifecycle;
mod moves;
mod order;
mod placing;
mod routes;
mod view;

use std::{sync::Arc, time::Duration};

use cart_api::Carts;
use catalogue_api::Catalogue;
use compliance_api::Compliance;
use delivery_api::{Deliveries, JobMoved};
use host::{Context, Job, Part, Service};
use kernel::{Clock, Event};
use payments_api::{PaymentMoved, Payments};
use store::Db;

pub use crate::config::Config;

/// Orders, for the binary.
pub const PART: Part = Part {
    name: "orders",
    migrations: store::migrations!["V1__orders.sql", "V3__live_cart_of_its_customer.sql"],
    follows: &[PaymentMoved::KIND, JobMoved::KIND],
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
    pub carts: Carts,
    pub catalogue: Catalogue,
    pub compliance: Compliance,
    pub payments: Payments,
    pub deliveries: Deliveries,
}

async fn start(context: Context) -> anyhow::Result<Service> {
    let app = App {
        config: Arc::new(context.config()?),
        carts: Carts::new(context.client("cart")?),
        catalogue: Catalogue::new(context.client("catalogue")?),
        compliance: Compliance::new(context.client("compliance")?),
        payments: Payments::new(context.client("payments")?),
        deliveries: Deliveries::new(context.client("delivery")?),
        db: context.db,
        clock: context.clock,
    };
    let often = Duration::from_secs(2);
    Ok(Service {
        followers: vec![
            feed::follow(&app, followers::payments::moved),
            feed::follow(&app, followers::delivery::moved),
        ],
        jobs: vec![
            Job::every("recover orders being placed", often, &app, placing::recover),
            Job::every("end unpaid orders", often, &app, jobs::end_unpaid),
            Job::every("end unanswered orders", often, &app, jobs::end_unanswered),
            Job::every("forget old keys", Duration::from_hours(1), &app, jobs::forget_keys),
        ],
        router: routes::router(app),
    })
}
