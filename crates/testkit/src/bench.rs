use std::{collections::BTreeMap, future::Future, sync::Arc, time::Duration};

use axum::Router;
use host::{House, Part, Process, Settings};
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use kernel::{Actor, Clock, Event, Id};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use wire::{AtHand, Freshness, HouseKey, Pass, SigningKey, Upstream};

use crate::{Caller, Replicated, news};

/// The house secret of a bench.
pub const SECRET: &str = "a house secret for tests only, nowhere else";
/// Of the Ed25519 key whose tokens a bench takes.
pub const SIGNING_SEED: [u8; 32] = [1; 32];

/// Monday, 15 June 2026, 12:00 in Des Moines: when every test begins.
pub const NOON: &str = "2026-06-15T17:00:00Z";

const NOTHING_KEPT: &str = "[cache]\nfresh_ms = 0\n";

/// Services on a fresh database, with a clock that stands until it is turned.
pub struct Bench {
    pub process: Process,
    pub clock: Clock,
    pub settings: Arc<Settings>,
    /// The address of the test's own database, with all rights.
    pub database_url: String,
    parts: &'static [Part],
    toml: String,
    stand_ins: BTreeMap<String, StandIn>,
}

/// A service that a test plays.
type StandIn = (Router, Option<AtHand>);

/// A bench to be.
pub struct BenchBuilder {
    parts: &'static [Part],
    settings: String,
    stand_ins: BTreeMap<String, StandIn>,
    clock: Clock,
    job_pace_ms: u32,
    leave_notice_ms: u32,
    /// The settings of [cache] and [redis].
    kept: String,
    /// The settings of [database], where it is not a fresh one on the common server.
    replicated: Option<(String, String)>,
}

impl BenchBuilder {
    /// Keeps answers for so long, fresh and stale, where otherwise a bench keeps none: its clock
    /// stands, and a cache's does not.
    pub fn cached(mut self, fresh_ms: u32, stale_ms: u32) -> Self {
        let times = format!("[cache]\nfresh_ms = {fresh_ms}\nstale_ms = {stale_ms}\n");
        self.kept = self.kept.replace(NOTHING_KEPT, &times);
        self
    }

    /// Uses the Redis at this address, under a prefix of the test's own, and waits for its answers
    /// as long as a busy machine may take.
    pub fn redis(mut self, url: &str) -> Self {
        let prefix = Id::<Bench>::new().uuid().simple();
        let redis =
            format!("[redis]\nurl = \"{url}\"\nprefix = \"{prefix}\"\npatience_ms = 2000\n");
        self.kept.push_str(&redis);
        self
    }

    /// On a server of the test's own, of which what may be so old is read from the replica.
    pub fn replicated(mut self, servers: &Replicated, lag_ms: u32) -> Self {
        let replica = servers.replica_url();
        let settings = format!("replicas = [\"{replica}\"]\nreplica_lag_ms = {lag_ms}\n");
        self.replicated = Some((servers.primary_url(), settings));
        self
    }

    /// How soon jobs come round, where 50 ms is more often than they are needed.
    pub fn job_pace_ms(mut self, pace: u32) -> Self {
        self.job_pace_ms = pace;
        self
    }

    /// How long the process says that it is about to end, where it does not end at once.
    pub fn leave_notice_ms(mut self, notice: u32) -> Self {
        self.leave_notice_ms = notice;
        self
    }

    /// More settings, as TOML.
    pub fn settings(mut self, toml: &str) -> Self {
        self.settings.push_str(toml);
        self.settings.push('\n');
        self
    }

    /// A router that stands in for a service that is not among the parts.
    pub fn stand_in(mut self, service: &str, router: Router) -> Self {
        self.stand_ins.insert(service.into(), (router, None));
        self
    }

    /// What a stand-in has at hand for everyone alike.
    pub fn at_hand(mut self, service: &str, at_hand: AtHand) -> Self {
        self.stand_ins.entry(service.into()).or_default().1 = Some(at_hand);
        self
    }

    /// Another clock, such as the machine's.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Starts all the parts on a fresh database.
    pub async fn start(self) -> Bench {
        let (database_url, replicas) = match self.replicated {
            Some(replicated) => replicated,
            None => (fresh_database().await, String::new()),
        };
        let public = hex::encode(signing_key().verifying_key().bytes);
        let overrides = format!(
            "job_pace_ms = {}\nleave_notice_ms = {}\n{}\n[database]\nurl = \"{database_url}\"\npool_size = 10\n\
             {replicas}\
             [house]\nsecret = \"{SECRET}\"\n\
             [auth]\nverifying_keys = [\"{public}\"]\nblind_after_seconds = 300\n\
             [log]\nlevel = \"warn\"\n{}",
            self.job_pace_ms,
            self.leave_notice_ms,
            with_secret(self.settings),
            self.kept
        );
        Bench::on(database_url, self.clock, self.parts, (overrides, self.stand_ins)).await
    }
}

