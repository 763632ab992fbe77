//! Both kinds of cache, and of bell, pass one contract; those over Redis also what several processes and a Redis
//! that is ill mean for them.

mod bell;
mod contract;
mod ill;
mod several;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use cache::{Cache, Redis, Times};
use tokio::sync::{Notify, Semaphore};

/// Longer than any test lasts.
const LONG: Duration = Duration::from_mins(2);
/// Time enough for anything on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

fn long() -> Times {
    Times::exactly(LONG)
}

/// Another prefix for each test.
fn prefix() -> String {
    kernel::random_token()
}

async fn redis(url: &str, prefix: &str) -> Redis {
    Redis::open(url, prefix, Duration::from_secs(2)).await.unwrap()
}

/// A cache as a process of its own would have it.
fn over(redis: &Redis, times: Times) -> Cache {
    Cache::of_bytes(Some(redis), ("names", "1"), times, 1 << 20)
}

/// A new cache of each kind.
async fn kinds(times: Times) -> Vec<Cache> {
    let mut kinds = vec![Cache::of_bytes(None, ("names", "1"), times, 1 << 20)];
    if let Some(url) = testkit::shared_redis() {
        kinds.push(over(&redis(&url, &prefix()).await, times));
    }
    kinds
}

/// What is cached: a number that changes, and somebody who counts how often it is looked up.
#[derive(Clone)]
struct Truth {
    now: Arc<AtomicU64>,
    loads: Arc<AtomicU64>,
    /// Loads that may end.
    doors: Arc<Semaphore>,
    begun: Arc<Notify>,
}

impl Truth {
    fn open() -> Self {
        let truth = Self::closed();
        truth.release();
        truth
    }

    /// One whose loads wait between reading and answering, until they are [released](Self::release).
    fn closed() -> Self {
        Self {
            now: Arc::default(),
            loads: Arc::default(),
            doors: Arc::new(Semaphore::new(0)),
            begun: Arc::default(),
        }
    }

    fn release(&self) {
        self.doors.add_permits(Semaphore::MAX_PERMITS / 2);
    }

    fn set(&self, now: u64) {
        self.now.store(now, Ordering::SeqCst);
    }

    fn loads(&self) -> u64 {
        self.loads.load(Ordering::SeqCst)
    }

    fn load(&self) -> impl Future<Output = anyhow::Result<Bytes>> + Send + 'static {
        let truth = self.clone();
        async move {
            truth.loads.fetch_add(1, Ordering::SeqCst);
            let read = truth.now.load(Ordering::SeqCst);
            truth.begun.notify_one();
            let _door = truth.doors.acquire().await?;
            Ok(Bytes::from(read.to_string()))
        }
    }

    /// What a cache says.
    async fn by(&self, cache: &Cache) -> u64 {
        self.of(cache, "key").await
    }

    async fn of(&self, cache: &Cache, key: &str) -> u64 {
        let said = cache.get(key, self.load());
        let said = tokio::time::timeout(PATIENCE, said).await.expect("in time").expect("a value");
        std::str::from_utf8(&said).unwrap().parse().unwrap()
    }
}

/// Waits until it is so.
async fn eventually<F: AsyncFnMut() -> bool>(what: &str, mut so: F) {
    let end = tokio::time::Instant::now() + PATIENCE;
    while !so().await {
        assert!(tokio::time::Instant::now() < end, "it never happened: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
