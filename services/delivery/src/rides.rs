//! Rides as they are known now: a router's where it was asked and has answered, else the built-in
//! estimate's.

use std::collections::HashMap;

use kernel::Place;

use crate::estimate::{self, Ride};

/// What a router says of a way, as roads are now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    pub metres: u32,
    pub seconds: u32,
}

/// A router's answers to one question. They are used for what asked, and nobody keeps them.
#[derive(Debug, Clone, Default)]
pub struct Rides(HashMap<Way, Leg>);

/// From where to where, to the bit.
type Way = [u64; 4];

fn way(from: Place, to: Place) -> Way {
    [from.lat, from.lon, to.lat, to.lon].map(f64::to_bits)
}

/// Where roads are worse than on the built-in bad day, the bad day goes on in steps of so many
/// seconds: what the law is asked says nothing of a router's, to the second.
const STEP: u32 = 300;

impl Rides {
    pub fn add(&mut self, from: Place, to: Place, leg: Leg) {
        self.0.insert(way(from, to), leg);
    }

    /// The ride from one place to another. However short a router says it is, a bad day is as bad as
    /// the built-in estimate has it; where it says that roads are worse than that, they are.
    pub fn ride(&self, from: Place, to: Place) -> Ride {
        let built_in = estimate::ride(from, to);
        let Some(leg) = self.0.get(&way(from, to)) else { return built_in };
        let beyond = leg.seconds.checked_next_multiple_of(STEP).unwrap_or(leg.seconds);
        let worse = leg.seconds > built_in.worst_seconds;
        Ride {
            metres: leg.metres,
            seconds: leg.seconds,
            worst_seconds: if worse { beyond } else { built_in.worst_seconds },
            rough: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn in_town() -> impl Strategy<Value = Place> {
        (41.3..41.8, -93.9..-93.3).prop_map(|(lat, lon)| Place { lat, lon })
    }

    proptest! {
        /// The law's hours must hold until the driver is back on a bad day: no router makes that
        /// day better, and none is believed less than what it says of now.
        #[test]
        fn no_router_makes_a_bad_day_better(
            from in in_town(), to in in_town(), metres in 0..100_000u32, seconds: u32,
        ) {
            let mut rides = Rides::default();
            rides.add(from, to, Leg { metres, seconds });
            let (known, built_in) = (rides.ride(from, to), estimate::ride(from, to));
            prop_assert!(!known.rough && known.seconds == seconds && known.metres == metres);
            prop_assert!(known.worst_seconds >= built_in.worst_seconds.max(seconds));
            prop_assert!(known.worst_seconds == built_in.worst_seconds || seconds > built_in.worst_seconds);
        }

        #[test]
        fn what_was_not_asked_is_the_built_in_estimate(a in in_town(), b in in_town(), c in in_town()) {
            prop_assume!(a != b && b != c);
            let mut rides = Rides::default();
            rides.add(a, b, Leg { metres: 1, seconds: 1 });
            prop_assert_eq!(rides.ride(b, a), estimate::ride(b, a));
            prop_assert_eq!(rides.ride(b, c), estimate::ride(b, c));
        }
    }
}
