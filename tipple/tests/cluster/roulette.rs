//! One process after another is killed while people order, pack and drive.

use std::{
    io::{Read, Write},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use kernel::{Id, PersonId, Role};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde_json::Value;
use tipple::{PARTS, demo::visitor::Visitor};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinSet,
};

use crate::{
    GAP, Running, TWINS,
    looks::Looks,
    support::{
        Town,
        settle::Settled,
        token,
        trade::{
            Before, Ends, Fate, LOOK, at_most_unknown, buy, cancel, drive, everything_adds_up,
            fill, keep_counter, order, watch_the_ledger,
        },
    },
};

const BUYERS: usize = 3;
/// How many order at a time to see whether that goes, and how many take turns at it.
const SHOPPERS: usize = 4;
const TURNS: usize = 8;
const DRIVERS: usize = 2;
const BOTTLES: u32 = 10_000;
/// They go together once, so that the broker has something that nobody fetches.
const HEARERS: [&str; 2] = ["insight-1", "insight-2"];
/// How many messages one process may be sending when it is killed.
const SENDERS: usize = 4;
/// Those of which there is one.
const SINGLE: [&str; 3] = ["rabbitmq", "redis", "postgres-replica"];

/// People order, pack and drive while one process after another is killed.
pub async fn roulette(cluster: &Running) {
    let town = Arc::new(cluster.town());
    let operator = town.visitor(0, PersonId::new(), vec![Role::Operator]);
    let clerk =
        |store| town.visitor(1, PersonId::new(), vec![Role::Manager { stores: vec![store] }]);
    let settled = Arc::new(Settled::another(operator, clerk, BOTTLES).await);
    let customers = town.people(BUYERS + SHOPPERS * TURNS, &Role::Customer).await;
    let drivers = town.people(DRIVERS, &Role::Driver).await;
    // Besides the three of the story before.
    town.await_birthdays((BUYERS + SHOPPERS * TURNS + DRIVERS + 3) as i64).await;
    let before = Before::of(&town).await;
    let (close, closed) = watch::channel(false);
    let (stop, stopped) = watch::channel(false);
    let mut work = JoinSet::new();
    work.spawn(keep_counter(Arc::clone(&settled), stopped.clone()));
    for (number, driver) in drivers.iter().enumerate() {
        let driver = town.visitor(number % 2, *driver, vec![Role::Driver]);
        work.spawn(drive(driver, stopped.clone()));
    }
    let watching = tokio::spawn(watch_the_ledger(Arc::clone(&town), stopped.clone()));
    let trade = Trade { town: Arc::clone(&town), settled, closed, ends: Arc::default() };
    let mut buying = JoinSet::new();
    for (number, customer) in customers[..BUYERS].iter().enumerate() {
        buying.spawn(trade.clone().buys(number, *customer));
    }
    let (ready, baskets) = mpsc::channel(SHOPPERS);
    for (number, customers) in customers[BUYERS..].chunks(TURNS).enumerate() {
        buying.spawn(trade.clone().shops(number, customers.to_vec(), ready.clone()));
    }
    let looks = Looks::begin(&trade, customers[0], drivers[0], baskets);
    let deaths = kill_one_after_another(cluster).await;
    // A broker that died last takes its time to begin again, and nothing ends meanwhile.
    let deadline = Instant::now() + Duration::from_mins(3);
    while trade.arrived() <= BUYERS as i64 && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    close.send(true).expect("somebody buys");
    looks.were_answered(&deaths).await;
    while let Some(ended) = buying.join_next().await {
        ended.expect("every order arrives");
    }
    stop.send(true).expect("somebody works");
    while let Some(ended) = work.join_next().await {
        ended.expect("nobody panics here");
    }
    assert!(watching.await.expect("the ledger was watched") > 50);
    eprintln!("{} deaths, and {:?}", deaths.all.len(), trade.ends());
    assert!(trade.arrived() > BUYERS as i64, "hardly anything arrived: {:?}", trade.ends());
    everything_adds_up(&town, &before, trade.ends()).await;
    at_most_unknown(&town, SENDERS * deaths.of("notifications")).await;
}

