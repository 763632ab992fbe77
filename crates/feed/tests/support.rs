//! A service that tells, one that listens, and the carriers between them.

use std::{collections::BTreeMap, sync::Mutex, time::Duration};

use feed::Received;
use host::{Part, Service};
use kernel::{Event, Id};
use serde::{Deserialize, Serialize};
use sqlx::{Connection, PgConnection};
use testkit::{Bench, BenchBuilder};

/// What one test tells and hears.
pub type RunId = Id<Run>;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    pub run: RunId,
    pub about: String,
    pub number: u32,
}

impl Event for Told {
    const KIND: &'static str = "tipple.teller.told";
    fn subject(&self) -> String {
        self.about.clone()
    }
}

/// What nobody follows, but a newer version of the listener.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Whispered {
    pub run: RunId,
    pub about: String,
}

impl Event for Whispered {
    const KIND: &'static str = "tipple.teller.whispered";
    fn subject(&self) -> String {
        self.about.clone()
    }
}

/// What the listener has heard, and how often trouble is still to befall it.
#[derive(Default)]
pub struct Run {
    pub heard: Vec<(String, u32)>,
    pub panics: u32,
    pub errors: u32,
    /// How long it thinks about what it hears.
    pub pause: Duration,
}

static RUNS: Mutex<BTreeMap<RunId, Run>> = Mutex::new(BTreeMap::new());

pub fn run<T>(run: RunId, look: impl FnOnce(&mut Run) -> T) -> T {
    look(RUNS.lock().expect("nobody panics here").entry(run).or_default())
}

pub fn heard(of: RunId, about: &str) -> Vec<u32> {
    let all = run(of, |run| run.heard.clone());
    all.into_iter().filter(|(it, _)| it == about).map(|(_, number)| number).collect()
}

async fn listen(db: store::Db, told: Received<Told>) -> anyhow::Result<()> {
    let event = &told.event;
    let Some(tx) = told.once(&db).await? else { return Ok(()) };
    tokio::time::sleep(run(event.run, |run| run.pause)).await;
    if event.about == "trouble" {
        let left = |left: &mut u32| std::mem::replace(left, left.saturating_sub(1)) > 0;
        assert!(!run(event.run, |run| left(&mut run.panics)), "on purpose");
        anyhow::ensure!(!run(event.run, |run| left(&mut run.errors)), "on purpose");
    }
    tx.commit().await?;
    run(event.run, |run| run.heard.push((event.about.clone(), event.number)));
    Ok(())
}

/// A whisper counts as the number 0.
async fn overhear(db: store::Db, whispered: Received<Whispered>) -> anyhow::Result<()> {
    let Some(tx) = whispered.once(&db).await? else { return Ok(()) };
    tx.commit().await?;
    run(whispered.event.run, |run| run.heard.push((whispered.event.about.clone(), 0)));
    Ok(())
}

/// The listener's section.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Config {
    /// It has a queue, and does not listen to it.
    deaf: bool,
    /// It hears whispers too.
    newer: bool,
}

pub const PARTS: &[Part] = &[Part {
    name: "listener",
    migrations: &[],
    follows: &[Told::KIND],
    open_api: || host::open_api("Listener", "", &[], Default::default()),
    access: &[],
    undocumented: false,
    start: |context| {
        Box::pin(async move {
            let mut followers = vec![feed::follow(&context.db, listen)];
            let config = context.config::<Config>()?;
            if config.newer {
                followers.push(feed::follow(&context.db, overhear));
            }
            if config.deaf {
                followers.clear();
            }
            Ok(Service { followers, ..Service::default() })
        })
    },
}];

pub fn told(run: RunId, about: &str, number: u32) -> Told {
    Told { run, about: about.into(), number }
}

/// What carries the events of a test.
pub struct Carried {
    settings: String,
    /// How many of thousands it may take: a broker hands out one after the other.
    pub many: u32,
}

impl Carried {
    pub fn embedded() -> Self {
        Self { settings: String::new(), many: 10_000 }
    }

    /// What reaches a listener within the time of a test was carried by the broker: nobody looks into the
    /// outbox for what was lost before an hour is over.
    pub fn by_rabbitmq() -> Option<Self> {
        let url = testkit::broker()?;
        Some(Self { settings: by_broker(&url, 3600), many: 500 })
    }

    pub fn bench(&self) -> BenchBuilder {
        Bench::of(PARTS).settings(&self.settings)
    }
}

/// Settings for a broker, with names of the test's own.
pub fn by_broker(url: &str, sweep_seconds: u32) -> String {
    let name = name(RunId::new());
    format!(
        "[events]\nrabbitmq_url = \"{url}\"\nrabbitmq_name = \"{name}\"\n\
         sweep_seconds = {sweep_seconds}"
    )
}

fn name(run: RunId) -> String {
    format!("test_{}", run.uuid().simple())
}

/// A connection on which [`feed::append`] tells as the listener's service would.
pub async fn teller(bench: &Bench) -> PgConnection {
    let mut connection = bench.connection().await;
    sqlx::query("set search_path to listener").execute(&mut connection).await.expect("a schema");
    connection
}

/// Tells of these, all in one transaction.
pub async fn tell_all(bench: &Bench, events: &[Told]) {
    let mut connection = teller(bench).await;
    let mut tx = connection.begin().await.expect("a transaction");
    feed::append_all(&mut tx, events, bench.now()).await.expect("appended");
    tx.commit().await.expect("committed");
}

pub async fn count(bench: &Bench, what: &'static str) -> i64 {
    sqlx::query_scalar(what).fetch_one(&mut bench.connection().await).await.expect("a number")
}

pub const UNSENT: &str = "select count(*) from listener.outbox where sent_at is null";

/// Waits until the outbox has been sent.
pub async fn all_sent(bench: &Bench) {
    wait(bench, "all are sent", || async { count(bench, UNSENT).await == 0 }).await;
}

/// Waits until exactly these are heard, in this order.
pub async fn hears(bench: &Bench, id: RunId, about: &str, wanted: &[u32]) {
    wait(bench, "they are heard", || async { heard(id, about).len() >= wanted.len() }).await;
    assert_eq!(heard(id, about), wanted);
}

/// Waits for as long as a broker may take to come back.
pub async fn wait<F, W>(bench: &Bench, what: &str, look: F)
where
    F: Fn() -> W,
    W: Future<Output = bool>,
{
    for _ in 0..6 {
        let seen = async { bench.eventually(what, || async { look().await.then_some(()) }).await };
        if tokio::time::timeout(Duration::from_secs(9), seen).await.is_ok() {
            return;
        }
    }
    panic!("it never happened: {what}");
}
