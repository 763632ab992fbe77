//! Events between services: written with the change they tell of, carried at least once, handled
//! once.
//!
//! [`append`] writes an event in the transaction that made it true. The relay of that service
//! sends it through the [`Carrier`] and marks it. Each follower gets it through a queue of its own
//! and makes its effect and an inbox row in one transaction ([`Received::once`]).

mod carrier;
mod follower;
mod outbox;
mod relay;

pub use carrier::{Carrier, DeadLetter, Embedded};
pub use follower::{Follower, Received, follow};
pub use outbox::{append, append_all, tell};
pub use relay::relay;
use store::{Migration, Schema};

/// The tables that every service's schema has for its events.
pub const TABLES: Migration =
    Migration { file: "V0__feed.sql", sql: include_str!("../migrations/V0__feed.sql") };

/// The embedded carrier's own schema.
pub fn carrier_schema() -> Schema {
    Schema {
        name: "feed",
        migrations: vec![
            Migration {
                file: "V1__carrier.sql",
                sql: include_str!("../migrations/V1__carrier.sql"),
            },
            Migration {
                file: "V2__dead_letters.sql",
                sql: include_str!("../migrations/V2__dead_letters.sql"),
            },
        ],
    }
}
