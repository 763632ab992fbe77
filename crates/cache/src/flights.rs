use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use tokio::sync::OnceCell;

/// How a load ended; all who waited for it share it.
pub type Outcome<V> = Result<V, Arc<anyhow::Error>>;

/// A load for all who ask at the same time. If whoever leads it goes away the next takes over.
pub struct Flight<V> {
    pub outcome: OnceCell<Outcome<V>>,
    /// How often something was forgotten before it began.
    pub epoch: u64,
}

/// The loads that are under way in this process.
pub struct Flights<V> {
    tower: Mutex<Tower<V>>,
}

struct Tower<V> {
    by_key: HashMap<String, Weak<Flight<V>>>,
    epoch: u64,
}

impl<V> Flights<V> {
    pub fn new() -> Self {
        Self { tower: Mutex::new(Tower { by_key: HashMap::new(), epoch: 0 }) }
    }

    fn tower(&self) -> MutexGuard<'_, Tower<V>> {
        self.tower.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often something was forgotten.
    pub fn epoch(&self) -> u64 {
        self.tower().epoch
    }

    /// The flight that is under way, or a new one; and whether it is new.
    pub fn join(&self, key: &str) -> (Arc<Flight<V>>, bool) {
        let mut tower = self.tower();
        if let Some(flight) = tower.by_key.get(key).and_then(Weak::upgrade) {
            return (flight, false);
        }
        let flight = Arc::new(Flight { outcome: OnceCell::new(), epoch: tower.epoch });
        tower.by_key.insert(key.to_owned(), Arc::downgrade(&flight));
        (flight, true)
    }

    /// Runs `keep` if nothing was forgotten since that epoch began; nothing can be meanwhile.
    pub fn land(&self, epoch: u64, keep: impl FnOnce()) {
        let tower = self.tower();
        if tower.epoch == epoch {
            keep();
        }
    }

    /// Takes a flight out that has landed, or that nobody waits for any more.
    pub fn over(&self, key: &str, flight: &Arc<Flight<V>>) {
        let mut tower = self.tower();
        let current = tower.by_key.get(key);
        if current.is_some_and(|current| Weak::ptr_eq(current, &Arc::downgrade(flight))) {
            tower.by_key.remove(key);
        }
    }

    /// Begins another epoch: nobody joins the flight of this key any more, or of any where none is
    /// named, and nothing that is under way lands. `forget` is told the epoch's number.
    pub fn forget(&self, key: Option<&str>, forget: impl FnOnce(u64)) {
        let mut tower = self.tower();
        tower.epoch += 1;
        match key {
            Some(key) => drop(tower.by_key.remove(key)),
            None => tower.by_key.clear(),
        }
        forget(tower.epoch);
    }
}
