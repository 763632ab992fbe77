use std::{collections::BTreeMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use anyhow::Context as _;
use axum::{Router, extract::Request, response::IntoResponse};
use cache::Bell;
use feed::{Carrier, Embedded, RabbitMq};
use futures::FutureExt;
use kernel::Clock;
use secrecy::ExposeSecret;
use store::{Db, Migration, Schema, Server};
use tokio::{net::TcpListener, task::JoinSet, time::timeout};
use tokio_util::sync::CancellationToken;
use wire::{Client, HouseKey, Problem, Rule, Upstream, Verifier};

use crate::{
    Context, Directory, Job, Part, Service, Settings, Strangers,
    door::Doors,
    edge::edged,
    first::First,
    listen::{self, Ending},
    news, ready,
};

/// How long what is under way may take once a process stops: as long as a request may.
const LAST_ANSWERS: Duration = Duration::from_secs(25);
/// How long a round of a job may take: as long as from one to the next, between these.
const SHORTEST_ROUND: Duration = Duration::from_mins(1);
const LONGEST_ROUND: Duration = Duration::from_mins(10);

/// All that a house is made of, before any of it runs.
pub struct House {
    pub settings: Arc<Settings>,
    pub clock: Clock,
    /// Every service there is, whether or not it runs in this process.
    pub parts: &'static [Part],
    /// Services that are neither among the parts nor at an address of the settings: stand-ins.
    pub stand_ins: BTreeMap<String, Upstream>,
}

/// Services that run in this process.
pub struct Process {
    routers: BTreeMap<&'static str, First>,
    settings: Arc<Settings>,
    tasks: JoinSet<()>,
    ending: Ending,
    /// Where the gateway runs here and strangers connect to it themselves.
    strangers: Option<Strangers>,
    pub carrier: Carrier,
    pub bell: Bell,
}

impl House {
    /// The database that the settings name.
    pub fn server(&self) -> anyhow::Result<Server> {
        let database = &self.settings.database;
        let url = database.url.expose_secret();
        anyhow::ensure!(!url.is_empty(), "set DATABASE_URL, or run `make demo` for one of its own");
        let secret = self.settings.house.secret.expose_secret();
        let server = Server::new(url, secret.as_bytes(), database.pool_size)?;
        let replicas = database.replicas.iter().map(ExposeSecret::expose_secret);
        server
            .with_replicas(replicas, Duration::from_millis(database.replica_lag_ms))
            .context("database.replicas")
    }

    /// Brings every schema up to date, calling `told` before each, and forgets what nobody wants to be
    /// told of any more. A process that starts without it does not: it may be of an older version.
    pub async fn migrate(&self, told: impl Fn(&str)) -> anyhow::Result<()> {
        let server = self.server()?;
        told("feed");
        server.prepare(&feed::carrier_schema()).await?;
        let carrier = self.carrier().await?;
        for part in self.parts {
            carrier.declare_only(part.name, part.follows).await?;
        }
        for part in self.parts {
            told(part.name);
            server.prepare(&schema(part)).await?;
        }
        Ok(())
    }

    /// What each schema still lacks; an error where one cannot be entered by its own role.
    pub async fn pending(&self) -> anyhow::Result<Vec<(&'static str, Vec<&'static str>)>> {
        let server = self.server()?;
        let schemas = std::iter::once(feed::carrier_schema()).chain(self.parts.iter().map(schema));
        let mut all = Vec::new();
        for schema in schemas {
            let pool = server.open(&schema).await?;
            let pending = schema.pending(&pool).await;
            pool.close().await;
            all.push((schema.name, pending?));
        }
        Ok(all)
    }

    /// What carries this house's events.
    pub async fn carrier(&self) -> anyhow::Result<Carrier> {
        // Without a broker an event in hand has its connection while its follower works, and asks others.
        let server = self.server()?.with_pools_of(2 * self.settings.database.pool_size);
        let db = server.open(&feed::carrier_schema()).await?;
        let Some(broker) = self.settings.events.broker() else {
            return Ok(Carrier::Embedded(Embedded::new(db)));
        };
        choose_cryptography();
        let carrier = RabbitMq::new(db, &broker).context("events.rabbitmq_url")?;
        Ok(Carrier::RabbitMq(carrier))
    }

    /// One service's schema, for commands that work on it without serving.
    pub async fn database(&self, service: &str) -> anyhow::Result<Db> {
        let part = self.parts.iter().find(|part| part.name == service);
        let part = part.with_context(|| format!("there is no service {service}"))?;
        self.server()?.open(&schema(part)).await
    }

    /// The socket of the public address. Whoever connects before it is served waits: where a start takes
    /// long, and others could answer, it is bound after that.
    pub async fn bind(&self) -> anyhow::Result<TcpListener> {
        bind(&self.settings.listen, "listen").await
    }

    /// Starts the named services; the others are called over the network where the settings say.
    pub async fn start(&self, names: &[&str]) -> anyhow::Result<Process> {
        choose_cryptography();
        let (house, keys) = (self.settings.house_key()?, self.settings.fixed_keys()?);
        let server = self.server()?;
        if self.settings.database.migrate_on_start {
            self.migrate(|_| ()).await?;
        }
        let carrier = self.carrier().await?;
        for part in self.parts {
            carrier.declare(part.name, part.follows).await?;
        }
        let redis = self.settings.connect_redis().await?;
        let bell = Bell::new(redis.as_ref());
        let directory = self.directory(names);
        let blind = Duration::from_secs(self.settings.auth.blind_after_seconds);
        let verifier = Verifier::new(&keys, house.clone(), self.clock.clone(), blind);
        let mut process = Process {
            routers: BTreeMap::new(),
            settings: Arc::clone(&self.settings),
            tasks: JoinSet::new(),
            ending: Ending::default(),
            strangers: None,
            carrier: carrier.clone(),
            bell: bell.clone(),
        };
        process.keep_carrying(carrier.clone());
        for part in self.parts.iter().filter(|part| names.contains(&part.name)) {
            let db = server.open(&schema(part)).await?;
            let context = Context {
                name: part.name,
                reads: server.reads(&schema(part), &db),
                clock: self.clock.clone(),
                settings: Arc::clone(&self.settings),
                db,
                carrier: carrier.clone(),
                redis: redis.clone(),
                bell: bell.clone(),
                verifier: verifier.clone(),
                directory: directory.clone(),
                leaving: process.ending.leaving.clone(),
                house: house.clone(),
                open_api: part.open_api,
            };
            let service = (part.start)(context.clone())
                .await
                .with_context(|| format!("start {}", part.name))?;
            process.add(&context, service, Doors::of(part)?)?;
        }
        process.look_at_others(&directory, &house, &self.clock);
        process.measure(server);
        let here = self.parts.iter().filter(|part| names.contains(&part.name));
        if here.flat_map(|part| part.access).any(Rule::wants_tokens) {
            let accounts = directory.upstream("accounts")?;
            let accounts = Client::new(accounts, "accounts", "host", house, self.clock.clone());
            // Where accounts has yet to start it is asked again, and until then no token holds.
            let _ = news::listen(&accounts, &verifier).await;
            let (bell, stop) = (bell.listen(news::ACCESS_ENDED), process.ending.stop.clone());
            process.tasks.spawn(news::keep_listening(accounts, verifier, bell, stop));
        }
        Ok(process)
    }

    fn directory(&self, names: &[&str]) -> Directory {
        // A redirect is an answer like any other: the gateway hands it on, nobody follows it.
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(2))
            // Sooner than the other side lets go of a connection that does nothing.
            .pool_idle_timeout(Duration::from_secs(30))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build();
        let http = http.unwrap_or_default();
        let here = self.parts.iter().filter(|part| names.contains(&part.name));
        let mut upstreams: BTreeMap<String, Upstream> = self
            .settings
            .upstreams
            .iter()
            .map(|(name, at)| (name.clone(), Upstream::remote(&at.0, http.clone())))
            .collect();
        upstreams.extend(self.stand_ins.clone());
        upstreams.extend(here.map(|part| (part.name.to_owned(), Upstream::local())));
        Directory::new(upstreams)
    }
}