impl Bench {
    /// A bench with these services.
    pub fn of(parts: &'static [Part]) -> BenchBuilder {
        let noon = NOON.parse().expect("an instant");
        BenchBuilder {
            parts,
            settings: String::new(),
            stand_ins: BTreeMap::new(),
            clock: Clock::turned(noon),
            job_pace_ms: 50,
            leave_notice_ms: 0,
            kept: NOTHING_KEPT.into(),
            replicated: None,
        }
    }

    /// A process on this database, with its settings as TOML and what stands in for its neighbours.
    async fn on(
        database_url: String,
        clock: Clock,
        parts: &'static [Part],
        (toml, stand_ins): (String, BTreeMap<String, StandIn>),
    ) -> Self {
        let settings = Arc::new(Settings::load(None, &toml).expect("settings"));
        host::start_logging(&settings.log);
        let names: Vec<&str> = parts.iter().map(|part| part.name).collect();
        let house = House {
            settings: Arc::clone(&settings),
            clock: clock.clone(),
            parts,
            stand_ins: neighbours(stand_ins.clone(), &names, &clock),
        };
        let process = house.start(&names).await.expect("the services start");
        Self { process, clock, settings, database_url, parts, toml, stand_ins }
    }

    /// Another process of the same house, beside this one: on the same database and by the same clock,
    /// with the settings changed. Stand-ins that were brought are not there.
    pub async fn another(&self, change: impl FnOnce(String) -> String) -> Self {
        self.beside(change(self.toml.clone()), BTreeMap::new()).await
    }

    /// Another process of the same house, in nothing different from this one.
    pub async fn twin(&self) -> Self {
        self.beside(self.toml.clone(), self.stand_ins.clone()).await
    }

    async fn beside(&self, toml: String, stand_ins: BTreeMap<String, StandIn>) -> Self {
        let Self { database_url, clock, parts, .. } = self;
        Self::on(database_url.clone(), clock.clone(), parts, (toml, stand_ins)).await
    }

