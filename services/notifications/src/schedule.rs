//! When a message that failed is tried again.

use accounts_api::Purpose;
use jiff::{SignedDuration, Timestamp};

const FIRST: SignedDuration = SignedDuration::from_secs(30);
const LONGEST: SignedDuration = SignedDuration::from_hours(6);

/// How long to wait after the `attempts`-th failure: half a minute, and each time four times as
/// long, at most six hours.
pub fn gap(attempts: u32) -> SignedDuration {
    let factor = 4_i32.saturating_pow(attempts.saturating_sub(1));
    FIRST.checked_mul(factor).map_or(LONGEST, |gap| gap.min(LONGEST))
}

/// Whether a letter with a code that was wanted at `wanted` helps nobody any more: whoever waits for
/// a code has long asked for another. Invitations and notices are still read days later.
pub fn is_too_late(purpose: Purpose, wanted: Timestamp, now: Timestamp) -> bool {
    let patience = match purpose {
        Purpose::Invitation | Purpose::Notice => SignedDuration::from_hours(72),
        _ => SignedDuration::from_hours(1),
    };
    now.duration_since(wanted) >= patience
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_gaps() {
        assert_eq!([1, 2, 3].map(|n| gap(n).as_secs()), [30, 120, 480]);
    }

    proptest! {
        #[test]
        fn gaps_grow_and_end(attempts in 1_u32..10_000) {
            prop_assert!(gap(attempts) <= gap(attempts + 1));
            prop_assert!(gap(attempts) >= FIRST && gap(attempts) <= LONGEST);
        }
    }
}
