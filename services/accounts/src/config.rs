use serde::{Deserialize, Serialize};

/// `[accounts]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How long an access token holds.
    pub access_token_minutes: i64,
    /// Argon2id memory in KiB, rounds and lanes. The defaults are OWASP's second choice (19 MiB,
    /// 2 rounds, 1 lane).
    pub argon2_memory_kib: u32,
    pub argon2_rounds: u32,
    pub argon2_lanes: u32,
    /// How many passwords are hashed at once: each takes a core and that much memory.
    pub argon2_at_once: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            access_token_minutes: 60,
            argon2_memory_kib: 19 * 1024,
            argon2_rounds: 2,
            argon2_lanes: 1,
            argon2_at_once: 4,
        }
    }
}
