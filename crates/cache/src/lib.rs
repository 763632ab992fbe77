//! One cache interface, in process or over Redis. What is cached may vanish at any moment, and
//! everything still works. And a bell by which processes wake each other.

mod behind;
mod bell;
mod connection;
mod flights;

use std::{
    error::Error,
    fmt::{self, Display, Formatter},
    future::Future,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use moka::sync::Cache as Shelf;

use crate::{
    behind::{Behind, Found, Lease},
    flights::{Flight, Flights, Outcome},
};

pub use crate::{
    bell::{Bell, Listener},
    connection::{Away, Redis},
};
pub use redis::Script;

/// How long a process answers from its own memory before it asks Redis again: what another process
/// forgot is gone so soon.
const NEAR: Duration = Duration::from_millis(250);
/// How often all is forgotten at most where it is to be forgotten soon.
const SOON: Duration = Duration::from_millis(500);
/// How long somebody waits for another process to load what is nowhere, and how often they look.
const OTHERS: Duration = Duration::from_secs(1);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// How old an answer may be.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    fresh: Duration,
    stale: Duration,
}

impl Times {
    /// Until it is so old it is given without further thought; then until so old while somebody
    /// loads it anew; never when older. Nothing is kept where nothing is ever fresh.
    pub fn new(fresh: Duration, stale: Duration) -> Self {
        Self { fresh, stale: stale.max(fresh) }
    }

    /// For what is either fresh or gone.
    pub fn exactly(life: Duration) -> Self {
        Self { fresh: life, stale: life }
    }
}

/// Keeps values for a while so that they need not be asked for again. With Redis all processes of
/// a house share them, and each has a copy of its own for a moment.
pub struct Cache<V = Bytes> {
    inner: Arc<Inner<V>>,
}

impl<V> Clone for Cache<V> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

struct Inner<V> {
    shelf: Shelf<String, Kept<V>>,
    flights: Flights<V>,
    /// What began to be loaded before this epoch was forgotten with all the rest.
    cleared: AtomicU64,
    soon: Mutex<Soon>,
    times: Times,
    behind: Option<Behind>,
    form: Option<Form<V>>,
}

/// When all was forgotten last of what is forgotten soon, and whether it is about to be.
#[derive(Default)]
struct Soon {
    last: Option<Instant>,
    due: bool,
}

/// How a value is written to Redis and read.
type Form<V> = (fn(&V) -> Bytes, fn(Bytes) -> V);

#[derive(Clone)]
struct Kept<V> {
    value: V,
    /// When what it says was so.
    from: Instant,
    /// Until when it is given without asking anybody.
    until: Instant,
    epoch: u64,
}

impl<V> Kept<V> {
    fn is_at_hand(&self) -> bool {
        Instant::now() < self.until
    }
}

/// One error for all who waited for a load: what it was stays to be found among its causes.
#[derive(Debug)]
struct NotLoaded(Arc<anyhow::Error>);

impl Display for NotLoaded {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("it could not be loaded")
    }
}

impl Error for NotLoaded {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.0.as_ref().as_ref())
    }
}

impl Cache<Bytes> {
    /// A cache that holds at most `most_bytes` in this process; where there is Redis it is shared.
    /// A namespace is forgotten together; what has another shape, such as that of a newer program,
    /// is never read.
    pub fn of_bytes(
        redis: Option<&Redis>,
        (namespace, shape): (&str, &str),
        times: Times,
        most_bytes: u64,
    ) -> Self {
        let behind = redis.map(|redis| Behind::new(redis.clone(), (namespace, shape), times));
        let shelf = Shelf::builder().max_capacity(most_bytes).weigher(
            |key: &String, kept: &Kept<Bytes>| {
                u32::try_from(key.len() + kept.value.len() + 200).unwrap_or(u32::MAX)
            },
        );
        Self::with(shelf, times, behind, Some((Bytes::clone, |bytes| bytes)))
    }
}

