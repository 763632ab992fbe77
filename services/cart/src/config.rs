use serde::{Deserialize, Serialize};

/// `[cart]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How many different products one cart may hold: at most 100.
    pub most_lines: u32,
    /// How many coupons one cart may hold.
    pub most_coupons: u32,
    /// How many promotions may be active at once at one store, and as many again for all stores.
    pub most_promotions: u32,
}

/// When it is packed each line may be there in part and have something put in for the rest, and the
/// catalogue picks at most 200 lines.
const MOST_LINES: u32 = 100;

impl Config {
    /// Refuses settings with which there would be orders that cannot be packed.
    pub fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.most_lines <= MOST_LINES,
            "cart.most_lines must be at most {MOST_LINES}"
        );
        Ok(())
    }
}

impl Default for Config {
    fn default() -> Self {
        Self { most_lines: 100, most_coupons: 5, most_promotions: 100 }
    }
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[test]
    fn a_cart_has_no_more_lines_than_can_be_packed() {
        Config::default().check().unwrap();
        let many = Config { most_lines: 101, ..Config::default() };
        assert!(many.check().unwrap_err().to_string().contains("cart.most_lines"));
    }
}