/// What customers share.
#[derive(Clone)]
pub struct Trade {
    pub town: Arc<Town>,
    pub settled: Arc<Settled>,
    pub closed: watch::Receiver<bool>,
    ends: Arc<Mutex<Ends>>,
}

/// What a shopper wants ordered once, by whoever looks whether that goes.
pub struct Basket {
    pub token: String,
    pub key: String,
    pub body: Value,
    pub asked: oneshot::Sender<()>,
}

impl Trade {
    fn customer(&self, number: usize, person: PersonId) -> Visitor {
        self.town.visitor(number % 2, person, vec![Role::Customer])
    }

    fn ends(&self) -> Ends {
        *self.ends.lock().expect("nobody panics here")
    }

    /// How many orders went all the way to the door.
    fn arrived(&self) -> i64 {
        self.ends().delivered + self.ends().refused
    }

    fn ended(&self, fate: Fate) {
        self.ends.lock().expect("nobody panics here").add(fate);
    }

    /// Orders until the shop closes, and waits for each.
    async fn buys(self, number: usize, person: PersonId) {
        let customer = self.customer(number, person);
        let provider = Visitor::at(&self.town.provider_base());
        for turn in number.. {
            let fate = Fate::of(turn);
            buy(&customer, &provider, &self.settled, fate).await;
            self.ended(fate);
            if *self.closed.borrow() {
                return;
            }
        }
    }

    /// Has one basket after another ordered until the shop closes, and thinks better of each. Whatever
    /// came of the one order that was asked for, asking again by its key gives that order.
    async fn shops(self, number: usize, people: Vec<PersonId>, ready: mpsc::Sender<Basket>) {
        for person in people.iter().cycle() {
            let customer = self.customer(number, *person);
            if !has_no_cart_with_an_order(&customer).await {
                tokio::time::sleep(LOOK).await;
                continue;
            }
            let body = fill(&customer, &self.settled, Fate::Cancelled).await;
            let (key, (asked, was_asked)) = (Id::<Self>::new().to_string(), oneshot::channel());
            let token = token(*person, vec![Role::Customer]);
            let basket = Basket { token, key: key.clone(), body: body.clone(), asked };
            if ready.send(basket).await.is_err() || was_asked.await.is_err() {
                return;
            }
            let placed = order(&customer, &key, &body).await;
            cancel(&customer, placed["order"]["order"].as_str().expect("an order")).await;
            self.ended(Fate::Cancelled);
        }
    }
}

/// That the order that this customer cancelled has given back its cart, which comes by an event.
async fn has_no_cart_with_an_order(customer: &Visitor) -> bool {
    let carts = customer.get("/v1/cart/carts").await;
    carts.is_ok_and(|carts| {
        let mut all = carts["items"].as_array().into_iter().flatten();
        all.all(|cart| cart["state"] == "open")
    })
}

/// Who was killed, and when.
#[derive(Default)]
pub struct Deaths {
    pub all: Vec<(String, Instant)>,
    /// When all were killed who hear what the broker was to lose.
    pub of_hearers: Vec<Instant>,
}

impl Deaths {
    fn of(&self, service: &str) -> usize {
        self.all.iter().filter(|(name, _)| name.starts_with(service)).count()
    }

    /// Whether the other one of two died a short time ago.
    fn of_twin(&self, name: &str) -> bool {
        let service = |name: &str| name.trim_end_matches(['1', '2']).to_owned();
        let mut all = self.all.iter();
        all.any(|(dead, at)| service(dead) == service(name) && at.elapsed() < TWINS)
    }
}

