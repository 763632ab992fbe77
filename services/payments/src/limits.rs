//! How limits of refunds change: what lowers one holds at once, what raises one needs a second
//! operator, or time in which others see it. Pure.

use jiff::{SignedDuration, Timestamp};

use crate::refunds::Limit;

/// A change of a limit, with what was decided of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    pub to: Limit,
    /// When it takes effect where nobody decides; none: not without a second person.
    pub effective_at: Option<Timestamp>,
    pub decision: Option<Decision>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    pub agreed: bool,
    pub at: Timestamp,
}

/// How a change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// For a second operator, or its time.
    Waiting,
    /// It has taken effect; another may have since.
    Effective,
    /// Somebody took it back or decided against it, or asked for another one meanwhile.
    Declined,
}

impl Standing {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Effective => "effective",
            Self::Declined => "declined",
        }
    }
}

impl Change {
    /// Since when it holds, or from when it will where nobody decides otherwise.
    pub fn holds_since(&self) -> Option<Timestamp> {
        match self.decision {
            Some(Decision { agreed, at }) => agreed.then_some(at),
            None => self.effective_at,
        }
    }

    pub fn standing(&self, now: Timestamp) -> Standing {
        match self.holds_since() {
            Some(since) if since <= now => Standing::Effective,
            _ if self.decision.is_some() => Standing::Declined,
            _ => Standing::Waiting,
        }
    }
}

/// The limit that holds at `now`: that of the last of `changes`, oldest first, which has taken effect.
pub fn in_force<'a>(
    default: Limit,
    changes: impl DoubleEndedIterator<Item = &'a Change>,
    now: Timestamp,
) -> Limit {
    let effective = |change: &&Change| change.standing(now) == Standing::Effective;
    changes.rev().find(effective).map_or(default, |change| change.to)
}

/// When a change from `before` takes effect where nobody decides: at once where it raises nothing,
/// otherwise `alone_after`, or never.
pub fn effective_at(
    (before, to): (Limit, Limit),
    now: Timestamp,
    alone_after: Option<SignedDuration>,
) -> Option<Timestamp> {
    if to.per_payment <= before.per_payment && to.per_day <= before.per_day {
        return Some(now);
    }
    alone_after.map(|after| now + after)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: SignedDuration = SignedDuration::from_hours(24);

    /// What operators do, `minutes` after what was done before.
    #[derive(Debug, Clone)]
    enum Act {
        Ask { who: u8, to: Limit },
        Decide { who: u8, agrees: bool },
    }

    fn acts() -> impl Strategy<Value = Vec<(i64, Act)>> {
        let limit =
            (0..9_i64, 0..9_i64).prop_map(|(per_payment, per_day)| Limit { per_payment, per_day });
        let ask = (0..3_u8, limit).prop_map(|(who, to)| Act::Ask { who, to });
        let decide = (0..3_u8, any::<bool>()).prop_map(|(who, agrees)| Act::Decide { who, agrees });
        prop::collection::vec((0..2_000_i64, prop_oneof![ask, decide]), 0..20)
    }

    struct Asked {
        who: u8,
        at: Timestamp,
    }

    /// Asks and decides by the rules, as the operations do.
    fn act(
        act: &Act,
        now: Timestamp,
        alone: Option<SignedDuration>,
        all: &mut Vec<(Asked, Change)>,
    ) {
        match act {
            Act::Ask { who, to } => {
                let before = in_force(START, all.iter().map(|(_, change)| change), now);
                if let Some((_, last)) = all.last_mut()
                    && last.standing(now) == Standing::Waiting
                {
                    last.decision = Some(Decision { agreed: false, at: now });
                }
                let effective_at = effective_at((before, *to), now, alone);
                let change = Change { to: *to, effective_at, decision: None };
                all.push((Asked { who: *who, at: now }, change));
            }
            Act::Decide { who, agrees } => {
                if let Some((asked, last)) = all.last_mut()
                    && last.standing(now) == Standing::Waiting
                    && (!agrees || asked.who != *who)
                {
                    last.decision = Some(Decision { agreed: *agrees, at: now });
                }
            }
        }
    }

    fn is_higher(limit: Limit, than: Limit) -> bool {
        limit.per_payment > than.per_payment || limit.per_day > than.per_day
    }

    /// Whether what holds was asked for at least the time before that one has to wait alone.
    fn is_old(all: &[(Asked, Change)], now: Timestamp, alone: Option<SignedDuration>) -> bool {
        let last = all.iter().rev().find(|(_, it)| it.standing(now) == Standing::Effective);
        last.is_some_and(|(asked, _)| alone.is_some_and(|alone| now >= asked.at + alone))
    }

    const START: Limit = Limit { per_payment: 4, per_day: 4 };

    proptest! {
        /// Whatever one person does alone, within a day nothing is higher than it was; without a way
        /// to go alone, never.
        #[test]
        fn nobody_raises_a_limit_alone(acts in acts(), never in any::<bool>()) {
            let alone = (!never).then_some(DAY);
            let (mut now, mut all) = (Timestamp::UNIX_EPOCH, Vec::new());
            let mut held = START;
            for (minutes, what) in acts {
                now += SignedDuration::from_mins(minutes);
                // What time has done, and then what somebody does.
                let waited = in_force(START, all.iter().map(|(_, it)| it), now);
                prop_assert!(!is_higher(waited, held) || is_old(&all, now, alone));
                act(&what, now, alone, &mut all);
                let holds = in_force(START, all.iter().map(|(_, it)| it), now);
                let agreed = matches!(what, Act::Decide { agrees: true, who }
                    if all.last().is_some_and(|(asked, _)| asked.who != who));
                prop_assert!(!is_higher(holds, waited) || agreed);
                held = holds;
            }
        }

        /// What lowers a limit holds at once, and nothing that was asked for before undoes it.
        #[test]
        fn a_lower_limit_holds_at_once_and_stays(acts in acts(), later in 0..10_000_i64) {
            let (mut now, mut all) = (Timestamp::UNIX_EPOCH, Vec::new());
            for (minutes, what) in acts {
                now += SignedDuration::from_mins(minutes);
                act(&what, now, Some(DAY), &mut all);
            }
            let zero = Limit { per_payment: 0, per_day: 0 };
            act(&Act::Ask { who: 0, to: zero }, now, Some(DAY), &mut all);
            let then = now + SignedDuration::from_mins(later);
            for at in [now, then] {
                prop_assert_eq!(in_force(START, all.iter().map(|(_, it)| it), at), zero);
            }
        }
    }
}
