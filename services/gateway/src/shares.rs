//! What one asker may have of something at once, so that they do not take what is there for all.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Askers are counted in so many places, by a keyed hash. Where two share one they share what each may
/// have: seldom, as few have much at once, and nobody can choose with whom.
const PLACES: usize = 4096;

/// How much each asker has of something now.
#[derive(Debug, Clone)]
pub struct Shares {
    taken: Arc<[AtomicUsize]>,
    hasher: RandomState,
    /// None where each may have any number.
    most: Option<usize>,
}

/// One of what somebody may have, until it is dropped.
#[derive(Debug, Default)]
pub struct Share(Option<(Arc<[AtomicUsize]>, usize)>);

impl Drop for Share {
    fn drop(&mut self) {
        if let Some((taken, place)) = &self.0 {
            taken[*place].fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Shares {
    /// So many for each at most; any number where that is 0.
    pub fn new(most: usize) -> Self {
        let taken = (0..PLACES).map(|_| AtomicUsize::new(0)).collect();
        Self { taken, hasher: RandomState::new(), most: Some(most).filter(|most| *most > 0) }
    }

    /// One more for this asker; none where they have all that they may have.
    pub fn take(&self, asker: impl Hash) -> Option<Share> {
        let Some(most) = self.most else { return Some(Share(None)) };
        let place = self.hasher.hash_one(asker) as usize % PLACES;
        let one_more = |now: usize| (now < most).then_some(now + 1);
        let taken = self.taken[place].fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more);
        taken.ok().map(|_| Share(Some((Arc::clone(&self.taken), place))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_their_own() {
        let shares = Shares::new(2);
        let mut one = vec![shares.take("one").unwrap(), shares.take("one").unwrap()];
        assert!(shares.take("one").is_none());
        let others = (0..20).filter(|other| shares.take(other).is_some()).count();
        assert!(others >= 19, "{others}: hardly anybody shares");
        one.pop();
        assert!(shares.take("one").is_some(), "what is given back can be taken");
        let any = Shares::new(0);
        let all: Vec<_> = (0..100).map(|_| any.take("one").unwrap()).collect();
        assert_eq!(all.len(), 100);
    }
}
