use std::{
    collections::BTreeMap,
    fmt::Display,
    future::Future,
    sync::{
        Arc, PoisonError, RwLock, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Context as _;
use redis::{
    AsyncConnectionConfig, Client, Cmd, FromRedisValue, RedisResult, ScriptInvocation,
    aio::MultiplexedConnection,
};
use tokio::{sync::Notify, time::timeout};

use crate::bell::Messages;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(1);
/// How long nobody asks a Redis that did not answer, at first and at most.
const PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
/// What held for so long was no accident: the next pause is a short one again.
const STEADY: Duration = Duration::from_secs(30);

/// Redis did not answer, or not in time. Whoever asks goes on without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Away;

/// One connection to Redis, made anew when it breaks. Nobody ever waits for a Redis that is away:
/// the first question that is not answered in time ends the connection, and until another one has
/// proved itself every question is [`Away`] at once.
#[derive(Clone)]
pub struct Redis {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    prefix: String,
    patience: Duration,
    line: RwLock<Option<Line>>,
    lines: AtomicU64,
    broken: Arc<Notify>,
}

/// A connection, and which one it is: who finds it broken must not end its successor.
#[derive(Clone)]
struct Line {
    number: u64,
    connection: MultiplexedConnection,
}

impl Redis {
    /// Connects, or goes on trying in the background: only an address that is none is an error. All
    /// keys begin with `prefix`; one answer may take `patience`.
    pub async fn open(url: &str, prefix: &str, patience: Duration) -> anyhow::Result<Self> {
        // The error might repeat the address, which may have a password in it.
        let client = Client::open(url)
            .ok()
            .context("redis.url must look like redis://user:password@host:6379/0, or rediss://")?;
        let inner = Arc::new(Inner {
            client,
            prefix: prefix.to_owned(),
            patience,
            line: RwLock::new(None),
            lines: AtomicU64::new(0),
            broken: Arc::new(Notify::new()),
        });
        let first = inner.connect().await;
        if let Err(error) = &first {
            tracing::warn!(error = format!("{error:#}"), "Redis is away: slower without it");
        }
        tokio::spawn(keep(Arc::downgrade(&inner), first.is_ok()));
        Ok(Self { inner })
    }

    /// A key's whole name.
    pub fn key(&self, name: impl Display) -> String {
        format!("{}:{name}", self.inner.prefix)
    }

    /// Whether it did not answer last time, and has not since.
    pub fn is_away(&self) -> bool {
        self.inner.line().is_none()
    }

    /// What it says of itself, by name; nothing while it is away.
    pub async fn about(&self) -> BTreeMap<String, String> {
        let told: Result<String, Away> = self.ask(&redis::cmd("INFO")).await;
        let told = told.unwrap_or_default();
        let lines = told.lines().filter_map(|line| line.split_once(':'));
        lines.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect()
    }

    /// What is said on a channel from now on, over a connection of its own; none where Redis is away
    /// or does not let us listen. It ends when that connection breaks.
    pub(crate) async fn subscribe(&self, channel: &str) -> Option<Messages> {
        let listening = async {
            let mut line = self.inner.client.get_async_pubsub().await?;
            line.subscribe(channel).await?;
            RedisResult::Ok(line.into_on_message())
        };
        match timeout(CONNECT, listening).await {
            Ok(Ok(messages)) => Some(Box::pin(messages)),
            Ok(Err(error)) => {
                // Said once a pause, and what is wrong with Redis itself is told elsewhere.
                tracing::debug!(%error, "no bell of other processes");
                None
            }
            Err(_) => None,
        }
    }

    /// Runs a script.
    pub async fn run<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, Away> {
        self.asked(|mut line| async move { script.invoke_async(&mut line).await }).await
    }

    /// Runs a command.
    pub async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Away> {
        self.asked(|mut line| async move { command.query_async(&mut line).await }).await
    }

    async fn asked<T, F: Future<Output = RedisResult<T>>>(
        &self,
        ask: impl FnOnce(MultiplexedConnection) -> F,
    ) -> Result<T, Away> {
        let line = self.inner.line().ok_or(Away)?;
        let reason = match timeout(self.inner.patience, ask(line.connection)).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer within {:?}", self.inner.patience),
        };
        self.inner.broke(line.number, &reason);
        Err(Away)
    }
}

impl Inner {
    fn line(&self) -> Option<Line> {
        self.line.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes a connection that takes a write: one that answers and keeps nothing is no use.
    async fn connect(&self) -> anyhow::Result<()> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(None);
        let made = self.client.get_multiplexed_async_connection_with_config(&config);
        let mut connection = timeout(CONNECT, made).await.context("it does not answer")??;
        let mut probe = redis::cmd("SET");
        probe.arg(format!("{}:probe", self.prefix)).arg(1).arg("PX").arg(1000);
        let kept = timeout(self.patience, probe.query_async::<()>(&mut connection)).await;
        kept.context("it accepts connections and does not answer")??;
        let number = self.lines.fetch_add(1, Ordering::Relaxed);
        *self.line.write().unwrap_or_else(PoisonError::into_inner) =
            Some(Line { number, connection });
        Ok(())
    }

    fn broke(&self, number: u64, reason: &str) {
        let mut line = self.line.write().unwrap_or_else(PoisonError::into_inner);
        if line.as_ref().is_some_and(|line| line.number == number) {
            *line = None;
            drop(line);
            tracing::warn!(error = reason, "Redis is away: slower without it");
            self.broken.notify_one();
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.broken.notify_one();
    }
}

/// Connects again whenever the connection broke, for as long as anybody has it.
async fn keep(redis: Weak<Inner>, mut connected: bool) {
    let mut pause = PAUSE;
    loop {
        if connected {
            let Some(broken) = redis.upgrade().map(|redis| Arc::clone(&redis.broken)) else {
                return;
            };
            if timeout(STEADY, broken.notified()).await.is_err() {
                pause = PAUSE;
                continue;
            }
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
        let Some(redis) = redis.upgrade() else { return };
        connected = redis.connect().await.is_ok();
        if connected {
            tracing::info!("Redis answers");
        }
    }
}
