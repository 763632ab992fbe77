use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

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
    pub door_minutes: i64,
    /// How long a driver's places are kept.
    pub ping_hours: i64,
}

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
            ping_hours: 48,
        }
    }
}

impl Config {
    /// Whoever was not heard of since then is silent.
    pub fn heard_since(&self, now: Timestamp) -> Timestamp {
        now - SignedDuration::from_mins(self.silent_minutes)
    }
}
