//! One worker at a time for work that is called for again and again.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

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

/// Sees to it that `work` is done from its beginning after this call, by one worker however many
/// call. A round that fails or panics is over, and the next one begins where it was called for.
pub fn call<W>(rounds: &Arc<Rounds>, name: &'static str, work: impl Fn() -> W + Send + 'static)
where
    W: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    if !rounds.call() {
        return;
    }
    let rounds = Arc::clone(rounds);
    tokio::spawn(async move {
        while rounds.begin() {
            // In a task of its own: a panic there does not end this one.
            match tokio::spawn(work()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(name, error = format!("{error:#}"), "waits"),
                Err(panic) => tracing::error!(name, %panic, "a round broke off"),
            }
        }
    });
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

    #[tokio::test]
    async fn who_panics_is_called_again() {
        let (rounds, done) = (Arc::new(Rounds::default()), Arc::new(AtomicU8::new(0)));
        let counted = Arc::clone(&done);
        let work = move || {
            let done = Arc::clone(&counted);
            async move {
                assert_ne!(done.fetch_add(1, Ordering::AcqRel), 0, "the first round breaks off");
                Ok(())
            }
        };
        for turn in 1..=3 {
            super::call(&rounds, "a test", work.clone());
            while done.load(Ordering::Acquire) < turn || rounds.0.load(Ordering::Acquire) != IDLE {
                tokio::task::yield_now().await;
            }
        }
        assert_eq!(done.load(Ordering::Acquire), 3);
    }
}
