//! Events between services: written with the change they tell of, carried at least once, handled
//! once.
//!
//! [`append`] writes an event in the transaction that made it true. The relay of that service
//! sends it through the [`Carrier`] and marks it. Each follower gets it through a queue of its own
//! and makes its effect and an inbox row in one transaction ([`Received::once`]).

mod carrier;
mod embedded;
mod follower;
mod outbox;
mod patience;
mod rabbitmq;
mod relay;
mod sweep;

pub use carrier::{Carrier, DeadLetter, Unattended};
pub use embedded::Embedded;
pub use follower::{Follower, Received, follow};
pub use outbox::{append, append_all, tell, unsent};
pub use rabbitmq::{Broker, Queue, RabbitMq};
pub use relay::relay;
use store::{Migration, Schema};

/// The tables that every service's schema has for its events.
pub const TABLES: &[Migration] = store::migrations!["V0__feed.sql", "V9001__settled.sql"];

/// The carrier's own schema.
pub fn carrier_schema() -> Schema {
    let migrations =
        store::migrations!["V1__carrier.sql", "V2__dead_letters.sql", "V3__broker.sql"];
    Schema { name: "feed", migrations: migrations.to_vec() }
}
