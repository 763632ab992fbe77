//! For tests only: a house on a fresh database with a clock to turn, and people to act in it.

#![recursion_limit = "256"]

mod bench;
mod caller;
mod faults;
pub mod google_routes;
mod news;
mod paypal;
mod people;
mod post_office;
mod provider;
mod rabbit;
mod razorpay;
mod redis;
mod replicated;
mod road;
mod stripe;

pub use bench::{Bench, BenchBuilder, NOON, SECRET, SIGNING_SEED, copied_database, fresh_database};
pub use caller::{Answer, Caller};
pub use google_routes::GoogleRoutes;
pub use news::no_news;
pub use paypal::{CaptureEnds, PayPal, Signing, Takes};
pub use people::{auditor, clerk, customer, driver, operator, owner, staff, support};
pub use post_office::{Mood, PostOffice};
pub use provider::{Book, Call, Goes, GoesBack, Pays, StandIn, Verdict, Webhook};
pub use rabbit::{OwnBroker, Way, broker, purge};
pub use razorpay::{Razorpay, Window};
pub use redis::{OwnRedis, shared_redis};
pub use replicated::Replicated;
pub use road::{Road, Trouble};
pub use stripe::Stripe;
