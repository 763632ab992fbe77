//! Whether a provider answers, and when it is asked next. Pure.

use jiff::{SignedDuration, Timestamp, fmt::rfc2822};

/// So many calls in a row without an answer, and it is left alone.
const UNANSWERED: usize = 5;
/// So many things are known again as having had an unclear answer.
const REMEMBERED: usize = 100;
/// For so long; after that one call more without an answer does it again.
const PAUSE: SignedDuration = SignedDuration::from_secs(10);
/// How long it is not asked where it says that there were too many calls, and not until when.
const CROWDED: SignedDuration = SignedDuration::from_secs(2);
/// It is asked again after so long, whatever it said.
const LONGEST: SignedDuration = SignedDuration::from_mins(5);

/// What came of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// It was understood, a refusal too.
    Answered,
    /// No answer, or trouble there.
    Silent,
    /// An answer that is not understood, for a call about this. It may be about nothing else: it
    /// counts once, so that one thing alone never breaks a provider off for all others.
    Unclear { about: &'a str },
    /// Too many calls; not before then.
    Crowded { until: Timestamp },
}

/// The last calls to one provider, or to one account there, in this process.
#[derive(Debug, Default)]
pub struct Breaker {
    silent: usize,
    /// What unclear answers were about, since one was understood.
    unclear: Vec<String>,
    until: Option<Timestamp>,
    crowded_until: Option<Timestamp>,
}

impl Breaker {
    /// Whether it is left alone, and others are offered.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    /// Until when it has asked for no more calls. It answers all the same.
    pub fn crowded_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.crowded_until.filter(|until| now < *until)
    }

    /// `true` when that was one too many.
    pub fn take(&mut self, outcome: Outcome<'_>, now: Timestamp) -> bool {
        match outcome {
            Outcome::Answered => {
                (self.silent, self.until) = (0, None);
                self.unclear.clear();
                return false;
            }
            Outcome::Crowded { until } => {
                self.crowded_until = self.crowded_until.max(Some(until));
                return false;
            }
            Outcome::Silent => self.silent = self.silent.saturating_add(1),
            Outcome::Unclear { about } => {
                if self.unclear.iter().any(|known| known == about) {
                    return false;
                }
                if self.unclear.len() < REMEMBERED {
                    self.unclear.push(about.to_owned());
                }
            }
        }
        if self.silent.saturating_add(self.unclear.len()) < UNANSWERED {
            return false;
        }
        self.until = Some(now + PAUSE);
        true
    }
}