    /// The same house after its process has stopped, with the settings changed. Stand-ins that were brought
    /// are not there.
    pub async fn restarted(self, change: impl FnOnce(String) -> String) -> Self {
        let Self { process: before, clock, database_url, parts, toml, .. } = self;
        before.stop().await;
        Self::on(database_url, clock, parts, (change(toml), BTreeMap::new())).await
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Turns the clock.
    pub fn advance(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// Someone without a token.
    pub fn anyone(&self, service: &str) -> Caller {
        let router = self.process.router(service).expect("a service that runs here");
        Caller { router, headers: HeaderMap::new() }
    }

    /// A signed-in person.
    pub fn signed(&self, service: &str, actor: &Actor) -> Caller {
        self.anyone(service).with("authorization", &format!("Bearer {}", self.token(actor)))
    }

    /// Another service of the house.
    pub fn house(&self, service: &str) -> Caller {
        let token = house_key().token("testkit", self.now()).expect("a token");
        self.anyone(service).with(wire::HOUSE_HEADER, &token)
    }

    /// What this house tells those who have written, for them to bring back.
    pub fn position(&self, freshness: Freshness) -> String {
        house_key().seal(freshness, self.now()).expect("one that says something")
    }

    /// An access token as accounts would give it, good for a day of the bench's clock.
    pub fn token(&self, actor: &Actor) -> String {
        let (actor, session) = (actor.clone(), Id::new());
        self.signed_pass(&Pass { actor, session, version: 1, scopes: None })
    }

    /// The same for any pass.
    pub fn signed_pass(&self, pass: &Pass) -> String {
        let life = SignedDuration::from_hours(24);
        signing_key().sign(pass, self.now(), life).expect("a token").token
    }

    /// Tells the followers of `event` as if its service had.
    pub async fn tell<E: Event>(&self, event: &E) {
        feed::tell(&self.process.carrier, event, self.now()).await.expect("the event is carried");
    }

    /// What a service has told so far, oldest first, of one kind.
    pub async fn told<E: Event>(&self, service: &str) -> Vec<E> {
        let query =
            format!("select body -> 'data' from {service}.outbox where kind = $1 order by id");
        let rows: Vec<Value> = sqlx::query_scalar(AssertSqlSafe(query))
            .bind(E::KIND)
            .fetch_all(&mut self.connection().await)
            .await
            .expect("the outbox");
        rows.into_iter().map(|row| serde_json::from_value(row).expect("the event")).collect()
    }

    /// A connection with all rights, to look behind the scenes.
    pub async fn connection(&self) -> PgConnection {
        PgConnection::connect(&self.database_url).await.expect("the database")
    }

    /// Waits until `look` finds something, while the clock goes on two seconds at a time.
    pub async fn later<T, F, W>(&self, what: &str, look: F) -> T
    where
        F: Fn() -> W,
        W: Future<Output = Option<T>>,
    {
        for _ in 0..400 {
            if let Some(found) = look().await {
                return found;
            }
            self.advance(2);
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("it never happened: {what}");
    }

    /// Waits until `look` finds something, for at most ten seconds.
    #[track_caller]
    pub fn eventually<T, F, W>(&self, what: &str, look: F) -> impl Future<Output = T>
    where
        F: Fn() -> W,
        W: Future<Output = Option<T>>,
    {
        let what = what.to_owned();
        async move {
            for _ in 0..500 {
                if let Some(found) = look().await {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            panic!("it never happened: {what}");
        }
    }
}

/// The key that signs this test's tokens.
fn signing_key() -> SigningKey {
    SigningKey::from_seed(&SIGNING_SEED).expect("a key")
}

fn house_key() -> HouseKey {
    HouseKey::new(SECRET.as_bytes()).expect("a long secret")
}

/// Those that the test brings. Without accounts among the parts somebody else must say that
/// there is no news.
fn neighbours(
    mut brought: BTreeMap<String, StandIn>,
    parts: &[&str],
    clock: &Clock,
) -> BTreeMap<String, Upstream> {
    if !parts.contains(&"accounts") {
        let accounts = &mut brought.entry("accounts".into()).or_default().0;
        *accounts = std::mem::take(accounts).merge(news::no_news(house_key(), clock.clone()));
    }
    let filled = brought.into_iter().map(|(service, (router, at_hand))| {
        let upstream = Upstream::local();
        upstream.fill(router, at_hand);
        (service, upstream)
    });
    filled.collect()
}

/// The settings, with a secret for accounts.
fn with_secret(settings: String) -> String {
    let secret = format!("[accounts]\nsecret = \"accounts: {SECRET}\"");
    if settings.contains("[accounts]\n") {
        settings.replacen("[accounts]", &secret, 1)
    } else {
        format!("{settings}\n{secret}")
    }
}

/// A new empty database on the server that `tipple postgres` started for the tests. Those of tests
/// that have ended are deleted, so that the disk holds only what is in use.
pub async fn fresh_database() -> String {
    new_database("").await
}

/// The same, as a copy of the database at that address, to which nobody may be connected.
pub async fn copied_database(of: &str) -> String {
    let (_, name) = of.rsplit_once('/').expect("a database address");
    new_database(&format!("template {name}")).await
}

async fn new_database(how: &str) -> String {
    let server = std::env::var("TIPPLE_TEST_DATABASE_URL")
        .expect("run the tests with `make test`, or with `tipple postgres -- cargo test`");
    let mut admin = PgConnection::connect(&server).await.expect("the test server");
    let name = format!("test_{}_{}", std::process::id(), Id::<Bench>::new().uuid().simple());
    sqlx::query(AssertSqlSafe(format!("create database {name} {how}")))
        .execute(&mut admin)
        .await
        .expect("a new database");
    drop_ended(&mut admin).await;
    let (base, _) = server.rsplit_once('/').expect("a database address");
    format!("{base}/{name}")
}

/// Drops a few databases whose test's process is gone. Another test may be at the same ones.
async fn drop_ended(admin: &mut PgConnection) {
    let query = "select datname from pg_database where datname like 'test\\_%' limit 200";
    let names: Vec<String> = sqlx::query_scalar(query).fetch_all(&mut *admin).await.expect("names");
    let ended = names.iter().filter(|name| {
        let process = name.split('_').nth(1).unwrap_or_default();
        cfg!(target_os = "linux") && !std::path::Path::new("/proc").join(process).exists()
    });
    for name in ended.take(3) {
        let drop = format!("drop database if exists {name} with (force)");
        let _ = sqlx::query(AssertSqlSafe(drop)).execute(&mut *admin).await;
    }
}
