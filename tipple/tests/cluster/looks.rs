//! Whether each service answers while processes are killed.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use http::Method;
use kernel::{PersonId, Role};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use crate::{
    GAP, TWINS,
    roulette::{Basket, Deaths, Trade},
    support::{
        street::{Asked, Way},
        token,
    },
};

/// Whoever asks gives up after so long.
const LONG: Duration = Duration::from_secs(10);
/// Between two looks at one page, and between two orders of shoppers; and while one is not answered.
const PACE: Duration = Duration::from_millis(500);
const ORDER_PACE: Duration = Duration::from_secs(1);
const FAILING_PACE: Duration = Duration::from_millis(100);
const ORDER: &str = "an order";
/// What an order usually takes at most where two cores have a build for use to run. Where it takes longer,
/// as in a build for tests, all does, and most of all what comes while a broker that was away is caught up
/// with.
const QUICK_ORDER: Duration = Duration::from_millis(150);
/// What nobody answers while both hearers are gone.
const PAGE_OF_HEARERS: &str = "/v1/insight/top-picks";

/// Those who look at one page of each service, and who order, steadily.
pub struct Looks {
    looking: JoinSet<()>,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    gaps: Mutex<Vec<Gap>>,
    /// How long each answer took.
    answered: Mutex<BTreeMap<String, Vec<Duration>>>,
}

/// From the first request that was not answered as it should be until one is; or one that took so long.
#[derive(Debug)]
struct Gap {
    what: String,
    begun: Instant,
    lasted: Duration,
    /// None where it was answered at last.
    why: Option<String>,
}

impl Gap {
    /// Whether it is one in service: not answered for so much longer than what is asked `usually` takes, or
    /// answered late while somebody died, and that not because all is slow here.
    fn counts(&self, usually: Duration, slow: f64, deaths: &Deaths) -> bool {
        let end = self.begun + self.lasted;
        let mut all = deaths.all.iter();
        let died = all.any(|(_, at)| *at + GAP > self.begun && *at < end);
        let mut both = deaths.of_hearers.iter();
        let nobody_there =
            self.what == PAGE_OF_HEARERS && both.any(|at| self.begun < *at + TWINS && end > *at);
        let is_long = match self.why {
            Some(_) => self.lasted >= GAP + usually,
            None => self.lasted >= GAP.mul_f64(slow) && died,
        };
        is_long && !nobody_there
    }
}

/// One who looks at one thing.
struct Look {
    way: Way,
    what: String,
    seen: Arc<Seen>,
    failing: Option<(Instant, String)>,
}

impl Looks {
    pub fn begin(
        trade: &Trade,
        customer: PersonId,
        driver: PersonId,
        baskets: mpsc::Receiver<Basket>,
    ) -> Self {
        let way = Way::balanced(&trade.town);
        let customer = token(customer, vec![Role::Customer]);
        let driver = token(driver, vec![Role::Driver]);
        let operator = token(PersonId::new(), vec![Role::Operator]);
        let store = trade.settled.store;
        let mut looks = Self { looking: JoinSet::new(), seen: Arc::default() };
        for (token, path) in [
            (&customer, "/v1/accounts/me".to_owned()),
            (&customer, format!("/v1/catalogue/stores/{store}")),
            (&customer, "/v1/cart/carts".to_owned()),
            (&customer, "/v1/orders/orders".to_owned()),
            (&customer, PAGE_OF_HEARERS.to_owned()),
            (&customer, "/v1/payments/methods".to_owned()),
            (&customer, "/v1/notifications/messages".to_owned()),
            (&driver, "/v1/delivery/me".to_owned()),
            (&operator, format!("/v1/compliance/licences/{store}")),
        ] {
            let look = Look::at(&way, path, &looks.seen);
            looks.looking.spawn(look.reads(token.clone(), trade.closed.clone()));
        }
        let look = Look::at(&way, ORDER.to_owned(), &looks.seen);
        looks.looking.spawn(look.orders(baskets, trade.closed.clone()));
        looks
    }

    pub async fn were_answered(mut self, deaths: &Deaths) {
        while let Some(ended) = self.looking.join_next().await {
            ended.expect("nobody panics here");
        }
        let mut answered = self.seen.answered.lock().expect("nobody panics here");
        assert_eq!(answered.len(), 10, "{answered:?}");
        let mut usual = BTreeMap::new();
        for (what, took) in answered.iter_mut() {
            took.sort_unstable();
            let (usually, longest) = (took[took.len() / 2], took[took.len() - 1]);
            eprintln!("{what}: {} times, usually in {usually:?}, at most {longest:?}", took.len());
            usual.insert(what.clone(), usually);
        }
        let slow = usual[ORDER].div_duration_f64(QUICK_ORDER).max(1.0);
        let mut told = Vec::new();
        for gap in &*self.seen.gaps.lock().expect("nobody panics here") {
            let Gap { what, begun, lasted, why } = gap;
            let dead = deaths.all.iter().rev().find(|(_, at)| at <= begun).map(|(name, at)| {
                format!("{:.1} s after the death of {name}", (*begun - *at).as_secs_f64())
            });
            let line = format!("{what}: {lasted:?} without an answer, {dead:?}: {why:?}");
            eprintln!("{line}");
            if gap.counts(usual[what], slow, deaths) {
                told.push(line);
            }
        }
        assert!(told.is_empty(), "{told:#?}");
    }
}

impl Look {
    fn at(way: &Way, what: String, seen: &Arc<Seen>) -> Self {
        Self { way: way.clone(), what, seen: Arc::clone(seen), failing: None }
    }

    async fn reads(mut self, token: String, closed: watch::Receiver<bool>) {
        let path = self.what.clone();
        while !*closed.borrow() || self.failing.is_some() {
            self.once(&Asked::get(&token, &path)).await;
            self.rest(PACE).await;
        }
    }

    async fn orders(mut self, mut baskets: mpsc::Receiver<Basket>, closed: watch::Receiver<bool>) {
        while !*closed.borrow() || self.failing.is_some() {
            let Basket { token, key, body, asked } = baskets.recv().await.expect("a basket");
            let (token, key) = (token.as_str(), Some(key.as_str()));
            let path = "/v1/orders/orders";
            self.once(&Asked { token, method: Method::POST, path, body, key }).await;
            let _ = asked.send(());
            self.rest(ORDER_PACE).await;
        }
    }

    async fn rest(&self, pace: Duration) {
        tokio::time::sleep(if self.failing.is_some() { FAILING_PACE } else { pace }).await;
    }

    async fn once(&mut self, asked: &Asked<'_>) {
        let begun = Instant::now();
        let why = match self.way.ask(asked, LONG).await {
            Ok((status, _)) if status.is_success() => None,
            Ok((status, body)) => Some(format!("{status} {body}")),
            Err(error) => Some(format!("{error:#}")),
        };
        if let Some(why) = why {
            let (since, why) = self.failing.get_or_insert((begun, why));
            assert!(since.elapsed() < Duration::from_secs(90), "{}: {why}", self.what);
            return;
        }
        let failed = self.failing.take();
        let took = begun.elapsed();
        if failed.is_some() || took >= GAP {
            let (begun, why) = failed.map_or((begun, None), |(since, why)| (since, Some(why)));
            let gap = Gap { what: self.what.clone(), begun, lasted: begun.elapsed(), why };
            self.seen.gaps.lock().expect("nobody panics here").push(gap);
        }
        let mut answered = self.seen.answered.lock().expect("nobody panics here");
        answered.entry(self.what.clone()).or_default().push(took);
    }
}
