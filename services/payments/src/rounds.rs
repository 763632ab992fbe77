//! One worker at a time for work that is called for again and again.

use std::sync::atomic::{AtomicU8, Ordering};

const IDLE: u8 = 0;
const AT_WORK: u8 = 1;
/// Called for since the worker began its round.
const CALLED: u8 = 2;

/// Whether somebody is at work, and whether they were called for since they began.
#[derive(Debug, Default)]
pub struct Rounds(AtomicU8);

impl Rounds {
    /// Calls for a round; `true` when nobody is at work, so that the caller must see to it that
    /// somebody goes through [`Self::begin`] until that is `false`.
    pub fn call(&self) -> bool {
        self.0.swap(CALLED, Ordering::AcqRel) == IDLE
    }

    /// Begins a round; `false` when nobody called since the last one began: then work has ended.
    pub fn begin(&self) -> bool {
        let next = |state| Some(if state == CALLED { AT_WORK } else { IDLE });
        self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, next) == Ok(CALLED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_during_a_round_are_one_round_more() {
        let rounds = Rounds::default();
        assert!(rounds.call() && !rounds.call());
        assert!(rounds.begin());
        assert!(!rounds.call() && !rounds.call());
        assert!(rounds.begin() && !rounds.begin());
        assert!(rounds.call(), "whoever calls now begins anew");
    }
}
