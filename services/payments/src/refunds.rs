//! Who may give how much money back alone, and who may agree to more. Pure.

use jiff::SignedDuration;
use kernel::{Actor, Role, StoreId};
use wire::Reach;

use crate::config::Refunds;

/// From where somebody gives money back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Desk {
    /// Those who decide at the order's store.
    Store,
    Support,
    Operator,
}

impl Desk {
    pub const ALL: [Self; 3] = [Self::Store, Self::Support, Self::Operator];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Support => "support",
            Self::Operator => "operator",
        }
    }

    /// Where this person sits for a payment of that store; none where it is none of theirs.
    pub fn of(actor: &Actor, reach: &Reach, store: Option<StoreId>) -> Option<Self> {
        if reach.all {
            let runs = actor.roles.contains(&Role::Operator);
            return Some(if runs { Self::Operator } else { Self::Support });
        }
        store.filter(|store| reach.store(*store)).map(|_| Self::Store)
    }
}

/// Over how long a person's refunds are added up.
pub const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What one person may give back alone, in minor units of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Of one payment, in however many pieces and by however many people.
    pub per_payment: i64,
    /// By one person in [`DAY`].
    pub per_day: i64,
}

/// What has been given back, less what failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SoFar {
    /// Of this payment by people alone.
    pub alone: i64,
    /// Of this payment by people, also what a second one agreed to.
    pub all: i64,
    /// By this person in the last [`DAY`] in this currency, asked alone or agreed to.
    pub day: i64,
}

impl Limit {
    pub const fn default_of(settings: &Refunds, desk: Desk) -> Self {
        let (per_payment, per_day) = match desk {
            Desk::Store => (settings.store_per_payment, settings.store_per_day),
            Desk::Support => (settings.support_per_payment, settings.support_per_day),
            Desk::Operator => (settings.operator_per_payment, settings.operator_per_day),
        };
        Self { per_payment, per_day }
    }

    /// Whether nobody else needs to agree.
    pub fn allows_alone(self, amount: i64, so_far: SoFar) -> bool {
        so_far.alone.saturating_add(amount) <= self.per_payment && self.in_the_day(amount, so_far)
    }

    /// Whether someone at that desk may be the second person: operators for any amount, others for
    /// what they could have given back themselves.
    pub fn allows_agreeing(self, desk: Desk, amount: i64, so_far: SoFar) -> bool {
        desk == Desk::Operator
            || so_far.all.saturating_add(amount) <= self.per_payment
                && self.in_the_day(amount, so_far)
    }

    const fn in_the_day(self, amount: i64, so_far: SoFar) -> bool {
        so_far.day.saturating_add(amount) <= self.per_day
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pieces_never_add_up_to_more_than_the_limit(
            per_payment in 0..1000_i64, per_day in 0..1000_i64,
            pieces in prop::collection::vec(1..400_i64, 0..12),
        ) {
            let limit = Limit { per_payment, per_day };
            let mut so_far = SoFar::default();
            for piece in pieces {
                if limit.allows_alone(piece, so_far) {
                    so_far.alone += piece;
                    so_far.day += piece;
                }
            }
            prop_assert!(so_far.alone <= per_payment && so_far.day <= per_day);
        }
    }

    #[test]
    fn only_operators_agree_to_what_they_could_not_give_alone() {
        let limit = Limit { per_payment: 100, per_day: 1000 };
        assert!(limit.allows_agreeing(Desk::Operator, 101, SoFar::default()));
        assert!(limit.allows_agreeing(Desk::Support, 100, SoFar::default()));
        let before = SoFar { all: 1, ..SoFar::default() };
        assert!(!limit.allows_agreeing(Desk::Support, 100, before));
        assert!(!limit.allows_agreeing(Desk::Store, i64::MAX, before));
    }
}
