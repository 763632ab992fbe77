//! A cluster as `tipple cluster` runs it: it answers as one process does, and whatever is killed in it, every
//! order that was taken comes to its end, once.
//!
//! `TIPPLE_ROULETTE_SECONDS` says for how long processes are killed, and `TIPPLE_ROULETTE_SEED` repeats a run.

mod support;

use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::body::Body;
use http::{Request, header};
use kernel::{PersonId, Role};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use sqlx::Connection;
use support::{
    SECRET, Town,
    settle::Settled,
    story::{House, assert_equal, story},
    trade::{Before, Ends, Fate, buy, drive, everything_adds_up, keep_counter, watch_the_ledger},
};
use tipple::{PARTS, demo::visitor::Visitor};
use tokio::{sync::watch, task::JoinSet};
use wire::Upstream;

const BUYERS: usize = 3;
const DRIVERS: usize = 2;
const BOTTLES: u32 = 10_000;
/// The gap in service after a death.
const GAP: Duration = Duration::from_secs(2);
/// Whoever asks gives up after so long.
const LONG: Duration = Duration::from_secs(10);
/// Between two looks at one page.
const PACE: Duration = Duration::from_millis(300);
/// Whose twin was killed so short a time ago is left alone: there are two of each, not three.
const TWINS: Duration = Duration::from_secs(8);
/// Those of which there is one.
const SINGLE: [&str; 3] = ["rabbitmq", "redis", "postgres-replica"];

/// A cluster that runs, in a folder of its own.
struct Running {
    child: Child,
    folder: PathBuf,
    port: u16,
}