async fn kill_one_after_another(cluster: &Running) -> Deaths {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seconds = number("TIPPLE_ROULETTE_SECONDS").unwrap_or(30);
    let seed = number("TIPPLE_ROULETTE_SEED")
        .unwrap_or_else(|| u64::from_le_bytes(kernel::random_bytes::<8>()));
    eprintln!("TIPPLE_ROULETTE_SEED={seed}");
    let mut dice = StdRng::seed_from_u64(seed);
    let (mut deaths, mut deck): (Deaths, Vec<String>) = Default::default();
    let (begun, end) = (Instant::now(), Duration::from_secs(seconds));
    let (mut flushed, mut purged) = (0, false);
    while begun.elapsed() < end {
        tokio::time::sleep(Duration::from_millis(dice.random_range(1200..2800))).await;
        let gone = begun.elapsed().as_secs_f64() / end.as_secs_f64();
        if flushed < 2 && gone > [0.25, 0.7][flushed] && flush(cluster) {
            flushed += 1;
        }
        if !purged && gone > 0.5 {
            purged = purge(cluster, &mut deaths).await;
        }
        if deck.is_empty() {
            deck = shuffled(&mut dice);
        }
        let free = deck.iter().position(|name| !deaths.of_twin(name));
        let Some(place) = free else { continue };
        let name = deck.remove(place);
        if cluster.kill(&name) {
            deaths.all.push((name, Instant::now()));
        }
    }
    assert!(deaths.all.len() as u64 >= seconds / 5, "hardly anybody died: {:?}", deaths.all);
    // Whoever has the time gets everybody.
    let missed = shuffled(&mut dice).into_iter().filter(|name| deaths.of(name) == 0);
    let missed: Vec<String> = missed.collect();
    assert!(seconds < 200 || missed.is_empty(), "{missed:?} were never killed");
    // What lay in the broker was lost at least once, though it may have been away when its turn came.
    // A broker that was killed takes more than a minute to come back on a machine that is busy.
    for _ in 0..240 {
        purged = purged || purge(cluster, &mut deaths).await;
        if flushed < 2 && flush(cluster) {
            flushed += 1;
        }
        if purged && flushed == 2 {
            return deaths;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    panic!("neither the broker nor Redis had anything to lose");
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

/// Throws away what the broker has, which is something, for of one follower none is there to fetch it;
/// false while the broker is away.
async fn purge(cluster: &Running, deaths: &mut Deaths) -> bool {
    let followers = PARTS.iter().filter(|part| !part.follows.is_empty());
    let queues: Vec<String> = followers.map(|part| format!("tipple.{}.v1", part.name)).collect();
    let url = cluster.secret("events.rabbitmq_url");
    if tokio::net::TcpStream::connect(("127.0.0.1", cluster.port + 6)).await.is_err() {
        return false;
    }
    deaths.of_hearers.push(Instant::now());
    for name in HEARERS {
        if cluster.kill(name) {
            deaths.all.push((name.to_owned(), Instant::now()));
        }
    }
    let deadline = Instant::now() + GAP;
    while Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(200)).await;
        // It may listen and not let anybody in yet.
        let (url, queues) = (url.clone(), queues.clone());
        let lost = tokio::spawn(async move { testkit::purge(&url, &queues).await }).await;
        if lost.is_ok_and(|lost| lost > 0) {
            return true;
        }
    }
    false
}

/// Throws away what Redis has; false while it is away, or has nothing.
fn flush(cluster: &Running) -> bool {
    let url = cluster.secret("redis.url");
    let password = url.trim_start_matches("redis://:").split('@').next().unwrap_or_default();
    let flush = || {
        let mut redis = std::net::TcpStream::connect(("127.0.0.1", cluster.port + 5))?;
        redis.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(redis, "AUTH {password}\r\nDBSIZE\r\nFLUSHALL\r\nQUIT\r\n")?;
        let mut said = String::new();
        redis.read_to_string(&mut said)?;
        std::io::Result::Ok(said)
    };
    let said = flush().unwrap_or_default();
    let said: Vec<&str> = said.lines().collect();
    matches!(said[..], ["+OK", keys, "+OK", "+OK"] if keys.starts_with(':') && keys != ":0")
}