/// Until when a provider that had too many calls is not asked, by its `Retry-After` (RFC 9110,
/// 10.2.3: seconds, or a date).
pub fn crowded_until(retry_after: Option<&str>, now: Timestamp) -> Timestamp {
    let told = retry_after.map(str::trim).and_then(|text| match text.parse::<i64>() {
        Ok(seconds) => now.checked_add(SignedDuration::from_secs(seconds.max(0))).ok(),
        Err(_) => rfc2822::parse(text).ok().map(|zoned| zoned.timestamp()),
    });
    told.unwrap_or(now + CROWDED).clamp(now, now + LONGEST)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[derive(Debug, Clone)]
    enum Came {
        Answered,
        Silent,
        Unclear(u8),
        Crowded(i64),
    }

    impl Came {
        fn outcome<'a>(&self, names: &'a [String], now: Timestamp) -> Outcome<'a> {
            match self {
                Self::Answered => Outcome::Answered,
                Self::Silent => Outcome::Silent,
                Self::Unclear(which) => Outcome::Unclear { about: &names[usize::from(*which)] },
                Self::Crowded(seconds) => {
                    Outcome::Crowded { until: now + SignedDuration::from_secs(*seconds) }
                }
            }
        }
    }

    fn names() -> Vec<String> {
        (0..8).map(|n| format!("pi_{n}")).collect()
    }

    fn came() -> impl Strategy<Value = Came> {
        prop_oneof![
            Just(Came::Answered),
            Just(Came::Silent),
            (0..8_u8).prop_map(Came::Unclear),
            (0..400_i64).prop_map(Came::Crowded),
        ]
    }

    proptest! {
        #[test]
        fn one_payment_alone_never_breaks_it_off(
            calls in prop::collection::vec((0..40_i64, any::<bool>(), 0..400_i64), 0..60),
        ) {
            let (mut breaker, mut now, names) = (Breaker::default(), at(0), names());
            for (seconds, crowded, wait) in calls {
                now += SignedDuration::from_secs(seconds);
                let came = if crowded { Came::Crowded(wait) } else { Came::Unclear(3) };
                prop_assert!(!breaker.take(came.outcome(&names, now), now));
                prop_assert!(!breaker.is_open(now));
            }
        }

        /// It is broken off by five misses since the last answer that was understood, each payment's
        /// unclear answers being one, and by nothing less.
        #[test]
        fn it_is_broken_off_by_five_misses_in_a_row_and_by_nothing_else(
            calls in prop::collection::vec((0..40_i64, came()), 0..60),
        ) {
            let (mut breaker, mut now, names) = (Breaker::default(), at(0), names());
            let (mut silent, mut unclear) = (0, std::collections::BTreeSet::new());
            for (seconds, came) in calls {
                now += SignedDuration::from_secs(seconds);
                let was_open = breaker.is_open(now);
                let opened = breaker.take(came.outcome(&names, now), now);
                let new = match came {
                    Came::Answered => { (silent, unclear) = (0, Default::default()); false }
                    Came::Silent => { silent += 1; true }
                    Came::Unclear(which) => unclear.insert(which),
                    Came::Crowded(_) => false,
                };
                if opened {
                    prop_assert!(new && silent + unclear.len() >= UNANSWERED);
                    prop_assert!(breaker.is_open(now + PAUSE - SignedDuration::from_secs(1)));
                } else {
                    prop_assert!(!new || silent + unclear.len() < UNANSWERED);
                    let mended = matches!(came, Came::Answered);
                    prop_assert_eq!(breaker.is_open(now), was_open && !mended);
                }
            }
        }

        #[test]
        fn crowds_slow_it_down_until_the_latest_time_told_and_break_nothing(
            calls in prop::collection::vec((0..40_i64, 0..400_i64), 1..30),
        ) {
            let (mut breaker, mut now, mut latest) = (Breaker::default(), at(0), at(0));
            for (seconds, wait) in calls {
                now += SignedDuration::from_secs(seconds);
                let until = now + SignedDuration::from_secs(wait);
                latest = latest.max(until);
                breaker.take(Outcome::Crowded { until }, now);
                prop_assert_eq!(breaker.crowded_until(now), (now < latest).then_some(latest));
                prop_assert!(!breaker.is_open(now) && breaker.crowded_until(latest).is_none());
            }
        }
    }

    #[test]
    fn five_silences_in_a_row_break_off_for_a_while_and_an_answer_mends() {
        let mut breaker = Breaker::default();
        for second in 0..5 {
            assert_eq!(breaker.take(Outcome::Silent, at(second)), second == 4);
        }
        assert!(breaker.is_open(at(13)) && !breaker.is_open(at(14)));
        assert!(breaker.take(Outcome::Silent, at(14)), "at once, until it answers");
        breaker.take(Outcome::Answered, at(15));
        assert!(!breaker.is_open(at(15)) && !breaker.take(Outcome::Silent, at(15)));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_and_has_an_end() {
        let now = at(1_790_000_000);
        let waits = |told| crowded_until(told, now).duration_since(now).as_secs();
        assert_eq!(waits(Some("7")), 7);
        assert_eq!(waits(Some("Mon, 21 Sep 2026 14:13:50 GMT")), 30);
        assert_eq!((waits(None), waits(Some("soon"))), (2, 2));
        assert_eq!((waits(Some("-3")), waits(Some("86400"))), (0, 300));
        assert_eq!(waits(Some("9223372036854775807")), 2, "no time at all");
        assert_eq!(waits(Some("Mon, 21 Sep 2015 14:13:50 GMT")), 0);
    }
}
