//! When something could be at the door: slots of an hour, by the store's hours and what things
//! take. What the law says of each is asked for beside. Pure.

use cart_api::AgreedSlot;
use catalogue_api::Offers;
use delivery_api::{Estimate, Slot};
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, Time},
    tz::{AmbiguousOffset, TimeZone},
};
use kernel::Hours;

/// Long enough that one driver's way to a door and a bad day fit in, short enough to wait for.
const LENGTH: SignedDuration = SignedDuration::from_hours(1);
/// Today and tomorrow: what is set aside at a provider lapses, the soonest after three days
/// (PayPal's honour period, Razorpay's late authorisations).
const DAYS: usize = 2;
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// A store's day and the way to one door.
pub struct Shop<'a> {
    hours: &'a Hours,
    zone: &'a TimeZone,
    preparing: SignedDuration,
    trip: Estimate,
    now: Timestamp,
    /// When it is packed at the earliest; none where the store does not open any more.
    packed_from: Option<Timestamp>,
    /// The same if the store took orders now.
    packed_unpaused: Option<Timestamp>,
}

/// Why it cannot come within a slot, whatever the law says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// It would not be there in time on a bad day.
    TooSoon,
    /// Nor would it, because the store begins with nothing before its pause is over.
    StorePaused,
    /// The store is closed while its driver would leave.
    StoreClosed,
}

impl Against {
    /// A sentence for people.
    pub const fn detail(self) -> &'static str {
        match self {
            Self::TooSoon => "It could not be there in time.",
            Self::StorePaused => {
                "The store takes no orders for a while, and could not have it ready."
            }
            Self::StoreClosed => "The store is closed then.",
        }
    }
}

impl<'a> Shop<'a> {
    /// The shop that makes these offers.
    pub fn of(offers: &'a Offers, zone: &'a TimeZone, trip: Estimate, now: Timestamp) -> Self {
        let paused_until = offers.paused.as_ref().map(|pause| pause.until);
        let minutes = offers.store.preparation_minutes;
        Self::new((&offers.hours, zone), minutes, trip, (now, paused_until))
    }

    fn new(
        (hours, zone): (&'a Hours, &'a TimeZone),
        preparation_minutes: u32,
        trip: Estimate,
        (now, paused_until): (Timestamp, Option<Timestamp>),
    ) -> Self {
        let preparing = SignedDuration::from_mins(preparation_minutes.into());
        let takes = SignedDuration::from_secs(trip.wait_seconds.into()) + preparing;
        let packed = |from| works_from((hours, zone), from, takes).map(|begins| begins + takes);
        let packed_unpaused = packed(now);
        let paused = paused_until.filter(|until| *until > now);
        let packed_from = paused.map_or(packed_unpaused, packed);
        Self { hours, zone, preparing, trip, now, packed_from, packed_unpaused }
    }

    /// The slots of today and tomorrow that are not over and in which the store is open, in turn.
    pub fn slots(&self) -> Vec<Slot> {
        let today = self.zone.to_datetime(self.now).date();
        let days = std::iter::successors(Some(today), |day| day.tomorrow().ok()).take(DAYS);
        let slots = days.flat_map(|day| self.begins(day)).map(|from| {
            let until = from + LENGTH;
            Slot { from, until }
        });
        let last = |slot: &Slot| slot.until - MINUTE;
        let open = |at| self.hours.open_at(at, self.zone);
        slots
            .filter(|slot| slot.until > self.now && (open(slot.from) || open(last(slot))))
            .collect()
    }

    /// The whole hours of a day by the wall clock: one that is skipped when it is turned forward
    /// does not count, one that comes twice when it is turned back counts twice.
    fn begins(&self, day: Date) -> Vec<Timestamp> {
        let hour = |hour: i8| {
            let time = day.to_datetime(Time::constant(hour, 0, 0, 0));
            let at = |offset: jiff::tz::Offset| offset.to_timestamp(time).ok();
            match self.zone.to_ambiguous_timestamp(time).offset() {
                AmbiguousOffset::Unambiguous { offset } => [at(offset), None],
                AmbiguousOffset::Gap { .. } => [None, None],
                AmbiguousOffset::Fold { before, after } => [at(before), at(after)],
            }
        };
        let mut begins: Vec<Timestamp> = (0..24).flat_map(hour).flatten().collect();
        begins.sort_unstable();
        begins
    }

    /// What stands against a slot.
    pub fn against(&self, slot: Slot) -> Option<Against> {
        let (first, last) = self.leaving(slot);
        let late = |packed: Option<Timestamp>| {
            packed.is_none_or(|packed| packed > self.trip.leaves_by(slot))
        };
        if late(self.packed_unpaused) {
            return Some(Against::TooSoon);
        }
        if late(self.packed_from) {
            return Some(Against::StorePaused);
        }
        let open = self.hours.open_through(first, last, self.zone);
        (!open).then_some(Against::StoreClosed)
    }

    /// From when until when its driver may leave the store.
    pub fn leaving(&self, slot: Slot) -> (Timestamp, Timestamp) {
        let (first, last) = self.trip.leaving(slot);
        (first.max(self.now), last.max(self.now))
    }

    /// What has to happen until when. The store has to accept it before it has to begin, or, where
    /// it is not open long before that, when it would be too late otherwise. Of the wait that is
    /// reckoned with, whoever pays last leaves it the half.
    pub fn agreed(&self, slot: Slot) -> AgreedSlot {
        let (packed_by, _) = self.trip.leaving(slot);
        let begin_by = self.trip.leaves_by(slot) - self.preparing;
        let begins = packed_by - self.preparing;
        let wait = SignedDuration::from_secs(self.trip.wait_seconds.into());
        let open = self.hours.open_through(begins - wait, begins, self.zone);
        let accept_by = if open { begins } else { begin_by };
        AgreedSlot { slot, pay_by: begin_by - wait / 2, begin_by, accept_by, packed_by }
    }
}

/// When the store begins with what takes so long, which it does not leave for the next day half
/// done.
fn works_from(
    (hours, zone): (&Hours, &TimeZone),
    now: Timestamp,
    takes: SignedDuration,
) -> Option<Timestamp> {
    let opens = hours.next_open(now, zone)?;
    if hours.open_through(opens, opens + takes, zone) {
        return Some(opens);
    }
    hours.next_open(hours.next_closed(opens, zone)?, zone)
}

#[cfg(test)]
mod tests;
