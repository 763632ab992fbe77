//! Five times as much as can be done, whoever asks not waiting for the answers of others: what cannot
//! wait is served, and the rest is told when to come again.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::Router;
use testkit::{Bench, Caller};
use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, sleep},
};

/// What all services together do at once, how long each takes, and how many requests the gateway has
/// under way at most.
const AT_ONCE: usize = 10;
const TAKES: Duration = Duration::from_millis(100);
const PLACES: usize = 100;
const CAPACITY: u64 = AT_ONCE as u64 * 1000 / TAKES.as_millis() as u64;
const SECONDS: u64 = 6;

const BROWSE: &str = "/v1/catalogue/products";
const PING: &str = "/v1/delivery/pings";
const WEBHOOK: &str = "/v1/payments/webhooks/stripe/us";

/// One request of fifty: what somebody asks on a busy evening.
fn what(number: u64) -> &'static str {
    match number % 50 {
        7 => PING,
        31 => WEBHOOK,
        3 | 18 | 28 | 43 => "/v1/orders/orders",
        5 | 15 | 26 | 36 => "/v1/cart/carts",
        9 | 19 | 29 | 39 | 49 => "/v1/catalogue/products?q=rye",
        _ => BROWSE,
    }
}

struct House {
    bench: Bench,
    anyone: Caller,
    /// The most that was ever under way behind the gateway.
    peak: Arc<AtomicUsize>,
}

impl House {
    async fn start() -> Self {
        let (able, inside) = (Arc::new(Semaphore::new(AT_ONCE)), Arc::new(AtomicUsize::new(0)));
        let peak = Arc::new(AtomicUsize::new(0));
        let settings = format!(
            "[gateway]\nmost_at_once = {PLACES}\naddress_per_second = 0\nwebhook_per_second = 0"
        );
        let mut bench = Bench::of(super::PARTS).settings(&settings);
        for service in ["catalogue", "cart", "orders", "delivery", "payments"] {
            let (able, inside, peak) = (Arc::clone(&able), Arc::clone(&inside), Arc::clone(&peak));
            let works = move || {
                let (able, inside, peak) = (able.clone(), inside.clone(), peak.clone());
                async move {
                    let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
                    peak.fetch_max(now, Ordering::SeqCst);
                    let turn = able.acquire().await;
                    sleep(TAKES).await;
                    drop(turn);
                    inside.fetch_sub(1, Ordering::SeqCst);
                }
            };
            bench = bench.stand_in(service, Router::new().fallback(works));
        }
        let bench = bench.start().await;
        let anyone = bench.anyone("gateway");
        Self { bench, anyone, peak }
    }

    async fn ask(anyone: Caller, path: &'static str) -> (&'static str, bool) {
        let answer = match path {
            PING | WEBHOOK => anyone.post(path, ()).await,
            _ => anyone.get(path).await,
        };
        if answer.status != 200 {
            assert!(answer.headers.contains_key("retry-after"), "{path}");
            answer.refused(503, "overloaded");
            return (path, false);
        }
        (path, true)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_five_times_the_capacity_what_cannot_wait_is_served() {
    let house = House::start().await;
    let (offered, began) = (5 * CAPACITY, Instant::now());
    let mut ticks = interval(Duration::from_secs(1) / u32::try_from(offered).unwrap());
    // Whoever asks is not held up by a machine that was: they come all the same.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut asked = JoinSet::new();
    for number in 0..offered * SECONDS {
        ticks.tick().await;
        asked.spawn(House::ask(house.anyone.clone(), what(number)));
    }
    let mut told: HashMap<&str, (usize, usize)> = HashMap::new();
    while let Some(answer) = asked.join_next().await {
        let (path, served) = answer.expect("every answer is one of both");
        let (all, well) = told.entry(path).or_default();
        *all += 1;
        *well += usize::from(served);
    }
    let took = began.elapsed().as_secs_f64();
    println!("{told:?} in {took:.1} s");
    for path in [PING, WEBHOOK] {
        let (all, well) = told[path];
        assert!(well * 20 >= all * 19, "{path}: {well} of {all}");
    }
    let served: usize = told.values().map(|(_, well)| well).sum();
    // Far less than what it can do, for the machine may do other things.
    assert!(served as u64 * 2 >= CAPACITY * SECONDS, "{served} served");
    let (all, well) = told[BROWSE];
    assert!(well < all / 2, "looking around makes room: {well} of {all}");
    assert!(house.peak.load(Ordering::SeqCst) <= PLACES, "no more is under way than may be");

    // As soon as nobody asks for too much, everybody is served.
    let calm = || async { House::ask(house.anyone.clone(), BROWSE).await.1.then_some(()) };
    house.bench.eventually("there is room again", calm).await;
    for number in 0..50 {
        let (path, served) = House::ask(house.anyone.clone(), what(number)).await;
        assert!(served, "{path}");
    }
}
