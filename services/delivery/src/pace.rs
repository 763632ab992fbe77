//! How often somebody is asked. Pure.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

/// At most so many within any stretch of time this long.
#[derive(Debug)]
pub struct Pace {
    most: u32,
    within: SignedDuration,
    /// When how many were asked for, oldest first.
    asked: VecDeque<(Timestamp, u32)>,
}

impl Pace {
    pub const fn new(most: u32, within: SignedDuration) -> Self {
        Self { most, within, asked: VecDeque::new() }
    }

    /// How many more may be asked for now.
    pub fn left(&mut self, now: Timestamp) -> u32 {
        while self.asked.front().is_some_and(|(at, _)| now.duration_since(*at) >= self.within) {
            self.asked.pop_front();
        }
        let used = self.asked.iter().map(|(_, count)| count).sum::<u32>();
        self.most.saturating_sub(used)
    }

    /// Counts so many more; `false`, and nothing is counted, where that is too many.
    pub fn take(&mut self, count: u32, now: Timestamp) -> bool {
        let fits = count <= self.left(now);
        if fits {
            self.asked.push_back((now, count));
        }
        fits
    }

    /// Whether nothing is counted any more.
    pub fn is_idle(&mut self, now: Timestamp) -> bool {
        self.left(now) == self.most
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: SignedDuration = SignedDuration::from_mins(1);

    proptest! {
        /// Whatever minute is looked at, no more was asked for in it.
        #[test]
        fn no_minute_has_more(
            most in 1..50u32, asks in prop::collection::vec((0..40i64, 1..30u32), 1..60),
        ) {
            let (mut pace, mut now) = (Pace::new(most, MINUTE), Timestamp::UNIX_EPOCH);
            let mut granted: Vec<(Timestamp, u32)> = Vec::new();
            for (seconds, count) in asks {
                now += SignedDuration::from_secs(seconds);
                let recent = |granted: &[(Timestamp, u32)]| -> u32 {
                    let in_minute = granted.iter().filter(|(at, _)| now.duration_since(*at) < MINUTE);
                    in_minute.map(|(_, count)| count).sum()
                };
                let before = recent(&granted);
                let taken = pace.take(count, now);
                prop_assert_eq!(taken, before + count <= most);
                if taken {
                    granted.push((now, count));
                }
                prop_assert_eq!(pace.left(now), most - recent(&granted));
                prop_assert_eq!(pace.is_idle(now), recent(&granted) == 0);
            }
        }
    }
}