/// Says by which library TLS encrypts. Before the first HTTP client; again changes nothing.
pub fn choose_cryptography() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn schema(part: &Part) -> Schema {
    let mut migrations: Vec<Migration> = feed::TABLES.to_vec();
    migrations.extend_from_slice(part.migrations);
    Schema { name: part.name, migrations }
}

impl Process {
    fn add(&mut self, context: &Context, service: Service, doors: Doors) -> anyhow::Result<()> {
        let mut router = service.router;
        self.strangers = self.strangers.take().or(service.strangers);
        if context.name != "gateway" {
            router = router.merge(ready::route(context, doors.take_tokens()));
        }
        let first = First { at_once: service.at_once, rest: edged(router, context, doors) };
        let upstream = context.directory.upstream(context.name)?;
        upstream.fill(first.clone().router(), service.at_hand);
        self.routers.insert(context.name, first);
        let relay = feed::relay(
            context.db.clone(),
            context.carrier.clone(),
            context.name,
            self.ending.stop.clone(),
        );
        self.tasks.spawn(relay);
        if !service.followers.is_empty() {
            let (carrier, stop) = (context.carrier.clone(), self.ending.stop.clone());
            let (name, followers) = (context.name, Arc::new(service.followers));
            self.tasks.spawn(async move { carrier.consume(name, followers, stop).await });
        }
        let fastest = self.settings.job_pace_ms.map_or(Duration::MAX, Duration::from_millis);
        for job in service.jobs {
            let (pace, stop) = (job.every.min(fastest), self.ending.stop.clone());
            self.tasks.spawn(repeat(job, pace, stop));
        }
        Ok(())
    }

