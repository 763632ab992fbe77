//! Through the front door, on a fresh database.

mod sign_up;

use host::Part;
use testkit::Bench;

const PARTS: &[Part] = &[accounts::PART];

async fn bench() -> Bench {
    // Passwords must be slow for thieves, not for tests.
    Bench::of(PARTS).settings("[accounts]\nargon2_memory_kib = 8\nargon2_rounds = 1").start().await
}
