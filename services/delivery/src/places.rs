//! Where drivers on shift were last, as Redis knows it: a set that finds who is near a store without
//! looking at everybody.
//!
//! It only says whom a round of offers looks at first where more are on shift than it can look at. Who
//! they are, where, and what they get is read from the tables, of those whom Redis does not know too: as
//! far as there is room in a round, nobody is left out for being unknown to it. So it may be flushed,
//! dead or behind at any moment; the next pings fill it again.

use std::{sync::LazyLock, time::Duration};

use cache::{Redis, Script};
use jiff::Timestamp;
use kernel::{DriverId, Place};

/// Keeps a driver's place unless a newer one is known, and lets go of those who have been silent.
static KEEP: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local known = redis.call('ZSCORE', KEYS[2], ARGV[1])
         if known and tonumber(known) > tonumber(ARGV[2]) then return 0 end
         redis.call('GEOADD', KEYS[1], ARGV[3], ARGV[4], ARGV[1])
         redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
         local silent = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[5], 'LIMIT', 0, 100)
         if #silent > 0 then
             redis.call('ZREM', KEYS[1], unpack(silent))
             redis.call('ZREM', KEYS[2], unpack(silent))
         end
         for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[6]) end
         return 1",
    )
});

/// Forgets a driver.
static FORGET: LazyLock<Script> = LazyLock::new(|| {
    Script::new("for _, key in ipairs(KEYS) do redis.call('ZREM', key, ARGV[1]) end return 1")
});

/// The drivers who are nearest to each of some places. A Redis that is too old to say finds nobody.
static NEAR: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local found, seen = {}, {}
         for i = 3, #ARGV, 2 do
             local near = redis.pcall('GEOSEARCH', KEYS[1], 'FROMLONLAT', ARGV[i], ARGV[i + 1],
                                      'BYRADIUS', ARGV[1], 'm', 'ASC', 'COUNT', ARGV[2])
             if near.err then return {} end
             for _, driver in ipairs(near) do
                 if not seen[driver] then
                     seen[driver] = true
                     found[#found + 1] = driver
                 end
             end
         end
         return found",
    )
});

/// Beyond it the set has no places.
const NORTHERNMOST: f64 = 85.0;

#[derive(Clone)]
pub struct Places {
    redis: Redis,
    /// Where they were, and when that was. Braces: a cluster keeps both in one place.
    keys: [String; 2],
    /// After so long without a word a driver is let go.
    silent: Duration,
}

impl Places {
    pub fn new(redis: Redis, silent: Duration) -> Self {
        let keys = ["places", "times"].map(|what| redis.key(format_args!("{{drivers}}:{what}")));
        Self { redis, keys, silent }
    }

    /// A driver was there then: after the table knows it.
    pub async fn keep(&self, driver: DriverId, place: Place, at: Timestamp) {
        if place.lat.abs() > NORTHERNMOST {
            return;
        }
        let silent = self.silent.as_millis() as i64;
        let mut script = KEEP.key(&self.keys[0]);
        script.key(&self.keys[1]).arg(driver.to_string()).arg(at.as_millisecond());
        script.arg(place.lon).arg(place.lat).arg(at.as_millisecond() - silent).arg(silent);
        let _ = self.redis.run::<u8>(&script).await;
    }

    /// A driver's shift is over.
    pub async fn forget(&self, driver: DriverId) {
        let mut script = FORGET.key(&self.keys[0]);
        script.key(&self.keys[1]).arg(driver.to_string());
        let _ = self.redis.run::<u8>(&script).await;
    }

    /// So many who are nearest to each of these, within so many metres as the crow flies; nobody while
    /// Redis is away.
    pub async fn near(&self, stores: &[Place], metres: u32, most: usize) -> Vec<DriverId> {
        let mut script = NEAR.key(&self.keys[0]);
        script.arg(metres).arg(most);
        for store in stores.iter().filter(|store| store.lat.abs() <= NORTHERNMOST) {
            script.arg(store.lon).arg(store.lat);
        }
        let near: Vec<String> = self.redis.run(&script).await.unwrap_or_default();
        near.iter().filter_map(|driver| driver.parse().ok()).collect()
    }
}
