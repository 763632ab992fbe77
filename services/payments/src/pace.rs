//! How soon what could not be given back is asked for again. Pure.

use jiff::SignedDuration;

/// So long after the first time, four times as long after each time that follows, and at the latest
/// after [`SELDOM`].
const SOON: SignedDuration = SignedDuration::from_mins(1);
const SELDOM: SignedDuration = SignedDuration::from_hours(6);

/// How long to wait when it has failed so often.
pub fn after(failed: i64) -> SignedDuration {
    match u32::try_from(failed) {
        Ok(0) => SignedDuration::ZERO,
        Ok(failed) => (SOON * 4_i32.pow((failed - 1).min(6))).min(SELDOM),
        Err(_) => SELDOM,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_is_asked_for_ever_less_often_and_never_given_up() {
        let minutes = [0, 1, 4, 16, 64, 256, 360, 360].map(SignedDuration::from_mins);
        for (failed, expected) in (0..).zip(minutes) {
            assert_eq!(after(failed), expected, "{failed}");
        }
        assert_eq!(after(i64::MAX), SELDOM);
    }
}
