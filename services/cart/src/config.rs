use serde::{Deserialize, Serialize};

/// `[cart]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How many different products one cart may hold; the catalogue is asked for at most 200.
    pub most_lines: u32,
    /// How many coupons one cart may hold.
    pub most_coupons: u32,
    /// How many promotions may be active at once at one store, and as many again for all stores.
    pub most_promotions: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self { most_lines: 100, most_coupons: 5, most_promotions: 100 }
    }
}
