//! How long a ride takes, without a map: the built-in estimate.

use kernel::Place;

/// Streets are so much longer than the crow's flight, in percent.
const STREET_PERCENT: f64 = 135.0;
/// Parking, stairs, the bell: what a trip costs however short it is.
const FIXED_SECONDS: f64 = 90.0;
/// How fast the first, the next and all other metres go: `(metres, metres per second)`. Speeds
/// grow with distance, so that a detour never looks shorter than the straight way.
const STRETCHES: [(f64, f64); 2] = [(2_000.0, 6.0), (8_000.0, 9.0)];
const BEYOND: f64 = 15.0;
/// A bad day, in percent and seconds on top.
const WORST_PERCENT: f64 = 160.0;
const WORST_SECONDS: f64 = 300.0;

/// How far and how long from one place to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ride {
    /// Along streets.
    pub metres: u32,
    pub seconds: u32,
    /// What it takes on a bad day.
    pub worst_seconds: u32,
    /// By the built-in estimate: no router was asked, or none answered.
    pub rough: bool,
}

/// The ride from one place to another. The way back takes as long.
pub fn ride(from: Place, to: Place) -> Ride {
    // The formula's two directions differ in the last bits.
    let metres = from.metres_to(to).max(to.metres_to(from)) * STREET_PERCENT / 100.0;
    let seconds = FIXED_SECONDS + driving(metres);
    let worst = seconds * WORST_PERCENT / 100.0 + WORST_SECONDS;
    Ride {
        metres: metres.round() as u32,
        seconds: seconds.round() as u32,
        worst_seconds: worst.round() as u32,
        rough: true,
    }
}

fn driving(metres: f64) -> f64 {
    let mut left = metres;
    let mut seconds = 0.0;
    for (stretch, speed) in STRETCHES {
        let here = left.min(stretch);
        seconds += here / speed;
        left -= here;
    }
    seconds + left / BEYOND
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STORE: Place = Place { lat: 41.5868, lon: -93.6250 };

    fn place() -> impl Strategy<Value = Place> {
        (-90.0..=90.0, -180.0..=180.0).prop_map(|(lat, lon)| Place { lat, lon })
    }

    fn in_town() -> impl Strategy<Value = Place> {
        (41.3..41.8, -93.9..-93.3).prop_map(|(lat, lon)| Place { lat, lon })
    }

    #[test]
    fn a_ride_through_town_takes_a_quarter_of_an_hour() {
        let door = Place { lat: 41.6005, lon: -93.6805 };
        let trip = ride(STORE, door);
        assert!((5_500..7_500).contains(&trip.metres), "{trip:?}");
        assert!((10 * 60..20 * 60).contains(&trip.seconds), "{trip:?}");
    }

    proptest! {
        #[test]
        fn there_is_as_far_as_back(from in place(), to in place()) {
            prop_assert_eq!(ride(from, to), ride(to, from));
        }

        #[test]
        fn the_worst_is_never_better(from in place(), to in place()) {
            let trip = ride(from, to);
            prop_assert!(trip.worst_seconds > trip.seconds);
            prop_assert!(trip.seconds >= FIXED_SECONDS as u32);
        }

        #[test]
        fn farther_takes_longer(near in 0.0..0.5f64, more in 0.0..0.5f64) {
            let at = |north: f64| ride(STORE, Place { lat: STORE.lat + north, ..STORE });
            let (near, far) = (at(near), at(near + more));
            prop_assert!(near.metres <= far.metres);
            prop_assert!(near.seconds <= far.seconds);
            prop_assert!(near.worst_seconds <= far.worst_seconds);
        }

        #[test]
        fn a_stop_on_the_way_saves_nothing(a in in_town(), b in in_town(), c in in_town()) {
            let direct = ride(a, c);
            let (first, second) = (ride(a, b), ride(b, c));
            // Each figure is rounded by itself.
            prop_assert!(direct.seconds <= first.seconds + second.seconds + 2);
            prop_assert!(direct.metres <= first.metres + second.metres + 2);
        }
    }
}
