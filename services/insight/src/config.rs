use serde::{Deserialize, Serialize};

use crate::score::Weights;

/// `[insight]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Seconds between two computations of Top Picks.
    pub recompute_seconds: u64,
    /// The X of "orders in the last X days": older orders and views do not count.
    pub window_days: u32,
    pub top_picks: Weights,
    /// What an operator adds is ranked no lower than this place.
    pub added_rank: usize,
    /// Views of products that one visitor may leave in one hour.
    pub views_per_hour: u32,
    /// Views that all visitors behind one address (one /64 network of IPv6) may leave in one hour,
    /// counted in each process.
    pub address_views_per_hour: u32,
    /// After so many days a view is forgotten.
    pub keep_views_days: u32,
}

/// More days than anyone looks back.
const MOST_DAYS: u32 = 3_660;

impl Config {
    /// Refuses settings that mean nothing.
    pub fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.window_days <= MOST_DAYS && self.keep_views_days <= MOST_DAYS,
            "insight.window_days and insight.keep_views_days must be at most {MOST_DAYS}"
        );
        self.top_picks.check()
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            recompute_seconds: 300,
            window_days: 28,
            top_picks: Weights::default(),
            added_rank: 10,
            views_per_hour: 200,
            address_views_per_hour: 2_000,
            keep_views_days: 60,
        }
    }
}
