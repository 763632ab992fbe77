//! Gateway: one address for all services, and the only part of the house that strangers reach.

mod access;
mod anew;
mod at_once;
mod config;
mod dead_letters;
mod documents;
mod edge;
mod export;
mod forward;
mod health;
mod keyed;
mod limits;
mod may;
mod pages;
mod places;
mod position;
mod routes;
mod shares;
mod site;
mod target;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use cache::{Cache, Times};
use feed::Carrier;
use host::{AtOnce, Context, Job, Part, Service};
use secrecy::ExposeSecret;
use store::Reads;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use wire::{Client, Upstream, Verifier};

pub use crate::{config::Config, documents::merge};

/// Gateway, for the binary.
pub const PART: Part = Part {
    name: "gateway",
    migrations: &[],
    follows: &[],
    open_api: routes::open_api,
    access: access::ACCESS,
    undocumented: true,
    start: |context| Box::pin(start(context)),
};

/// Tells what the services of this house are: their documents, and who may call what; the first call
/// counts. The binary knows all services, and the gateway must not.
pub fn publish(parts: &[Part]) {
    let documents: Vec<_> = parts.iter().map(|part| (part.name, (part.open_api)())).collect();
    keyed::publish(&documents);
    documents::publish(documents);
    may::publish(parts.iter().flat_map(|part| part.access).collect());
}

/// Every service that may be reached from outside.
const SERVICES: [&str; 10] = [
    "accounts",
    "catalogue",
    "cart",
    "orders",
    "payments",
    "delivery",
    "notifications",
    "insight",
    "compliance",
    "sandbox",
];

/// What every operation of the gateway has at hand.
pub(crate) type App = Arc<Gate>;

pub(crate) struct Gate {
    pub config: Config,
    pub carrier: Carrier,
    pub public_url: String,
    pub upstreams: BTreeMap<&'static str, Neighbour>,
    pub limits: limits::Limits,
    /// Whom tokens speak for, before anybody is asked for them.
    pub verifier: Verifier,
    /// Requests under way.
    pub places: places::Places,
    /// What of them each address has.
    pub shares: shares::Shares,
    /// Live streams that may still begin.
    pub streams: Arc<Semaphore>,
    /// What of them each person has.
    pub streams_of: shares::Shares,
    /// Cancelled when this process is about to end.
    pub leaving: CancellationToken,
    /// What the last look at the neighbours said: probes must not multiply.
    pub readiness: Cache<health::Readiness>,
    /// Where this process reads what may lag: for telling which replicas are left out.
    pub reads: Reads,
    /// How long a browser brings back what it has written.
    pub position_life: cookie::time::Duration,
    /// Has asked for anew what is at hand and no longer fresh.
    pub anew: anew::Anew,
    /// What is at hand, compressed.
    pub zipped: at_once::Zipped,
    /// The web app, where this program was built with it.
    pub site: Option<Arc<site::Site>>,
}

/// A service behind the gateway; neither when nobody knows where it is.
pub(crate) struct Neighbour {
    pub upstream: Option<Upstream>,
    /// For asking whether it is ready.
    pub client: Option<Client>,
}

async fn start(context: Context) -> anyhow::Result<Service> {
    let config: Config = context.config()?;
    config.check()?;
    let wanted = SERVICES.into_iter().filter(|name| config.services.iter().any(|it| it == name));
    let neighbours = wanted.filter_map(|name| {
        let upstream = context.directory.upstream(name).ok();
        // Only a house that plays at payments has a sandbox.
        let absent = name == "sandbox" && upstream.is_none();
        let neighbour = Neighbour { upstream, client: context.client(name).ok() };
        (!absent).then_some((name, neighbour))
    });
    let secret = context.settings.house.secret.expose_secret();
    let redis = context.redis.clone().map(|redis| (redis, secret.as_bytes()));
    let app = Arc::new(Gate {
        upstreams: neighbours.collect(),
        carrier: context.carrier.clone(),
        public_url: context.settings.public_url.clone(),
        limits: limits::Limits::new(&config, redis)?,
        places: places::Places::new(config.most_at_once),
        verifier: context.verifier.clone(),
        shares: shares::Shares::new(config.address_at_once),
        streams: Arc::new(Semaphore::new(config.most_streams)),
        streams_of: shares::Shares::new(config.person_streams),
        anew: anew::Anew::begin(context.leaving.clone()),
        leaving: context.leaving.clone(),
        readiness: Cache::in_process(1, Times::exactly(Duration::from_secs(1))),
        reads: context.reads.clone().measured(),
        position_life: position::lasting(context.settings.position_life()),
        zipped: Cache::in_process(at_once::MOST_ZIPPED, Times::exactly(at_once::ZIPPED_FOR)),
        site: site::Site::new(&config)?.map(Arc::new),
        config,
    });
    let tidy = Job::every("forget quiet askers", Duration::from_mins(1), &app, |app| async move {
        app.limits.tidy();
        Ok(())
    });
    let (router, strangers) = (routes::router(&app), app.config.strangers());
    let at_once: AtOnce = Arc::new(move |request| at_once::at_once(&app, request));
    let (jobs, at_once) = (vec![tidy], Some(at_once));
    Ok(Service { router, at_once, strangers, jobs, ..Service::default() })
}
