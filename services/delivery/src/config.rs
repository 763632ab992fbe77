use std::collections::BTreeMap;

use anyhow::ensure;
use delivery_api::Estimate;
use jiff::{SignedDuration, Timestamp};
use kernel::{Currency, Place};
use serde::{Deserialize, Serialize};

use crate::{estimate::ride, google::GoogleRoutes};

/// `[delivery]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How long a driver has to answer an offer.
    pub offer_seconds: i64,
    /// How long a check at the door is good for.
    pub check_minutes: i64,
    /// How far, along streets, a driver is sent to a store.
    pub max_kilometres: u32,
    /// A driver who is done within so many minutes may be offered the next job.
    pub soon_free_minutes: i64,
    /// Where every driver on shift has declined a job, after so many minutes they are asked again.
    pub ask_again_minutes: i64,
    /// A driver of whom nothing was heard for so many minutes is asked for nothing, and what that
    /// driver has not fetched yet goes to another.
    pub silent_minutes: i64,
    /// What handing over takes at the door.
    pub door_minutes: u32,
    /// Besides the time that the store needs, an order waits so long to be paid, to be accepted
    /// and for its driver: nothing is promised that would then come too late for the law.
    pub wait_minutes: u32,
    /// So many minutes before it may leave for its slot a driver is sought.
    pub slot_search_minutes: i64,
    /// A job that has not moved so many minutes after it should have is late.
    pub late_minutes: i64,
    /// How long a driver's places are kept.
    pub ping_hours: i64,
    /// How long one live stream lasts before the client has to come again, with a token that still
    /// holds.
    pub stream_minutes: u64,
    /// How often a live stream looks for news that no bell has told of.
    pub stream_poll_ms: u64,
    /// Google's router for what is under way, where a key is set.
    pub google_routes: GoogleRoutes,
    /// What a driver is paid for one delivery, by currency (ISO 4217), in minor units. The tip comes
    /// on top. What holds when a job is made is what its driver gets.
    pub driver_pay: BTreeMap<String, i64>,
}

/// More than anybody is paid for one delivery, in minor units.
const MOST_PAY: i64 = 100_000_000;

impl Default for Config {
    fn default() -> Self {
        Self {
            offer_seconds: 30,
            check_minutes: 10,
            max_kilometres: 25,
            soon_free_minutes: 15,
            ask_again_minutes: 5,
            silent_minutes: 15,
            door_minutes: 3,
            wait_minutes: 10,
            slot_search_minutes: 20,
            late_minutes: 30,
            ping_hours: 48,
            stream_minutes: 15,
            stream_poll_ms: 3_000,
            google_routes: GoogleRoutes::default(),
            driver_pay: BTreeMap::new(),
        }
    }
}

/// What is read of `[gateway]`: whose map the pages show.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Pages {
    map: Map,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Map {
    google_key: String,
}

impl Pages {
    pub fn show_googles_map(&self) -> bool {
        !self.map.google_key.is_empty()
    }
}

impl Config {
    /// The same, if it makes sense.
    pub fn checked(self) -> anyhow::Result<Self> {
        let is_pay = |(code, amount): (&String, &i64)| {
            Currency::from_code(code).is_some() && (0..=MOST_PAY).contains(amount)
        };
        ensure!(
            self.driver_pay.iter().all(is_pay),
            "delivery.driver_pay names currencies, and for each 0 to {MOST_PAY} minor units"
        );
        Ok(self)
    }

    /// What a driver is paid for one delivery of something sold in this currency, in minor units;
    /// none where it is not said.
    pub fn pay_in(&self, currency: Currency) -> Option<i64> {
        self.driver_pay.get(currency.code()).copied()
    }

    /// What cart and orders reckon with, and what the law is promised. Prices, slots and promises are
    /// kept with the order for good, so no router is asked: what Google says may not be.
    pub fn estimate(&self, from: Place, to: Place) -> Estimate {
        let ride = ride(from, to);
        Estimate {
            metres: ride.metres,
            seconds: ride.seconds,
            worst_seconds: ride.worst_seconds,
            door_seconds: self.door_minutes.saturating_mul(60),
            wait_seconds: self.wait_minutes.saturating_mul(60),
            rough: ride.rough,
        }
    }

    /// How far, along streets, a driver is sent to a store.
    pub fn max_metres(&self) -> u32 {
        self.max_kilometres.saturating_mul(1_000)
    }

    /// What handing over takes.
    pub fn at_door(&self) -> SignedDuration {
        SignedDuration::from_mins(self.door_minutes.into())
    }

    /// What should have moved before then is late.
    pub fn late_since(&self, now: Timestamp) -> Timestamp {
        now - SignedDuration::from_mins(self.late_minutes)
    }

    /// After how long a driver is silent.
    pub fn silent(&self) -> std::time::Duration {
        std::time::Duration::from_secs(self.silent_minutes.unsigned_abs().saturating_mul(60))
    }

    /// Whoever was not heard of since then is silent.
    pub fn heard_since(&self, now: Timestamp) -> Timestamp {
        now - SignedDuration::from_mins(self.silent_minutes)
    }
}
