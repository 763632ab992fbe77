//! What is kept in Redis, for all processes of a house.

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use redis::{Script, ScriptInvocation};

use crate::{Away, Redis, Times};

/// How long the right to load something lasts: whoever has it may have been killed.
const LEASE: Duration = Duration::from_secs(5);

/// Looks a key up under the namespace's version, which it makes where there is none, and gives the
/// right to load what is missing or no longer fresh to one.
static LOOK: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local version = redis.call('GET', KEYS[1])
         if not version then
             version = ARGV[3]
             redis.call('SET', KEYS[1], version)
         end
         local name = ARGV[1] .. version .. ':' .. ARGV[2]
         local value = redis.call('GET', name)
         local left = redis.call('PTTL', name)
         local leads = 0
         if not value or left <= tonumber(ARGV[4]) then
             if redis.call('SET', name .. ':lease', ARGV[3], 'NX', 'PX', ARGV[5]) then leads = 1 end
         end
         return {version, value, left, leads}",
    )
});

/// Gives the right to load back, and keeps what was loaded with it; unless it was taken away
/// meanwhile, for somebody forgot the key.
static KEEP: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local lease = KEYS[1] .. ':lease'
         if redis.call('GET', lease) ~= ARGV[1] then return 0 end
         redis.call('DEL', lease)
         if ARGV[2] then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
         return 1",
    )
});

/// Forgets one key, and what is being loaded for it.
static FORGET: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local version = redis.call('GET', KEYS[1])
         if not version then return 0 end
         local name = ARGV[1] .. version .. ':' .. ARGV[2]
         return redis.call('DEL', name, name .. ':lease')",
    )
});

/// What one namespace has in Redis, as `<prefix>:{<namespace>}:<shape>:<version>:<key>`.
pub struct Behind {
    redis: Redis,
    /// Where the version is. It is random and counts nothing: after Redis lost everything none comes
    /// a second time.
    version: String,
    base: String,
    times: Times,
    /// How often this process had everything forgotten, and of how many of those Redis knows.
    wanted: AtomicU64,
    done: AtomicU64,
}

/// What a look found.
pub struct Found {
    pub value: Option<Bytes>,
    /// How long ago it was loaded.
    pub age: Duration,
    /// The right to load it.
    pub lease: Option<Lease>,
}

/// The right to load one key.
pub struct Lease {
    redis: Redis,
    name: String,
    token: String,
}

impl Behind {
    pub fn new(redis: Redis, (namespace, shape): (&str, &str), times: Times) -> Self {
        Self {
            // Braces: a cluster keeps a namespace in one place, where a script can reach it.
            version: redis.key(format_args!("{{{namespace}}}:version")),
            base: redis.key(format_args!("{{{namespace}}}:{shape}:")),
            redis,
            times,
            wanted: AtomicU64::new(0),
            done: AtomicU64::new(0),
        }
    }

    pub fn is_away(&self) -> bool {
        self.redis.is_away()
    }

    pub async fn look(&self, key: &str) -> Result<Found, Away> {
        // What this process knows to be wrong it does not read.
        if self.done.load(Ordering::SeqCst) < self.wanted.load(Ordering::SeqCst) {
            self.move_on().await?;
        }
        let token = kernel::random_token();
        let mut script = LOOK.key(&self.version);
        script.arg(&self.base).arg(key).arg(&token);
        script.arg(millis(self.times.stale.saturating_sub(self.times.fresh))).arg(millis(LEASE));
        let (version, value, left, leads): (String, Option<Vec<u8>>, i64, u8) =
            self.redis.run(&script).await?;
        let left = Duration::from_millis(left.max(0).unsigned_abs());
        Ok(Found {
            value: value.map(Bytes::from),
            age: self.times.stale.saturating_sub(left),
            lease: (leads == 1).then(|| Lease {
                redis: self.redis.clone(),
                name: format!("{}{version}:{key}", self.base),
                token,
            }),
        })
    }

    /// Forgets the whole namespace; where Redis does not answer, before it is read again.
    pub async fn forget_all(&self) {
        self.wanted.fetch_add(1, Ordering::SeqCst);
        let _ = self.move_on().await;
    }

    async fn move_on(&self) -> Result<(), Away> {
        let wanted = self.wanted.load(Ordering::SeqCst);
        let mut set = redis::cmd("SET");
        set.arg(&self.version).arg(kernel::random_token());
        self.redis.ask::<()>(&set).await?;
        self.done.fetch_max(wanted, Ordering::SeqCst);
        Ok(())
    }

    /// Forgets one key; where Redis does not answer, the whole namespace later.
    pub async fn forget(&self, key: &str) {
        let wanted = self.wanted.fetch_add(1, Ordering::SeqCst);
        let mut script = FORGET.key(&self.version);
        script.arg(&self.base).arg(key);
        if self.redis.run::<u64>(&script).await.is_ok() {
            // Unless more is owed: then all of it is forgotten, and this too.
            let (order, done) = (Ordering::SeqCst, wanted + 1);
            let _ = self.done.compare_exchange(wanted, done, order, order);
        }
    }
}

impl Lease {
    /// Keeps what was loaded for as long as it may be given.
    pub async fn keep(mut self, value: &[u8], left: Duration) {
        let mut script = self.script();
        if !left.is_zero() {
            script.arg(value).arg(millis(left).max(1));
        }
        let _ = self.redis.run::<u8>(&script).await;
        self.token.clear();
    }

    fn script(&self) -> ScriptInvocation<'static> {
        let mut script = KEEP.key(&self.name);
        script.arg(&self.token);
        script
    }
}

/// After a load that failed, or whose asker left, another one may begin at once.
impl Drop for Lease {
    fn drop(&mut self) {
        let runtime = tokio::runtime::Handle::try_current();
        if let (Ok(runtime), false) = (runtime, self.token.is_empty()) {
            let (redis, script) = (self.redis.clone(), self.script());
            runtime.spawn(async move { redis.run::<u8>(&script).await });
        }
    }
}

fn millis(time: Duration) -> u64 {
    time.as_millis() as u64
}
