use serde::{Deserialize, Serialize};

/// `[catalogue]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How often holds that have lapsed are tidied up. They count as free the moment they lapse,
    /// however seldom this runs.
    pub tidy_seconds: u64,
    /// Below or at how many free units a store is warned, unless it sets its own number.
    pub low_threshold: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self { tidy_seconds: 10, low_threshold: 5 }
    }
}
