//! Whether one process of a service is asked, and when again. Pure.

use std::time::Duration;

use tokio::time::Instant;

/// How long a process is left alone after one failure; doubled with each that follows.
const SHORTEST: Duration = Duration::from_millis(250);
/// It is tried again after so long, whatever was.
const LONGEST: Duration = Duration::from_secs(15);
/// So many questions in a row without an answer in time, and it is taken to hang.
const UNANSWERED: u32 = 5;

/// What came of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// An answer, be it a refusal.
    Answered,
    /// An answer of a process that is about to end.
    Leaving,
    /// Nobody listens there: nothing was sent.
    Refused,
    /// The connection broke, or something between said that nobody is behind it.
    Broken,
    /// No answer in the time there was.
    Silent,
}

/// Whether a process may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Fit,
    /// Only where there is no other: it failed, or said that it is not ready.
    Worst,
    /// Not at all: it hangs, and what is sent there would only wait.
    Hangs,
}

/// What is known of one process.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// What it said when it was last looked at, where it is looked at.
    ready: Option<bool>,
    failures: u32,
    silences: u32,
    until: Option<Instant>,
}

impl Standing {
    /// Whether it may be asked now.
    pub fn of_use(&self, now: Instant) -> Use {
        let waits = self.until.is_some_and(|until| now < until);
        match (self.hangs(), waits, self.ready) {
            (true, true, _) => Use::Hangs,
            (_, false, None | Some(true)) => Use::Fit,
            _ => Use::Worst,
        }
    }

    /// Notes that it is asked. Of one that hung a single question finds out whether it still does.
    pub fn asked(&mut self, now: Instant) {
        if self.hangs() {
            self.until = Some(now + pause(self.silences - UNANSWERED));
        }
    }

    /// Notes what came of asking.
    pub fn take(&mut self, came: Came, now: Instant) {
        match came {
            Came::Answered => {
                (self.failures, self.silences, self.until) = (0, 0, None);
            }
            Came::Leaving => {
                self.silences = 0;
                self.is_gone(now);
            }
            Came::Refused => self.is_gone(now),
            Came::Broken => self.leave_alone(now),
            Came::Silent => {
                self.silences = self.silences.saturating_add(1);
                if self.hangs() {
                    self.until = Some(now + pause(self.silences - UNANSWERED));
                }
            }
        }
    }

    /// Notes what a look at it said: whether it is ready to be asked. One that says so and still
    /// hangs has to answer a question first.
    pub fn looked(&mut self, ready: bool) {
        self.ready = Some(ready);
        if ready && !self.hangs() {
            (self.failures, self.until) = (0, None);
        }
    }

    fn hangs(&self) -> bool {
        self.silences >= UNANSWERED
    }

    /// Where it is looked at it comes back with the look that finds it ready.
    fn is_gone(&mut self, now: Instant) {
        self.ready = self.ready.map(|_| false);
        self.leave_alone(now);
    }

    fn leave_alone(&mut self, now: Instant) {
        let until = now + pause(self.failures);
        self.failures = self.failures.saturating_add(1);
        self.until = self.until.max(Some(until));
    }
}

fn pause(before: u32) -> Duration {
    SHORTEST.saturating_mul(1 << before.min(10)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn came() -> impl Strategy<Value = Came> {
        prop::sample::select(vec![
            Came::Answered,
            Came::Leaving,
            Came::Refused,
            Came::Broken,
            Came::Silent,
        ])
    }

    proptest! {
        /// Whatever was, nothing is left alone for longer than the longest pause, unless looks say
        /// that it is not ready.
        #[test]
        fn every_pause_ends(all in prop::collection::vec((came(), 0..20_000_u64), 0..60)) {
            let (mut standing, mut now) = (Standing::default(), Instant::now());
            for (came, wait) in all {
                standing.take(came, now);
                prop_assert_eq!(standing.of_use(now + LONGEST), Use::Fit);
                now += Duration::from_millis(wait);
            }
        }

        /// An answer makes up for everything but a look that says no, and a look for everything but
        /// silence.
        #[test]
        fn an_answer_mends_and_a_look_does(
            all in prop::collection::vec(came(), 0..40),
            looks in prop::collection::vec(any::<bool>(), 0..3),
        ) {
            let (mut standing, now) = (Standing::default(), Instant::now());
            looks.iter().for_each(|ready| standing.looked(*ready));
            all.iter().for_each(|came| standing.take(*came, now));
            let mut answered = standing.clone();
            answered.take(Came::Answered, now);
            let said_no = answered.ready == Some(false);
            prop_assert_eq!(answered.of_use(now) == Use::Fit, !said_no);
            let hung = standing.hangs();
            standing.looked(true);
            prop_assert_eq!(standing.of_use(now) == Use::Fit, !hung);
        }

        /// No single failure makes a process hang, and only one that hangs is not asked at all.
        #[test]
        fn only_silence_shuts_a_process_off(all in prop::collection::vec(came(), 0..40)) {
            let (mut standing, now) = (Standing::default(), Instant::now());
            let mut silent = 0;
            for came in all {
                standing.take(came, now);
                silent = match came {
                    Came::Answered | Came::Leaving => 0,
                    Came::Silent => silent + 1,
                    Came::Refused | Came::Broken => silent,
                };
                prop_assert_eq!(standing.of_use(now) == Use::Hangs, silent >= UNANSWERED);
            }
        }
    }

    #[test]
    fn what_failed_is_left_alone_for_longer_each_time() {
        let (mut standing, now) = (Standing::default(), Instant::now());
        for millis in [250, 500, 1000, 2000] {
            standing.take(Came::Broken, now);
            assert_eq!(standing.of_use(now + Duration::from_millis(millis - 1)), Use::Worst);
            assert_eq!(standing.of_use(now + Duration::from_millis(millis)), Use::Fit);
        }
    }

    #[test]
    fn one_question_at_a_time_finds_out_whether_it_still_hangs() {
        let (mut standing, now) = (Standing::default(), Instant::now());
        (0..UNANSWERED).for_each(|_| standing.take(Came::Silent, now));
        assert_eq!(standing.of_use(now), Use::Hangs);
        let later = now + SHORTEST;
        assert_eq!(standing.of_use(later), Use::Fit);
        standing.asked(later);
        assert_eq!(standing.of_use(later), Use::Hangs, "for everybody else");
        standing.take(Came::Answered, later);
        assert_eq!(standing.of_use(later), Use::Fit);
    }

    #[test]
    fn who_leaves_comes_back_with_a_look_where_there_are_looks() {
        let now = Instant::now();
        let late = now + LONGEST;
        for came in [Came::Leaving, Came::Refused] {
            let mut seen = Standing::default();
            seen.looked(true);
            seen.take(came, now);
            assert_eq!((seen.of_use(now), seen.of_use(late)), (Use::Worst, Use::Worst));
            seen.looked(true);
            assert_eq!(seen.of_use(now), Use::Fit);
            let mut unseen = Standing::default();
            unseen.take(came, now);
            assert_eq!((unseen.of_use(now), unseen.of_use(late)), (Use::Worst, Use::Fit));
        }
    }
}
