//! People who keep the demo city alive: they use the public API as apps would, and nothing else.

mod customers;
mod drivers;
mod stores;

use std::{sync::Arc, time::Duration};

use kernel::{Clock, StoreId};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use super::{data::DemoPerson, visitor::Visitor};

/// `[demo]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Whether people act on their own.
    pub simulator: bool,
    /// Orders that all customers together place in a minute.
    pub orders_per_minute: f64,
    /// How many times faster than in life the drivers drive.
    pub driving_speed: f64,
}

impl Default for Config {
    fn default() -> Self {
        Self { simulator: true, orders_per_minute: 4.0, driving_speed: 20.0 }
    }
}

/// Where the people act, and how.
#[derive(Clone)]
pub struct City {
    pub base: String,
    pub password: String,
    pub clock: Clock,
    pub config: Config,
    /// The store whose counter is left to whoever tries the demo.
    pub yours: StoreId,
}

/// The people whom the simulator leaves to whoever tries the demo.
pub const YOURS: [&str; 4] = [
    "customer@demo.tipple.test",
    "clerk@demo.tipple.test",
    "driver@demo.tipple.test",
    "operator@demo.tipple.test",
];

/// Sets everyone going until the set is dropped.
pub fn start(city: City, people: Vec<DemoPerson>) -> JoinSet<()> {
    let city = Arc::new(city);
    let mut tasks = JoinSet::new();
    let mut customers = Vec::new();
    for person in people.into_iter().filter(|person| !YOURS.contains(&person.email.as_str())) {
        match person.role.as_str() {
            "customer" => customers.push(person),
            "driver" => {
                tasks.spawn(drivers::drive(Arc::clone(&city), person));
            }
            "clerk" => {
                tasks.spawn(stores::keep(Arc::clone(&city), person));
            }
            _ => {}
        }
    }
    tasks.spawn(customers::buy(city, customers));
    tasks
}

impl City {
    /// This person, signed in; keeps trying while the house starts.
    async fn enter(&self, person: &DemoPerson) -> Visitor {
        loop {
            match Visitor::at(&self.base).sign_in(&person.email, &self.password).await {
                Ok(visitor) => return visitor,
                Err(error) => {
                    tracing::debug!(email = person.email, %error, "cannot sign in yet");
                    pause(2.0).await;
                }
            }
        }
    }
}

/// Some seconds, give or take a fifth, so that nobody acts in step.
async fn pause(seconds: f64) {
    let factor = dice().random_range(0.8..1.2);
    tokio::time::sleep(Duration::from_secs_f64(seconds * factor)).await;
}

/// Chance for the simulator; seeded from the system, since nothing depends on it.
fn dice() -> StdRng {
    StdRng::from_seed(kernel::random_bytes())
}
