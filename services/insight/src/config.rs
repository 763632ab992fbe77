use serde::Deserialize;

use crate::score::Weights;

/// `[insight]`
#[derive(Debug, Clone, Deserialize)]
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
    /// After so many days a view is forgotten.
    pub keep_views_days: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            recompute_seconds: 300,
            window_days: 28,
            top_picks: Weights::default(),
            added_rank: 10,
            views_per_hour: 200,
            keep_views_days: 60,
        }
    }
}