    /// Looks at the processes that this one calls, so that none is called that has gone.
    fn look_at_others(&mut self, directory: &Directory, house: &HouseKey, clock: &Clock) {
        for (service, upstream) in directory.all() {
            let Upstream::Remote(peers) = upstream else { continue };
            let path = format!("/internal/{service}/ready");
            let (peers, house, clock) = (Arc::clone(peers), house.clone(), clock.clone());
            let stop = self.ending.stop.clone();
            self.tasks.spawn(async move {
                let token = || house.token("host", clock.now()).ok();
                let looking = peers.keep_looking(&path, token);
                stop.run_until_cancelled(looking).await;
            });
        }
    }

    fn keep_carrying(&mut self, carrier: Carrier) {
        let stop = self.ending.stop.clone();
        self.tasks.spawn(async move { carrier.keep(stop).await });
    }

    /// Measures how far behind the replicas of the database are.
    fn measure(&mut self, server: Server) {
        let stop = self.ending.stop.clone();
        self.tasks.spawn(async move {
            stop.run_until_cancelled(server.keep_measuring()).await;
        });
    }

    /// One service's router, as the network would see it.
    pub fn router(&self, service: &str) -> Option<Router> {
        self.routers.get(service).cloned().map(First::router)
    }

    /// What the public address answers with: the gateway when it runs here, else all that runs
    /// here.
    fn public(&self) -> First {
        self.routers.get("gateway").cloned().unwrap_or_else(|| self.internal())
    }

    /// All that runs here but the gateway, for other processes: `/v1/orders/…` and
    /// `/internal/orders/…` go to orders, `/pay/…` to payments.
    fn internal(&self) -> First {
        let mut routers = self.routers.clone();
        routers.remove("gateway");
        // Links that people are sent are short: they do not name their service.
        let pages = routers.get("payments").cloned();
        routers.extend(pages.map(|router| ("pay", router)));
        let all = Router::new().fallback(move |request: Request| {
            let mut name = request.uri().path().split('/').skip(1).take(2);
            let router = name.find_map(|name| routers.get(name).cloned());
            async move {
                match router {
                    Some(router) => router.answer(request).await.into_response(),
                    None => Problem::not_found("path").into_response(),
                }
            }
        });
        all.into()
    }

