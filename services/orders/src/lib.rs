//! Orders: how a cart becomes an order, what becomes of it, and who may see and move it.

mod access;
mod config;
mod db;
mod dead_letters;
mod followers;
mod jobs;
mod lifecycle;
mod moves;
mod order;
mod packing;
mod picking;
mod placing;
mod routes;
mod sale;
mod view;

use std::{sync::Arc, time::Duration};

use accounts_api::PersonErased;
use cache::Cache;
use cart_api::Carts;
use catalogue_api::Catalogue;
use compliance_api::Compliance;
use delivery_api::{Deliveries, JobMoved};
use feed::Carrier;
use host::{Context, Job, Live, Part, Service};
use kernel::{Clock, Event};
use payments_api::{PaymentMoved, Payments};
use store::{Db, Reads};

pub use crate::config::Config;

/// Orders, for the binary.
pub const PART: Part = Part {
    name: "orders",
    migrations: store::migrations![
        "V1__orders.sql",
        "V2__erasure.sql",
        "V3__live_cart_of_its_customer.sql",
        "V4__way_to_pay.sql",
        "V5__saved_method.sql",
        "V7__lists.sql",
        "V8__slots.sql",
        "V9__picks.sql",
        "V10__under_way.sql",
    ],
    follows: &[PaymentMoved::KIND, JobMoved::KIND, PersonErased::KIND],
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
    pub carrier: Carrier,
    pub clock: Clock,
    pub config: Arc<Config>,
    pub carts: Carts,
    pub catalogue: Catalogue,
    pub compliance: Compliance,
    pub payments: Payments,
    pub deliveries: Deliveries,
    /// Who watches an order.
    pub live: Live,
    /// Lines and history of orders, for each writing of an order's row.
    pub details: Cache,
}

const MINUTE: Duration = Duration::from_mins(1);

async fn start(context: Context) -> anyhow::Result<Service> {
    let app = App {
        config: Arc::new(context.config()?),
        carts: Carts::new(context.client("cart")?),
        catalogue: Catalogue::new(context.client("catalogue")?),
        compliance: Compliance::new(context.client("compliance")?),
        payments: Payments::new(context.client("payments")?),
        deliveries: Deliveries::new(context.client("delivery")?),
        live: context.live("order"),
        details: context.unchanging(),
        db: context.db,
        reads: context.reads.measured(),
        carrier: context.carrier,
        clock: context.clock,
    };
    let often = Duration::from_secs(2);
    Ok(Service {
        followers: vec![
            feed::follow(&app, followers::payments::moved),
            feed::follow(&app, followers::delivery::moved),
            feed::follow(&app, followers::erasure::person_erased),
        ],
        jobs: vec![
            Job::every("recover orders being placed", often, &app, placing::recover),
            Job::every("end unpaid orders", often, &app, jobs::end_unpaid),
            Job::every("end unanswered orders", often, &app, jobs::end_unanswered),
            Job::every("cut the erased", MINUTE, &app, followers::erasure::cut_erased),
            Job::every("cut dead letters", MINUTE, &app, dead_letters::cut),
            Job::every("forget old keys", Duration::from_hours(1), &app, jobs::forget_keys),
        ],
        router: routes::router(app),
        ..Service::default()
    })
}
