//! Words that everyone shares: identifiers, money, time, places and who is acting.
//!
//! Nothing here does I/O, knows HTTP or a database.

mod actor;
mod age;
mod clock;
mod drink;
mod event;
mod hours;
mod id;
mod money;
mod place;
mod random;

pub use actor::{Actor, Role, RoleKind};
pub use age::{LeapDay, has_reached};
pub use clock::Clock;
pub use drink::{AlcoholClass, Drink};
pub use event::Event;
pub use hours::{Hours, Span};
pub use id::*;
pub use money::{Currency, Money, MoneyError, Rounding, rate_of, spread};
pub use place::{Place, Zone};
pub use random::{random_bytes, random_token};

/// How much of one order line is meant: at most this many bottles, so that sums cannot overflow.
pub const MAX_QUANTITY: u32 = 999;