    /// Serves on the public address's socket until `until` resolves, then stops taking requests, ends what
    /// is under way, and returns.
    pub async fn serve(
        mut self,
        listener: TcpListener,
        until: impl Future<Output = ()>,
    ) -> anyhow::Result<()> {
        self.listen(listener);
        let internal = self.settings.internal_listen.clone();
        if !internal.is_empty() {
            let listener = bind(&internal, "internal_listen").await?;
            self.answer(listener, self.internal(), None);
        }
        until.await;
        self.stop().await;
        Ok(())
    }

    /// Answers on a socket that is already bound, as on the public address.
    pub fn listen(&mut self, listener: TcpListener) {
        self.answer(listener, self.public(), self.strangers.clone());
    }

    fn answer(&mut self, listener: TcpListener, first: First, strangers: Option<Strangers>) {
        self.tasks.spawn(listen::serve(listener, first, strangers, self.ending.clone()));
    }

    /// Says that it is about to end, and after the notice stops jobs, followers and listening; gives
    /// requests under way the time that a request may take.
    pub async fn stop(mut self) {
        self.ending.leaving.cancel();
        tokio::time::sleep(Duration::from_millis(self.settings.leave_notice_ms)).await;
        self.ending.stop.cancel();
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        let _ = timeout(LAST_ANSWERS, ended).await;
        self.tasks.shutdown().await;
    }
}

async fn repeat(job: Job, pace: Duration, stop: CancellationToken) {
    let patience = job.every.clamp(SHORTEST_ROUND, LONGEST_ROUND);
    loop {
        round(&job, patience).await;
        tokio::select! {
            () = tokio::time::sleep(pace) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Neither a round that panics nor one that waits for what never answers must be the last.
async fn round(job: &Job, patience: Duration) {
    let name = job.name;
    let work = AssertUnwindSafe(async { (job.run)().await }).catch_unwind();
    match timeout(patience, work).await {
        Ok(Ok(Ok(()))) => {}
        Ok(Ok(Err(error))) => {
            tracing::warn!(job = name, error = format!("{error:#}"), "will be tried again");
        }
        Ok(Err(_)) => tracing::error!(job = name, "panicked; will be tried again"),
        Err(_) => tracing::warn!(job = name, "took too long; will be tried again"),
    }
}

async fn bind(address: &str, setting: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => anyhow::anyhow!(
            "the address {address} is in use: stop what listens there, or set `{setting}` \
             (TIPPLE__{}) to another port",
            setting.to_uppercase()
        ),
        _ => anyhow::anyhow!("cannot listen on {address}: {error}"),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_job_that_panics_comes_again() {
        let (rounds, stop) = (Arc::new(AtomicU32::new(0)), CancellationToken::new());
        let app = (Arc::clone(&rounds), stop.clone());
        let pace = Duration::from_millis(1);
        let job = Job::every("trouble", pace, &app, |(rounds, stop)| async move {
            match rounds.fetch_add(1, Ordering::Relaxed) {
                0 => panic!("on purpose"),
                1 => anyhow::bail!("on purpose"),
                _ => stop.cancel(),
            }
            Ok(())
        });
        let ended = tokio::time::timeout(Duration::from_secs(5), repeat(job, pace, stop)).await;
        assert!(ended.is_ok() && rounds.load(Ordering::Relaxed) == 3);
    }

    #[tokio::test]
    async fn a_job_that_waits_for_what_never_answers_does_so_for_one_round() {
        let job = Job::every("silence", Duration::from_secs(1), &(), |()| std::future::pending());
        let ended = timeout(Duration::from_secs(30), round(&job, Duration::from_millis(20))).await;
        assert!(ended.is_ok());
    }
}