impl<V: Clone + Send + Sync + 'static> Cache<V> {
    /// A cache of values of any kind that holds at most `most` of them, in this process.
    pub fn in_process(most: u64, times: Times) -> Self {
        Self::with(Shelf::builder().max_capacity(most), times, None, None)
    }

    fn with(
        shelf: moka::sync::CacheBuilder<String, Kept<V>, Shelf<String, Kept<V>>>,
        times: Times,
        behind: Option<Behind>,
        form: Option<Form<V>>,
    ) -> Self {
        let shelf = shelf.time_to_live(times.stale.max(Duration::from_millis(1))).build();
        let (flights, cleared) = (Flights::new(), AtomicU64::new(0));
        let soon = Mutex::default();
        Self { inner: Arc::new(Inner { shelf, flights, cleared, soon, times, behind, form }) }
    }

    /// The kept value, or the one that `load` brings; askers at the same time share one load, in
    /// all processes where they share a Redis. What is no longer fresh is given while one loads it
    /// anew. A failed load keeps nothing.
    pub async fn get(
        &self,
        key: &str,
        load: impl Future<Output = anyhow::Result<V>> + Send + 'static,
    ) -> anyhow::Result<V> {
        if self.inner.times.fresh.is_zero() {
            return load.await;
        }
        let kept = self.kept(key);
        if let Some(kept) = &kept
            && kept.is_at_hand()
        {
            return Ok(kept.value.clone());
        }
        // It may be large, and goes through several hands.
        let load = Box::pin(load);
        if let Some(kept) = kept
            && self.inner.alone()
        {
            self.load_anew(key, load);
            return Ok(kept.value);
        }
        let (flight, _) = self.inner.flights.join(key);
        let bring = self.bring(key, flight.epoch, load);
        let outcome = self.fly(key, &flight, bring).await;
        outcome.map_err(|error| anyhow::Error::new(NotLoaded(error)))
    }

    /// The value, where this process gives it without asking anybody.
    pub fn at_hand(&self, key: &str) -> Option<V> {
        self.near(key).filter(|(_, fresh)| *fresh).map(|(value, _)| value)
    }

    /// The same, and whether it is fresh: also one that is not and not too old either, where there is
    /// nobody to ask whether it has changed. Whoever gives that has it loaded anew.
    pub fn near(&self, key: &str) -> Option<(V, bool)> {
        let kept = self.kept(key)?;
        let fresh = kept.is_at_hand();
        (fresh || self.inner.alone()).then_some((kept.value, fresh))
    }

    /// Keeps in this process what need not be loaded.
    pub fn put(&self, key: &str, value: V) {
        let (from, epoch) = (Instant::now(), self.inner.flights.epoch());
        self.land(key, Kept { value, from, until: from + self.inner.times.fresh, epoch });
    }

    /// Forgets one value because it has changed: what began to be loaded before now is not given
    /// any more, here at once, in other processes in a moment.
    pub async fn forget(&self, key: &str) {
        let inner = &self.inner;
        let here = || inner.flights.forget(Some(key), |_| inner.shelf.invalidate(key));
        here();
        if let Some(behind) = &inner.behind {
            behind.forget(key).await;
            // What was read of Redis meanwhile.
            here();
        }
    }

    /// Forgets all values, in the same way.
    pub async fn forget_all(&self) {
        let inner = &self.inner;
        let here = || {
            inner.flights.forget(None, |epoch| {
                inner.cleared.store(epoch, Ordering::SeqCst);
                inner.shelf.invalidate_all();
            });
        };
        here();
        if let Some(behind) = &inner.behind {
            behind.forget_all().await;
            here();
        }
    }

    /// The same for what changes again and again, and nobody waits for: at once where all is quiet,
    /// and twice a second however often it changes, so that what is kept is worth keeping.
    pub fn forget_all_soon(&self) {
        let mut soon = self.inner.soon();
        // What is due begins later than this change was made.
        if std::mem::replace(&mut soon.due, true) {
            return;
        }
        let pause = soon.last.map_or(Duration::ZERO, |last| SOON.saturating_sub(last.elapsed()));
        drop(soon);
        let cache = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(pause).await;
            *cache.inner.soon() = Soon { last: Some(Instant::now()), due: false };
            cache.forget_all().await;
        });
    }

    /// What this process has, if it is not too old.
    fn kept(&self, key: &str) -> Option<Kept<V>> {
        let kept = self.inner.shelf.get(key)?;
        let remembered = kept.epoch >= self.inner.cleared.load(Ordering::SeqCst);
        (remembered && kept.from.elapsed() < self.inner.times.stale).then_some(kept)
    }

    /// The outcome of a flight, which the first one leads.
    async fn fly(
        &self,
        key: &str,
        flight: &Arc<Flight<V>>,
        bring: impl Future<Output = Outcome<V>>,
    ) -> Outcome<V> {
        let outcome = flight.outcome.get_or_init(|| bring).await.clone();
        self.inner.flights.over(key, flight);
        outcome
    }

    /// Loads in the background, unless somebody does.
    fn load_anew(&self, key: &str, load: impl Future<Output = anyhow::Result<V>> + Send + 'static) {
        let (flight, new) = self.inner.flights.join(key);
        if !new {
            return;
        }
        let (cache, key) = (self.clone(), key.to_owned());
        tokio::spawn(async move {
            let bring = cache.load(&key, flight.epoch, (None, load));
            said(cache.fly(&key, &flight, bring).await);
        });
    }

    /// From Redis, or by loading.
    async fn bring(
        &self,
        key: &str,
        epoch: u64,
        load: impl Future<Output = anyhow::Result<V>> + Send + 'static,
    ) -> Outcome<V> {
        let Some((behind, form)) = self.inner.behind.as_ref().zip(self.inner.form) else {
            return self.load(key, epoch, (None, load)).await;
        };
        let begun = Instant::now();
        while let Ok(Found { value, age, lease }) = behind.look(key).await {
            let Some(value) = value.map(form.1) else {
                if lease.is_some() || begun.elapsed() > OTHERS {
                    return self.load(key, epoch, (lease, load)).await;
                }
                tokio::time::sleep(LOOK_AGAIN).await;
                continue;
            };
            let now = Instant::now();
            let from = now.checked_sub(age).unwrap_or(now);
            self.land(key, Kept { value: value.clone(), from, until: now + NEAR, epoch });
            if lease.is_some() {
                let (cache, key) = (self.clone(), key.to_owned());
                tokio::spawn(async move { said(cache.load(&key, epoch, (lease, load)).await) });
            }
            return Ok(value);
        }
        self.load(key, epoch, (None, load)).await
    }

    async fn load(
        &self,
        key: &str,
        epoch: u64,
        (lease, load): (Option<Lease>, impl Future<Output = anyhow::Result<V>>),
    ) -> Outcome<V> {
        let inner = &self.inner;
        let from = Instant::now();
        let value = load.await.map_err(Arc::new)?;
        let here = if inner.alone() { inner.times.fresh } else { NEAR.min(inner.times.fresh) };
        self.land(key, Kept { value: value.clone(), from, until: from + here, epoch });
        if let (Some(lease), Some((to_bytes, _))) = (lease, inner.form) {
            lease.keep(&to_bytes(&value), inner.times.stale.saturating_sub(from.elapsed())).await;
        }
        Ok(value)
    }

    fn land(&self, key: &str, kept: Kept<V>) {
        let shelf = &self.inner.shelf;
        self.inner.flights.land(kept.epoch, || shelf.insert(key.to_owned(), kept));
    }
}

impl<V> Inner<V> {
    fn soon(&self) -> MutexGuard<'_, Soon> {
        self.soon.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is nobody else to ask.
    fn alone(&self) -> bool {
        self.behind.as_ref().is_none_or(Behind::is_away)
    }
}

/// Nobody waits for what is loaded anew: what was kept goes on until it is too old.
fn said<V>(outcome: Outcome<V>) {
    if let Err(error) = outcome {
        tracing::warn!(error = format!("{error:#}"), "not loaded anew");
    }
}
