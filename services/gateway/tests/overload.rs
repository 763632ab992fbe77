//! Twice, five and ten times as much as can be done, whoever asks not waiting for the answers of
//! others: as much is done as ever, what cannot wait is served, and the rest is told at once when to
//! come again. Here the services are stand-ins; a whole house is pressed by `tipple/tests/overload`.

use std::{
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
const PLACES: usize = 50;
const CAPACITY: u64 = AT_ONCE as u64 * 1000 / TAKES.as_millis() as u64;
/// How often as much as can be done is asked for, and how much of what can be done is done then at
/// least.
const ASKED: [(u64, f64); 3] = [(2, 0.95), (5, 0.9), (10, 0.8)];
const SECONDS: u64 = 5;
/// Of a hundred refusals 99 take less.
const AT_ONCE_REFUSED: Duration = Duration::from_millis(50);
/// Everything is as ever within so long of the end.
const CALM: Duration = Duration::from_secs(10);
/// Bytes by which a press may exceed the one before it, those who ask included: where other tests run in
/// the same process theirs are among them.
fn growth() -> usize {
    if std::env::var_os("NEXTEST").is_some() { 8 << 20 } else { 64 << 20 }
}

const BROWSE: &str = "/v1/catalogue/products";
const PING: &str = "/v1/delivery/pings";
const WEBHOOK: &str = "/v1/payments/webhooks/stripe/us";

/// One request of forty: what somebody asks on a busy evening.
fn what(number: u64) -> &'static str {
    match number % 40 {
        7 | 27 => PING,
        11 | 31 => WEBHOOK,
        3 | 18 | 33 => "/v1/orders/orders",
        5 | 15 | 25 => "/v1/cart/carts",
        9 | 19 | 29 | 39 => "/v1/catalogue/products?q=rye",
        _ => BROWSE,
    }
}

#[derive(Clone)]
struct Askers {
    anyone: Caller,
    driver: Caller,
}

struct House {
    bench: Bench,
    anyone: Askers,
    /// The most that was ever under way behind the gateway.
    peak: Arc<AtomicUsize>,
}

impl House {
    async fn start() -> Self {
        let (able, inside) = (Arc::new(Semaphore::new(AT_ONCE)), Arc::new(AtomicUsize::new(0)));
        let peak = Arc::new(AtomicUsize::new(0));
        let settings = format!(
            "[gateway]\nmost_at_once = {PLACES}\naddress_per_second = 0\nwebhook_per_second = 0
             token_per_second = 0\naddress_at_once = 0"
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
        let anyone = Askers {
            anyone: bench.anyone("gateway"),
            driver: bench.signed("gateway", &testkit::driver()),
        };
        Self { bench, anyone, peak }
    }

    /// Whether it was served, and how long the answer took.
    async fn ask(Askers { anyone, driver }: Askers, path: &'static str) -> Answer {
        let began = Instant::now();
        let answer = match path {
            PING => driver.post(path, ()).await,
            WEBHOOK => anyone.post(path, ()).await,
            _ => anyone.get(path).await,
        };
        let (took, served) = (began.elapsed(), answer.status == 200);
        if !served {
            assert!(answer.headers.contains_key("retry-after"), "{path}");
            answer.refused(503, "overloaded");
        }
        Answer { path, served, took }
    }

    /// Requests a second that are served where nobody asks who still waits: what can be done here and
    /// now, whatever else the machine does.
    async fn capacity(&self) -> f64 {
        let (began, mut asked) = (Instant::now(), JoinSet::new());
        for _ in 0..2 * AT_ONCE {
            let anyone = self.anyone.clone();
            asked.spawn(async move {
                let mut served = 0_u32;
                while began.elapsed() < Duration::from_secs(3) {
                    served += u32::from(Self::ask(anyone.clone(), BROWSE).await.served);
                }
                served
            });
        }
        f64::from(asked.join_all().await.iter().sum::<u32>()) / began.elapsed().as_secs_f64()
    }

    /// So many times as much as can be done, at an even pace; answers a second that were good, and the
    /// most memory that there was meanwhile.
    async fn press(&self, times: u64) -> (Vec<Answer>, f64, usize) {
        let (offered, began) = (times * CAPACITY, Instant::now());
        let mut ticks = interval(Duration::from_secs(1) / u32::try_from(offered).unwrap());
        // Whoever asks is not held up by a machine that was: they come all the same.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let (mut asked, mut peak) = (JoinSet::new(), 0);
        for number in 0..offered * SECONDS {
            ticks.tick().await;
            if number % 50 == 0 {
                peak = peak.max(memory());
            }
            asked.spawn(Self::ask(self.anyone.clone(), what(number)));
        }
        let answers = asked.join_all().await;
        let served = answers.iter().filter(|answer| answer.served).count();
        (answers, served as f64 / began.elapsed().as_secs_f64(), peak.max(memory()))
    }

    /// Until everybody is served again.
    async fn calms_down(&self) {
        let began = Instant::now();
        let calm = || async { Self::ask(self.anyone.clone(), BROWSE).await.served.then_some(()) };
        self.bench.eventually("there is room again", calm).await;
        for number in 0..50 {
            let Answer { path, served, .. } = Self::ask(self.anyone.clone(), what(number)).await;
            assert!(served, "{path}");
        }
        assert!(began.elapsed() < CALM, "{:?}", began.elapsed());
    }
}

#[derive(Debug)]
struct Answer {
    path: &'static str,
    served: bool,
    took: Duration,
}

/// How many there are of these, and how many were served.
fn count(answers: &[Answer], path: &str) -> (usize, usize) {
    let all = || answers.iter().filter(|answer| answer.path == path);
    (all().count(), all().filter(|answer| answer.served).count())
}

/// Bytes of memory that this process has.
fn memory() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").expect("Linux says");
    text.split(' ').nth(1).expect("pages").parse::<usize>().expect("a number") * 4096
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_asked_as_much_is_done_as_ever() {
    let house = House::start().await;
    let capacity = house.capacity().await;
    // What is needed once for so many at a time is there from here on.
    let (_, _, mut before) = house.press(10).await;
    house.calms_down().await;
    for (times, least) in ASKED {
        let (answers, good, peak) = house.press(times).await;
        let mut refused: Vec<_> =
            answers.iter().filter(|answer| !answer.served).map(|answer| answer.took).collect();
        refused.sort();
        let late = refused[refused.len() * 99 / 100];
        println!(
            "{times} times: {:.2} of {capacity:.0} a second, refused in {late:?}, {} MiB",
            good / capacity,
            peak >> 20
        );
        assert!(good >= least * capacity, "{times} times: {good} of {capacity} a second");
        assert!(late < AT_ONCE_REFUSED, "{times} times: refused in {late:?}");
        let grown = peak.saturating_sub(before);
        assert!(grown <= growth(), "{times} times: {grown} bytes more than before");
        before = peak;
        if times == 5 {
            for path in [PING, WEBHOOK] {
                let (all, well) = count(&answers, path);
                assert!(well * 100 >= all * 99, "{path}: {well} of {all}");
            }
            let (all, well) = count(&answers, BROWSE);
            assert!(well < all / 2, "looking around makes room: {well} of {all}");
        }
        house.calms_down().await;
    }
    assert!(house.peak.load(Ordering::SeqCst) <= PLACES, "no more is under way than may be");
}
