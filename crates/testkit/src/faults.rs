//! What was asked of a stand-in, and what is to go wrong with it.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::provider::{Call, Goes};

/// The calls of one stand-in.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Calls>);

#[derive(Debug, Default)]
struct Calls {
    asked: HashMap<Call, u32>,
    waiting: HashMap<Call, VecDeque<Goes>>,
}

impl Faults {
    /// The next `times` calls of this kind go wrong.
    pub fn add(&self, call: Call, goes: Goes, times: u32) {
        self.calls().waiting.entry(call).or_default().extend((0..times).map(|_| goes));
    }

    /// A call has come, whatever comes of it.
    pub fn count(&self, call: Option<Call>) {
        if let Some(call) = call {
            *self.calls().asked.entry(call).or_default() += 1;
        }
    }

    /// How the call that is being carried out goes; well where nothing is said.
    pub fn next(&self, call: Option<Call>) -> Option<Goes> {
        self.calls().waiting.get_mut(&call?)?.pop_front()
    }

    /// How often it was asked for.
    pub fn asked(&self, call: Call) -> u32 {
        self.calls().asked.get(&call).copied().unwrap_or_default()
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
