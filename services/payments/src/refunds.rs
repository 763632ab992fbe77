//! Who may give how much money back alone, and who may agree to more. Pure.

use jiff::SignedDuration;
use kernel::{Actor, CustomerId, Role, StoreId};
use wire::Reach;

use crate::config::{PerCurrency, Refunds};

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

/// Whether the money would go to whoever gives it: nobody gives back, or agrees to give back, what they
/// paid themselves.
pub fn is_own(actor: &Actor, customer: CustomerId) -> bool {
    actor.person.uuid() == customer.uuid()
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
    /// That of the settings; nothing in a currency which they do not list.
    pub fn default_of(settings: &Refunds, desk: Desk, currency: &str) -> Self {
        let (per_payment, per_day) = Self::lists(settings, desk);
        let of = |list: &PerCurrency| list.get(currency).copied().unwrap_or(0);
        Self { per_payment: of(per_payment), per_day: of(per_day) }
    }

    /// What the settings list for that desk: of one payment, and in a day.
    pub const fn lists(settings: &Refunds, desk: Desk) -> (&PerCurrency, &PerCurrency) {
        match desk {
            Desk::Store => (&settings.store_per_payment, &settings.store_per_day),
            Desk::Support => (&settings.support_per_payment, &settings.support_per_day),
            Desk::Operator => (&settings.operator_per_payment, &settings.operator_per_day),
        }
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
    fn limits_of_the_settings_are_of_one_worth_and_there_is_none_where_none_is_listed() {
        let settings = Refunds::default();
        for desk in Desk::ALL {
            let of = |code| Limit::default_of(&settings, desk, code);
            let dollars = of("USD").per_payment;
            assert_eq!(of("JPY").per_payment, dollars * 3 / 2, "150 yen a dollar, without cents");
            assert_eq!(of("KWD").per_payment, dollars * 3, "0.30 dinars a dollar, in thousandths");
            for unlisted in ["CHF", "XAU", ""] {
                assert!(!of(unlisted).allows_alone(1, SoFar::default()), "from the first cent");
            }
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
