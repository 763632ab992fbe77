use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use kernel::{PersonId, Place};
use serde::{Deserialize, Serialize};

/// A trip to be estimated.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
pub struct Trip {
    #[garde(custom(wire::on_the_globe))]
    pub from: Place,
    #[garde(custom(wire::on_the_globe))]
    pub to: Place,
}

/// How far and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Estimate {
    /// Along streets.
    pub metres: u32,
    pub seconds: u32,
    /// What it takes on a bad day: for promises that the law depends on.
    pub worst_seconds: u32,
    /// What is done at the door takes so long.
    pub door_seconds: u32,
    /// Besides the time that the store needs, an order waits so long to be paid, to be accepted and
    /// for its driver.
    pub wait_seconds: u32,
    /// Whether it is the built-in estimate rather than a router's.
    pub rough: bool,
}

impl Estimate {
    /// When a driver who leaves the store then is back at the latest, should the door refuse. The
    /// law's hours must hold until then.
    pub fn back_by(&self, leaving: Timestamp) -> Timestamp {
        let there_and_back = 2 * i64::from(self.worst_seconds);
        leaving + SignedDuration::from_secs(there_and_back + i64::from(self.door_seconds))
    }

    /// The same for an order that is placed at `now` and takes the store so long.
    pub fn back_by_if_placed(&self, now: Timestamp, preparation_minutes: u32) -> Timestamp {
        let preparing = SignedDuration::from_mins(preparation_minutes.into());
        self.back_by(now + preparing + SignedDuration::from_secs(self.wait_seconds.into()))
    }
}

/// An order is to stay in the store.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
pub struct Recall {
    /// Who wants it.
    #[garde(skip)]
    pub by: PersonId,
    #[garde(length(chars, min = 1, max = 200), custom(wire::plain_text))]
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever leaves the store in the time that was reckoned with is as lawful as it was promised.
    #[test]
    fn what_was_promised_is_not_stopped_at_the_store() {
        let trip = Estimate {
            metres: 3_000,
            seconds: 600,
            worst_seconds: 1_260,
            door_seconds: 180,
            wait_seconds: 600,
            rough: true,
        };
        let placed: Timestamp = "2026-06-15T17:00:00Z".parse().unwrap();
        let promised = trip.back_by_if_placed(placed, 15);
        let leaves = |minutes| placed + SignedDuration::from_mins(minutes);
        assert!((0..=25).all(|minutes| trip.back_by(leaves(minutes)) <= promised));
        assert!(trip.back_by(leaves(26)) > promised, "and no more is asked for than that");
        assert_eq!(promised, leaves(15 + 10 + 21 + 3 + 21));
    }
}
