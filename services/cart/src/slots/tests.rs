use jiff::civil::{date, time};
use kernel::Span;
use proptest::prelude::*;

use super::*;

const NEAR: Estimate = Estimate {
    metres: 2_500,
    seconds: 600,
    worst_seconds: 1_260,
    door_seconds: 180,
    wait_seconds: 600,
    rough: true,
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn chicago() -> TimeZone {
    TimeZone::get("America/Chicago").unwrap()
}

/// The wall clock's hours at which slots begin that nothing stands against, and the others' reasons.
fn said(hours: &Hours, now: Timestamp) -> (Vec<String>, Vec<(String, Against)>) {
    let zone = chicago();
    let shop = Shop::new((hours, &zone), 15, NEAR, (now, None));
    let name = |slot: &Slot| zone.to_datetime(slot.from).strftime("%d %H").to_string();
    let (mut free, mut not) = (Vec::new(), Vec::new());
    for slot in shop.slots() {
        match shop.against(slot) {
            None => free.push(name(&slot)),
            Some(why) => not.push((name(&slot), why)),
        }
    }
    (free, not)
}

#[test]
fn what_is_left_of_today_and_tomorrow() {
    let hours = Hours::daily(time(10, 0, 0, 0), time(13, 0, 0, 0));
    // 11:20: packed at 11:45, and there on a bad day at 12:06.
    let (free, not) = said(&hours, at("2026-06-15T16:20:00Z"));
    assert_eq!(free, ["15 12", "16 10", "16 11", "16 12"]);
    assert_eq!(not, [("15 11".into(), Against::TooSoon)]);
    // 11:13: it is there at 11:59.
    assert_eq!(said(&hours, at("2026-06-15T16:13:00Z")).0[0], "15 11");
    // 12:40: it would not be packed before the store closes, and is begun with tomorrow at ten.
    let (free, not) = said(&hours, at("2026-06-15T17:40:00Z"));
    assert_eq!(free, ["16 10", "16 11", "16 12"]);
    assert_eq!(not, [("15 12".into(), Against::TooSoon)]);
    let half = Hours::daily(time(10, 30, 0, 0), time(12, 30, 0, 0));
    let (free, not) = said(&half, at("2026-06-15T13:00:00Z"));
    assert_eq!(free, ["15 11", "16 11"], "only hours that are open until the last driver leaves");
    let closed = |day: &str| (day.to_owned(), Against::StoreClosed);
    assert_eq!(not[0], ("15 10".into(), Against::TooSoon), "packed at 10:55, there by 11:16");
    assert_eq!(not[1..], [closed("15 12"), closed("16 10"), closed("16 12")]);
}

#[test]
fn a_closed_day_has_no_slots() {
    let mut hours = Hours::daily(time(10, 0, 0, 0), time(12, 0, 0, 0));
    hours.exceptions.insert(date(2026, 6, 15), vec![]);
    assert_eq!(said(&hours, at("2026-06-15T15:00:00Z")).0, ["16 10", "16 11"]);
    assert_eq!(said(&Hours::default(), at("2026-06-15T15:00:00Z")), (vec![], vec![]));
}

#[test]
fn what_is_after_a_pause_stays() {
    let (hours, zone) = (Hours::daily(time(10, 0, 0, 0), time(15, 0, 0, 0)), chicago());
    // 10:05 to 11:35: packed at noon, and there on a bad day at 12:21.
    let (now, until) = (at("2026-06-15T15:05:00Z"), at("2026-06-15T16:35:00Z"));
    let shop = Shop::new((&hours, &zone), 15, NEAR, (now, Some(until)));
    let said: Vec<_> = shop.slots().into_iter().map(|slot| shop.against(slot)).collect();
    let (paused, soon) = (Some(Against::StorePaused), Some(Against::TooSoon));
    assert_eq!(said, [[paused; 2].as_slice(), &[None; 8]].concat());
    // From 10:50 on what cannot be ready anyway is not the pause's.
    let now = at("2026-06-15T15:50:00Z");
    let shop = Shop::new((&hours, &zone), 15, NEAR, (now, Some(until)));
    let said: Vec<_> = shop.slots().into_iter().map(|slot| shop.against(slot)).collect();
    assert_eq!(said[..3], [soon, paused, None]);
}

#[test]
fn the_store_has_time_to_accept() {
    let (hours, zone) = (Hours::daily(time(10, 0, 0, 0), time(22, 0, 0, 0)), chicago());
    let shop = Shop::new((&hours, &zone), 15, NEAR, (at("2026-06-15T03:30:00Z"), None));
    let agreed = |from: &str| {
        let from = at(from);
        shop.agreed(Slot { from, until: from + LENGTH })
    };
    let noon = agreed("2026-06-15T17:00:00Z");
    assert_eq!(noon.packed_by, at("2026-06-15T17:00:00Z"));
    assert_eq!(noon.accept_by, at("2026-06-15T16:45:00Z"));
    assert_eq!(noon.begin_by, at("2026-06-15T17:24:00Z"));
    assert_eq!(noon.pay_by, at("2026-06-15T17:19:00Z"));
    // It opens at ten: nobody answers before.
    let first = agreed("2026-06-15T15:00:00Z");
    assert_eq!(first.accept_by, at("2026-06-15T15:24:00Z"));
}

/// A day has as many slots as hours by the wall clock, none of them twice and none that overlap.
#[test]
fn the_clock_is_turned() {
    let always = Hours::daily(time(0, 0, 0, 0), time(0, 0, 0, 0));
    let days = [
        ("America/Chicago", "2026-03-08T06:00:00Z", 23 + 24),
        ("America/Chicago", "2026-11-01T05:00:00Z", 25 + 24),
        ("America/Chicago", "2026-06-15T05:00:00Z", 24 + 24),
        // Half an hour forward, and back: the hour that is cut, or comes once and a half.
        ("Australia/Lord_Howe", "2026-10-03T13:30:00Z", 23 + 24),
        ("Australia/Lord_Howe", "2026-04-04T13:00:00Z", 24 + 24),
    ];
    for (name, midnight, count) in days {
        let (zone, now) = (TimeZone::get(name).unwrap(), at(midnight));
        let slots = Shop::new((&always, &zone), 15, NEAR, (now, None)).slots();
        assert_eq!(slots.len(), count, "{name} {midnight}");
        assert!(slots.is_sorted_by(|one, next| one.until <= next.from), "{name} {midnight}");
    }
}

fn span() -> impl Strategy<Value = Span> {
    let clock = || (0..24i8, 0..60i8).prop_map(|(hour, minute)| time(hour, minute, 0, 0));
    (clock(), clock()).prop_map(|(from, until)| Span { from, until })
}

fn hours() -> impl Strategy<Value = Hours> {
    let day = || prop::collection::vec(span(), 0..3);
    (prop::array::uniform7(day()), prop::option::of(day())).prop_map(|(week, exception)| {
        let exceptions = exception.into_iter().map(|spans| (date(2026, 11, 1), spans)).collect();
        Hours { week, exceptions }
    })
}

/// Around the days on which clocks are turned, and some others.
fn instant() -> impl Strategy<Value = Timestamp> {
    let around = ["2026-03-08T08:00:00Z", "2026-11-01T07:00:00Z", "2026-06-15T12:00:00Z"];
    (prop::sample::select(around.to_vec()), -172_800..172_800i64)
        .prop_map(|(around, seconds)| at(around) + SignedDuration::from_secs(seconds))
}

proptest! {
    /// A pause takes the slots that would have to be begun within it, gives none, and leaves alone
    /// what could not be anyway; one that is over changes nothing.
    #[test]
    fn a_pause_takes_what_is_begun_within_it(
        hours in hours(),
        now in instant(),
        paused in -60..2_880i64,
        preparation in 0..120u32,
    ) {
        let zone = chicago();
        let until = now + SignedDuration::from_mins(paused);
        let usual = Shop::new((&hours, &zone), preparation, NEAR, (now, None));
        let paused = Shop::new((&hours, &zone), preparation, NEAR, (now, Some(until)));
        prop_assert_eq!(usual.slots(), paused.slots());
        for slot in usual.slots() {
            let (before, after) = (usual.against(slot), paused.against(slot));
            if until <= now {
                prop_assert_eq!(before, after);
            }
            match after {
                Some(Against::StorePaused) => prop_assert_ne!(before, Some(Against::TooSoon)),
                after => prop_assert_eq!(before, after),
            }
            if after.is_none() && until > now {
                let wait = SignedDuration::from_secs(NEAR.wait_seconds.into());
                prop_assert!(paused.agreed(slot).begin_by >= until + wait);
            }
        }
    }

    /// What nothing stands against is packed in time, comes within the slot on a bad day, and
    /// leaves, whenever its driver does, while the store is open.
    #[test]
    fn a_slot_is_kept(
        hours in hours(),
        now in instant(),
        preparation in 0..120u32,
        ride in 60..5_000u32,
        zone in prop::sample::select(vec!["America/Chicago", "Europe/London", "Asia/Kolkata"]),
    ) {
        let trip = Estimate { seconds: ride, worst_seconds: ride * 16 / 10 + 300, ..NEAR };
        let zone = TimeZone::get(zone).unwrap();
        let shop = Shop::new((&hours, &zone), preparation, trip, (now, None));
        let seconds = |count: u32| SignedDuration::from_secs(count.into());
        for slot in shop.slots() {
            prop_assert_eq!(slot.until.duration_since(slot.from), LENGTH);
            prop_assert_eq!(zone.to_datetime(slot.from).minute(), 0);
            let day = zone.to_datetime(slot.from).date();
            let today = zone.to_datetime(now).date();
            prop_assert!(day == today || day == today.tomorrow().unwrap());
            if shop.against(slot).is_some() {
                continue;
            }
            let agreed = shop.agreed(slot);
            let packed = now + seconds(trip.wait_seconds) + seconds(preparation * 60);
            prop_assert!(packed + seconds(trip.worst_seconds) <= slot.until);
            prop_assert!(agreed.begin_by >= now + seconds(trip.wait_seconds));
            prop_assert!(agreed.pay_by >= now + seconds(trip.wait_seconds / 2));
            prop_assert!(agreed.pay_by + seconds(trip.wait_seconds / 2) <= agreed.begin_by);
            prop_assert!(agreed.accept_by <= agreed.begin_by);
            let (first, last) = shop.leaving(slot);
            prop_assert!(first >= now && first <= last);
            prop_assert!(last + seconds(ride) <= slot.until);
            let mut leaves = first;
            while leaves <= last {
                prop_assert!(hours.open_at(leaves, &zone), "closed at {leaves}");
                leaves += MINUTE;
            }
            prop_assert!(hours.open_at(last, &zone), "closed at {last}");
        }
    }
}