impl Running {
    fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("tipple-cluster-{}", PersonId::new()));
        let port = fifty_free_ports();
        let town = Town::of(String::new(), port + 2, vec![port, port + 1]);
        // What the test's own people, stores and tokens need; where things are the cluster knows itself.
        let settings = town.settings().into_iter().filter(|(name, _)| {
            let own = ["DATABASE_URL", "TIPPLE__PUBLIC_URL", "TIPPLE__LOG__LEVEL"];
            !own.contains(name) && !name.contains("UPSTREAMS") && !name.contains("SANDBOX")
        });
        let child = Command::new(env!("CARGO_BIN_EXE_tipple"))
            .args(["cluster", "--bare", "--port", &port.to_string(), "--data"])
            .arg(&folder)
            .env_remove("DATABASE_URL")
            .envs(settings)
            .env("TIPPLE__DATABASE__POOL_SIZE", "5")
            .env("TIPPLE__LOG__LEVEL", "warn")
            .env("TIPPLE__LEAVE_NOTICE_MS", "700")
            .env("TIPPLE__EVENTS__SWEEP_SECONDS", "2")
            .env("TIPPLE__PAYMENTS__POLL_OPEN_SECONDS", "3")
            .env("TIPPLE__ORDERS__PLACING_LEASE_SECONDS", "8")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        Self { child, folder, port }
    }

    /// Waits until it says that it runs, and shows all that it says.
    async fn is_ready(&mut self) {
        let mut said = self.child.stdout.take().expect("what it says");
        let (tell, told) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let (mut text, mut tell, mut piece) = (String::new(), Some(tell), [0; 4096]);
            while let Ok(length @ 1..) = said.read(&mut piece) {
                let piece = String::from_utf8_lossy(&piece[..length]);
                eprint!("{piece}");
                text.push_str(&piece);
                if text.contains("Ctrl-C")
                    && let Some(tell) = tell.take()
                {
                    let _ = tell.send(());
                }
            }
        });
        told.await.expect("it runs");
    }

    fn number(&self, name: &str) -> Option<Pid> {
        let text = fs::read_to_string(self.folder.join("run").join(name)).ok()?;
        Pid::from_raw(text.trim().parse().ok()?)
    }

    /// Ends one process and all that it started, at once.
    fn kill(&self, name: &str) -> bool {
        self.number(name).is_some_and(|process| kill_process_group(process, Signal::KILL).is_ok())
    }

    fn secret(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join("secrets").join(name)).expect("a secret")
    }

    /// The cluster as tests see a town.
    fn town(&self) -> Town {
        Town::of(self.secret("database.url"), self.port + 2, vec![self.port, self.port + 1])
    }

    /// Nothing of it listens to other machines, and nobody gets into its database without a password.
    async fn is_closed(&self) {
        let ports = self.port..self.port + 50;
        let mut open = Vec::new();
        for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
            let table = fs::read_to_string(table).unwrap_or_default();
            for line in table.lines().skip(1) {
                let [_, here, _, state] = line.split_whitespace().collect::<Vec<_>>()[..4] else {
                    continue;
                };
                let (address, port) = here.split_once(':').expect("an address");
                let port = u16::from_str_radix(port, 16).expect("a port");
                // 0A is listening, and zeros are every address.
                if state == "0A" && ports.contains(&port) && address.chars().all(|it| it == '0') {
                    open.push(port);
                }
            }
        }
        assert_eq!(open, [0; 0], "listen to everybody");
        for port in [self.port + 3, self.port + 4] {
            let stranger = format!("postgres://postgres@127.0.0.1:{port}/tipple");
            assert!(sqlx::PgConnection::connect(&stranger).await.is_err(), "{port}");
        }
    }

    /// What a doctor says, and whether all is well.
    fn doctor(&self) -> (bool, String) {
        let told = Command::new(env!("CARGO_BIN_EXE_tipple"))
            .arg("doctor")
            .env_remove("DATABASE_URL")
            .env("TIPPLE__HOUSE__SECRET", SECRET)
            .env("TIPPLE__ACCOUNTS__SECRET", format!("accounts: {SECRET}"))
            .env("TIPPLE_CONFIG", self.folder.join("tipple.toml"))
            .env("TIPPLE_SECRETS", self.folder.join("secrets"))
            .output()
            .expect("the binary runs");
        (told.status.success(), String::from_utf8_lossy(&told.stdout).into_owned())
    }

    async fn doctor_is_content(&self) {
        let mut said = String::new();
        for _ in 0..60 {
            let (well, told) = self.doctor();
            if well {
                return;
            }
            said = told;
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        panic!("the doctor finds something:\n{said}");
    }

    /// Whether services that show people lists have connections to the replica.
    async fn replica_was_read(&self) {
        let address = self.secret("database.replicas");
        let mut replica = sqlx::PgConnection::connect(&address).await.expect("the replica");
        let query =
            "select distinct usename::text from pg_stat_activity where usename ~ '^tipple_'";
        let readers: Vec<String> =
            sqlx::query_scalar(query).fetch_all(&mut replica).await.expect("an answer");
        for reader in ["tipple_catalogue", "tipple_orders"] {
            assert!(readers.iter().any(|name| name == reader), "{readers:?}");
        }
    }

    /// Asks it to end, and looks for what it left.
    async fn end(&mut self) {
        let number = Pid::from_raw(self.child.id() as i32).expect("a process");
        kill_process(number, Signal::TERM).expect("it runs");
        for _ in 0..1200 {
            if let Some(status) = self.child.try_wait().expect("a child") {
                assert!(status.success(), "{status}");
                let mark = format!("TIPPLE_CLUSTER={}", self.folder.display());
                assert_eq!(with_mark(&mark), [""; 0], "are left");
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it does not end");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let number = Pid::from_raw(self.child.id() as i32).expect("a process");
            let _ = kill_process(number, Signal::TERM);
            let _ = self.child.wait();
        }
        // As root the database's folder may be elsewhere, behind a link.
        for place in ["postgres-primary", "postgres-replica"] {
            if let Ok(elsewhere) = fs::read_link(self.folder.join(place)) {
                let _ = fs::remove_dir_all(elsewhere);
            }
        }
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// The command lines of processes that have this in their environment.
fn with_mark(mark: &str) -> Vec<String> {
    let all = fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.path());
    let marked = all.filter(|process| {
        let environment = fs::read(process.join("environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
    });
    marked.map(|one| fs::read_to_string(one.join("cmdline")).unwrap_or_default()).collect()
}

/// The first of fifty ports of which none is taken, below those that systems give to connections.
fn fifty_free_ports() -> u16 {
    let free = |port| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok();
    for _ in 0..100 {
        let first = 20_000 + u16::from_le_bytes(kernel::random_bytes::<2>()) % 240 * 50;
        if (first..first + 50).all(free) {
            return first;
        }
    }
    panic!("no fifty ports in a row are free");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_answers_as_one_process_does_and_outlives_whatever_is_killed() {
    if testkit::broker().is_none() {
        return;
    }
    let mut cluster = Running::start();
    let together = async { story(House::together(Town::new(1).await).await).await };
    let (together, ()) = tokio::join!(together, cluster.is_ready());
    assert_equal(&together, &story(House::of(cluster.town())).await);
    cluster.replica_was_read().await;
    cluster.is_closed().await;
    cluster.doctor_is_content().await;
    roulette(&cluster).await;
    cluster.doctor_is_content().await;
    cluster.end().await;
    let (well, told) = cluster.doctor();
    assert!(!well && told.contains("WRONG database"), "{told}");
}

/// People order, pack and drive while one process after another is killed.
async fn roulette(cluster: &Running) {
    let town = Arc::new(cluster.town());
    let operator = town.visitor(0, PersonId::new(), vec![Role::Operator]);
    let clerk =
        |store| town.visitor(1, PersonId::new(), vec![Role::Manager { stores: vec![store] }]);
    let settled = Arc::new(Settled::another(operator, clerk, BOTTLES).await);
    let customers = town.people(BUYERS + 1, &Role::Customer).await;
    let drivers = town.people(DRIVERS, &Role::Driver).await;
    // Besides the three of the story before.
    town.await_birthdays((BUYERS + 1 + DRIVERS + 3) as i64).await;
    let before = Before::of(&town).await;
    let (close, closed) = watch::channel(false);
    let (stop, stopped) = watch::channel(false);
    let mut work = JoinSet::new();
    work.spawn(keep_counter(Arc::clone(&settled), stopped.clone()));
    for (number, driver) in drivers.into_iter().enumerate() {
        let driver = town.visitor(number % 2, driver, vec![Role::Driver]);
        work.spawn(drive(driver, stopped.clone()));
    }
    let watching = tokio::spawn(watch_the_ledger(Arc::clone(&town), stopped.clone()));
    let looks = Looks::begin(&town, customers[BUYERS], &settled, &closed);
    let ends = Arc::new(Mutex::new(Ends::default()));
    let mut buying = JoinSet::new();
    for (number, customer) in customers.into_iter().take(BUYERS).enumerate() {
        let customer = town.visitor(number % 2, customer, vec![Role::Customer]);
        let provider = Visitor::at(&town.provider_base());
        let (settled, closed, ends) = (Arc::clone(&settled), closed.clone(), Arc::clone(&ends));
        buying.spawn(async move {
            for turn in number.. {
                let fate = Fate::of(turn);
                buy(&customer, &provider, &settled, fate).await;
                ends.lock().expect("nobody panics here").add(fate);
                if *closed.borrow() {
                    return;
                }
            }
        });
    }
    let deaths = kill_one_after_another(cluster).await;
    // A broker that died last takes its time to begin again, and nothing ends meanwhile.
    let enough = || ends.lock().expect("nobody panics here").all() > BUYERS as i64;
    let deadline = Instant::now() + Duration::from_mins(3);
    while !enough() && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    close.send(true).expect("somebody buys");
    while let Some(ended) = buying.join_next().await {
        ended.expect("every order arrives");
    }
    looks.were_answered(&deaths).await;
    stop.send(true).expect("somebody works");
    while let Some(ended) = work.join_next().await {
        ended.expect("nobody panics here");
    }
    assert!(watching.await.expect("the ledger was watched") > 50);
    let ends = *ends.lock().expect("nobody panics here");
    eprintln!("{} deaths, and {ends:?}", deaths.len());
    assert!(ends.all() > BUYERS as i64, "hardly anything was ordered: {ends:?}");
    everything_adds_up(&town, &before, ends).await;
}

/// Who was killed, and when.
type Deaths = Vec<(String, Instant)>;

async fn kill_one_after_another(cluster: &Running) -> Deaths {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seconds = number("TIPPLE_ROULETTE_SECONDS").unwrap_or(30);
    let seed = number("TIPPLE_ROULETTE_SEED")
        .unwrap_or_else(|| u64::from_le_bytes(kernel::random_bytes::<8>()));
    eprintln!("TIPPLE_ROULETTE_SEED={seed}");
    let mut dice = StdRng::seed_from_u64(seed);
    let (mut deaths, mut deck): (Deaths, Vec<String>) = (Vec::new(), Vec::new());
    let (begun, end) = (Instant::now(), Duration::from_secs(seconds));
    let (mut flushed, mut purged) = (0, false);
    while begun.elapsed() < end {
        tokio::time::sleep(Duration::from_millis(dice.random_range(1200..2800))).await;
        let gone = begun.elapsed().as_secs_f64() / end.as_secs_f64();
        if flushed < 2 && gone > [0.25, 0.7][flushed] && flush(cluster) {
            flushed += 1;
        }
        if !purged && gone > 0.5 {
            purged = purge(cluster).await;
        }
        if deck.is_empty() {
            deck = shuffled(&mut dice);
        }
        let free = deck.iter().position(|name| !twin_died(name, &deaths));
        let Some(place) = free else { continue };
        let name = deck.remove(place);
        if cluster.kill(&name) {
            deaths.push((name, Instant::now()));
        }
    }
    // What lay in the broker was lost at least once, though it may have been away when its turn came.
    // A broker that was killed takes more than a minute to come back on a machine that is busy.
    for _ in 0..240 {
        purged = purged || purge(cluster).await;
        while flushed < 2 && flush(cluster) {
            flushed += 1;
        }
        if purged && flushed == 2 {
            return deaths;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    panic!("the broker or Redis never came back");
}

/// Everybody once, those of whom there is one among the first.
fn shuffled(dice: &mut StdRng) -> Vec<String> {
    let parts = PARTS.iter().filter(|part| part.name != "sandbox");
    let mut deck: Vec<String> =
        parts.flat_map(|part| [1, 2].map(|number| format!("{}-{number}", part.name))).collect();
    deck.shuffle(dice);
    for (place, single) in SINGLE.iter().enumerate() {
        deck.insert(2 * place, (*single).to_owned());
    }
    deck
}

fn twin_died(name: &str, deaths: &Deaths) -> bool {
    let service = |name: &str| name.trim_end_matches(['1', '2']).to_owned();
    deaths.iter().any(|(dead, at)| service(dead) == service(name) && at.elapsed() < TWINS)
}

/// Throws away all that the broker has; false while it is away.
async fn purge(cluster: &Running) -> bool {
    let followers = PARTS.iter().filter(|part| !part.follows.is_empty());
    let queues: Vec<String> = followers.map(|part| format!("tipple.{}.v1", part.name)).collect();
    let url = cluster.secret("events.rabbitmq_url");
    if tokio::net::TcpStream::connect(("127.0.0.1", cluster.port + 6)).await.is_err() {
        return false;
    }
    // It may listen and not let anybody in yet.
    tokio::spawn(async move { testkit::purge(&url, &queues).await }).await.is_ok()
}

/// Throws away all that Redis has; false while it is away.
fn flush(cluster: &Running) -> bool {
    let url = cluster.secret("redis.url");
    let password = url.trim_start_matches("redis://:").split('@').next().unwrap_or_default();
    let flush = || {
        let mut redis = std::net::TcpStream::connect(("127.0.0.1", cluster.port + 5))?;
        redis.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(redis, "AUTH {password}\r\nFLUSHALL\r\n")?;
        let mut said = [0; 10];
        redis.read_exact(&mut said)?;
        std::io::Result::Ok(said)
    };
    flush().is_ok_and(|said| &said == b"+OK\r\n+OK\r\n")
}

/// Somebody who looks at one page of each service, steadily.
struct Looks {
    looking: JoinSet<()>,
    gaps: Arc<Mutex<Vec<Gap>>>,
    answered: Arc<Mutex<BTreeMap<String, usize>>>,
}

/// From the first request that was not answered as it should be to the next that was.
#[derive(Debug)]
struct Gap {
    path: String,
    begun: Instant,
    lasted: Duration,
    why: String,
}

impl Looks {
    fn begin(
        town: &Town,
        person: PersonId,
        settled: &Settled,
        closed: &watch::Receiver<bool>,
    ) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let both: Vec<String> = (0..2).map(|gateway| town.base(gateway)).collect();
        let gateways = Upstream::remote(&both, http);
        if let Upstream::Remote(peers) = &gateways {
            let peers = Arc::clone(peers);
            tokio::spawn(async move { peers.keep_looking("/readyz", || None).await });
        }
        let token = support::token(person, vec![Role::Customer]);
        let (gaps, answered) = (Arc::default(), Arc::default());
        let mut looks = Self { looking: JoinSet::new(), gaps, answered };
        for path in [
            "/v1/accounts/me".to_owned(),
            format!("/v1/catalogue/stores/{}", settled.store),
            "/v1/cart/carts".to_owned(),
            "/v1/orders/orders".to_owned(),
            "/v1/insight/top-picks".to_owned(),
            "/v1/payments/methods".to_owned(),
            "/v1/notifications/messages".to_owned(),
        ] {
            let one = Look { gateways: gateways.clone(), path, token: token.clone() };
            let (gaps, answered) = (Arc::clone(&looks.gaps), Arc::clone(&looks.answered));
            let closed = closed.clone();
            looks.looking.spawn(async move { one.again_and_again(&gaps, &answered, closed).await });
        }
        looks
    }

    async fn were_answered(mut self, deaths: &Deaths) {
        while let Some(ended) = self.looking.join_next().await {
            ended.expect("nobody panics here");
        }
        let answered = self.answered.lock().expect("nobody panics here");
        eprintln!("answered: {answered:?}");
        assert_eq!(answered.len(), 7, "{answered:?}");
        for Gap { path, begun, lasted, why } in &*self.gaps.lock().expect("nobody panics here") {
            let dead = deaths.iter().rev().find(|(_, at)| at <= begun).map(|(name, at)| {
                format!("{:.1} s after the death of {name}", (*begun - *at).as_secs_f64())
            });
            let told = format!("{path}: {lasted:?} without an answer, {dead:?}: {why}");
            eprintln!("{told}");
            assert!(*lasted < GAP, "{told}");
        }
    }
}

struct Look {
    gateways: Upstream,
    path: String,
    token: String,
}

impl Look {
    async fn again_and_again(
        self,
        gaps: &Mutex<Vec<Gap>>,
        answered: &Mutex<BTreeMap<String, usize>>,
        closed: watch::Receiver<bool>,
    ) {
        let mut failing: Option<(Instant, String)> = None;
        while !*closed.borrow() || failing.is_some() {
            let begun = Instant::now();
            match self.once().await {
                Ok(()) => {
                    if let Some((since, why)) = failing.take() {
                        let (path, lasted) = (self.path.clone(), begun - since);
                        let gap = Gap { path, begun: since, lasted, why };
                        gaps.lock().expect("nobody panics here").push(gap);
                    }
                    let mut answered = answered.lock().expect("nobody panics here");
                    *answered.entry(self.path.clone()).or_default() += 1;
                }
                Err(error) => {
                    failing.get_or_insert_with(|| (begun, format!("{error:#}")));
                }
            }
            if let Some((since, why)) = &failing {
                assert!(since.elapsed() < Duration::from_secs(90), "{}: {why}", self.path);
            }
            tokio::time::sleep(PACE).await;
        }
    }

    async fn once(&self) -> anyhow::Result<()> {
        let request = Request::get(self.path.as_str())
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .body(Body::empty())?;
        let answer = self.gateways.forward(request, LONG).await?;
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await?;
        let said = || String::from_utf8_lossy(&body).into_owned();
        anyhow::ensure!(parts.status.is_success(), "{} {}", parts.status, said());
        Ok(())
    }
}

/// Where things are the cluster decides itself.
#[test]
fn a_cluster_has_a_settings_file_of_its_own() {
    let told = Command::new(env!("CARGO_BIN_EXE_tipple"))
        .args(["cluster", "--data"])
        .arg(Path::new("/nonexistent/folder"))
        .env("TIPPLE_CONFIG", "tipple.example.toml")
        .output()
        .expect("the binary runs");
    let said = String::from_utf8_lossy(&told.stderr);
    assert!(!told.status.success() && said.contains("a settings file of its own"), "{said}");
}
