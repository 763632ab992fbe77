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

/// Trips from several places to one.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
pub struct Trips {
    #[garde(length(max = 100), inner(custom(wire::on_the_globe)))]
    pub from: Vec<Place>,
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

/// When it is wanted at the door: from one instant to before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Slot {
    pub from: Timestamp,
    pub until: Timestamp,
}

impl Estimate {
    /// When a driver who leaves the store then is back at the latest, should the door refuse. The
    /// law's hours must hold until then.
    pub fn back_by(&self, leaving: Timestamp) -> Timestamp {
        let there_and_back = 2 * i64::from(self.worst_seconds);
        leaving + SignedDuration::from_secs(there_and_back + i64::from(self.door_seconds))
    }

    /// When an order leaves the store at the latest that is placed at `now`, is wanted as soon as
    /// possible and takes the store so long.
    pub fn leaves_if_placed(&self, now: Timestamp, preparation_minutes: u32) -> Timestamp {
        let preparing = SignedDuration::from_mins(preparation_minutes.into());
        now + preparing + SignedDuration::from_secs(self.wait_seconds.into())
    }

    /// How long it is, at the most that is reckoned with, from placing an order that is wanted as soon as
    /// possible until its driver is back: what the law's hours have to last for.
    pub fn takes(&self, preparation_minutes: u32) -> SignedDuration {
        let placed = Timestamp::UNIX_EPOCH;
        self.back_by(self.leaves_if_placed(placed, preparation_minutes)).duration_since(placed)
    }

    /// From when until when a driver leaves the store who brings it within that slot: as it begins,
    /// or before that where the whole of it would not do for the way on a bad day; and not so late
    /// that it is over when the driver is there on a good one.
    pub fn leaving(&self, slot: Slot) -> (Timestamp, Timestamp) {
        let first = slot.from.min(self.leaves_by(slot));
        (first, first.max(slot.until - SignedDuration::from_secs(self.seconds.into())))
    }

    /// When it has to leave the store so that it comes within the slot on a bad day too.
    pub fn leaves_by(&self, slot: Slot) -> Timestamp {
        slot.until - SignedDuration::from_secs(self.worst_seconds.into())
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
        let promised = trip.back_by(trip.leaves_if_placed(placed, 15));
        let leaves = |minutes| placed + SignedDuration::from_mins(minutes);
        assert!((0..=25).all(|minutes| trip.back_by(leaves(minutes)) <= promised));
        assert!(trip.back_by(leaves(26)) > promised, "and no more is asked for than that");
        assert_eq!(promised, leaves(15 + 10 + 21 + 3 + 21));
        assert_eq!(placed + trip.takes(15), promised, "whenever it is placed");
    }

    /// Of a near door the driver leaves as the slot begins, of a far one before that.
    #[test]
    fn what_is_due_leaves_in_time_on_a_bad_day_too() {
        let from: Timestamp = "2026-06-15T17:00:00Z".parse().unwrap();
        let minutes = |count| from + SignedDuration::from_mins(count);
        let slot = Slot { from, until: minutes(60) };
        let trip = |seconds, worst_seconds| Estimate {
            metres: 3_000,
            seconds,
            worst_seconds,
            door_seconds: 180,
            wait_seconds: 600,
            rough: true,
        };
        let near = trip(600, 1_260);
        assert_eq!(near.leaving(slot), (from, minutes(50)));
        assert_eq!(near.leaves_by(slot), minutes(39));
        assert_eq!(near.back_by(near.leaving(slot).1), minutes(50 + 21 + 3 + 21));
        assert_eq!(trip(3_000, 5_100).leaving(slot), (minutes(-25), minutes(10)));
    }
}
