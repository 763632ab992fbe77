//! One count for all gateways of a house, in Redis.

use std::sync::LazyLock;

use cache::{Away, Redis, Script};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Counted;

/// For each key in turn: when, by Redis's own clock, all that it has taken is used up evenly, and
/// whether that leaves room for one more. The first without room ends it, with the microseconds
/// until there is some; 0 where all have.
static COUNT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local time = redis.call('TIME')
         local now = time[1] * 1000000 + time[2]
         for i, key in ipairs(KEYS) do
             local every, burst = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
             local used = math.max(tonumber(redis.call('GET', key) or now), now)
             local wait = used - now - every * (burst - 1)
             if wait > 0 then return wait end
             used = used + every
             redis.call('SET', key, string.format('%.0f', used),
                        'PX', math.ceil((used - now) / 1000))
         end
         return 0",
    )
});

/// Counts in Redis.
pub struct Shared {
    redis: Redis,
    /// Askers are counted by a keyed hash: Redis holds neither tokens nor addresses.
    key: Hmac<Sha256>,
}

impl Shared {
    pub fn new(redis: Redis, house_secret: &[u8]) -> anyhow::Result<Self> {
        let mut key = Hmac::<Sha256>::new_from_slice(house_secret)?;
        key.update(b"tipple.gateway.limits.v1");
        Ok(Self { redis, key })
    }

    /// Counts one request of each of these; the microseconds to wait where that is one too many.
    pub async fn count(&self, counted: &[Counted<'_>]) -> Result<u64, Away> {
        let mut script = COUNT.prepare_invoke();
        for (limit, asker) in counted {
            script.key(self.name(limit.name, asker));
            script.arg(limit.every_micros).arg(limit.burst);
        }
        self.redis.run(&script).await
    }

    fn name(&self, limit: &str, asker: &[u8]) -> String {
        let mut hash = self.key.clone();
        hash.update(asker);
        let hash = hex::encode(&hash.finalize().into_bytes()[..16]);
        self.redis.key(format_args!("{{limits}}:{limit}:{hash}"))
    }
}
