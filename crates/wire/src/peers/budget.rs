//! How much may be asked a second time: a tenth of what is asked, and a few. Pure.

use std::time::Duration;

use tokio::time::Instant;

/// What one question gives, and what one that is repeated takes.
const EARNED: u32 = 1;
const SPENT: u32 = 10;
/// The most that is saved up: a hundred repetitions.
const MOST: u32 = 100 * SPENT;
/// So many are free, and one of them comes back this often.
const FREE: u32 = 20 * SPENT;
const COMES_BACK: Duration = Duration::from_millis(250);

/// What a service's processes may be asked again: where most answers fail, repeating all of them
/// would double what they fail of.
#[derive(Debug)]
pub struct Budget {
    saved: u32,
    /// When the last free one came back.
    at: Instant,
}

impl Budget {
    pub fn new(now: Instant) -> Self {
        Self { saved: FREE, at: now }
    }

    /// Notes that something is asked.
    pub fn earn(&mut self) {
        self.saved = (self.saved + EARNED).min(MOST);
    }

    /// Whether something may be asked again, which is then spent.
    pub fn spend(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.at).as_millis() / COMES_BACK.as_millis();
        if passed > 0 {
            let back = u32::try_from(passed).unwrap_or(FREE).saturating_mul(SPENT);
            self.saved = self.saved.max(self.saved.saturating_add(back).min(FREE));
            self.at = now;
        }
        let enough = self.saved >= SPENT;
        self.saved -= if enough { SPENT } else { 0 };
        enough
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// At no time has more been repeated than a tenth of what was asked, and the few.
        #[test]
        fn no_more_is_repeated_than_a_tenth_and_a_few(
            steps in prop::collection::vec((0..50_u32, 0..40_u32, 0..600_u64), 1..60),
        ) {
            let begun = Instant::now();
            let (mut budget, mut now) = (Budget::new(begun), begun);
            let (mut asked, mut again) = (0_u32, 0_u32);
            for (questions, wishes, wait) in steps {
                now += Duration::from_millis(wait);
                (0..questions).for_each(|_| budget.earn());
                asked += questions;
                again += (0..wishes).map(|_| u32::from(budget.spend(now))).sum::<u32>();
                let passed = (now - begun).as_millis() / COMES_BACK.as_millis();
                let few = FREE / SPENT + u32::try_from(passed).unwrap();
                prop_assert!(again * SPENT <= asked * EARNED + few * SPENT, "{again} of {asked}");
            }
        }
    }

    #[test]
    fn a_few_are_free_and_come_back() {
        let now = Instant::now();
        let mut budget = Budget::new(now);
        let free = (0..100).filter(|_| budget.spend(now)).count();
        assert_eq!(free, 20);
        let later = now + COMES_BACK;
        assert!(budget.spend(later) && !budget.spend(later));
        (0..10).for_each(|_| budget.earn());
        assert!(budget.spend(later) && !budget.spend(later));
    }
}
