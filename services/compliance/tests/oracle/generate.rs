//! Sales that might be: mostly lawful, each with a few things near or over an edge.

use compliance_api::Moment;
use proptest::prelude::*;

use super::{
    calendar,
    scene::{Book, DryZone, Ending, Minutes, Paper, Scene, Thing},
};

fn rarely<S: Strategy>(strategy: S) -> impl Strategy<Value = Option<S::Value>> {
    proptest::option::weighted(0.05, strategy)
}

fn mostly<S: Strategy>(strategy: S) -> impl Strategy<Value = Option<S::Value>> {
    proptest::option::weighted(0.95, strategy)
}

fn minutes() -> BoxedStrategy<Minutes> {
    prop_oneof![
        6 => Just((360, 120)),
        2 => Just((0, 0)),
        1 => Just((540, 1320)),
        1 => Just((60, 150)),
        1 => (0..1440_i64, 0..1440_i64),
    ]
    .boxed()
}

fn over_or_under() -> impl Strategy<Value = i64> {
    prop_oneof![1 => Just(1), 3 => Just(0), 1 => Just(-1)]
}

fn limits() -> BoxedStrategy<[Option<i64>; 3]> {
    let limit = || proptest::option::weighted(0.1, over_or_under());
    [limit(), limit(), limit()].boxed()
}

/// Away from the door, around it, or with the edge a step on this or the other side of it.
fn dry_zones() -> impl Strategy<Value = DryZone> {
    let step = prop_oneof![Just(-5.0), Just(-0.5), Just(0.0), Just(0.5), Just(5.0)];
    let away = prop_oneof![1 => 0.0..3000.0_f64, 2 => Just(-1.0)];
    let which = (any::<bool>(), any::<bool>());
    (away, step, 100..3000_u32, which).prop_map(|(away, step, wide, (square, of_store))| {
        let away = if away < 0.0 { f64::from(wide) + step } else { away };
        DryZone { away, of_store, wide, square }
    })
}

fn endings() -> impl Strategy<Value = (i64, Ending)> {
    let after = prop_oneof![1 => -1_i64..2, 3 => 0..7_200_i64];
    (after, prop_oneof![Just(Ending::Hours), Just(Ending::Age)])
}

/// Boxed, as the larger ones below are, so that three of them fit on a test's stack.
fn books() -> BoxedStrategy<Book> {
    let times = (
        [minutes(), minutes(), minutes()],
        rarely(minutes()),
        rarely(0..7_usize),
        rarely((-1..2_i64, proptest::option::of(minutes()))),
        proptest::option::weighted(0.1, -1..2_i64),
        prop_oneof![6 => Just(0_u16), 1 => 0..90_u16],
    );
    let goods = (
        limits(),
        rarely((0..3_usize, limits())),
        proptest::option::weighted(0.15, (50..100_i64, Just(10_u32))),
    );
    let rest = (
        prop_oneof![4 => Just([21; 3]), 1 => Just([16, 18, 18]), 1 => Just([18, 18, 20])],
        proptest::option::weighted(0.12, dry_zones()),
        proptest::bool::weighted(0.2),
        any::<bool>(),
        proptest::option::weighted(0.08, endings()),
        prop_oneof![20 => Just(-1_000_000_i64), 1 => Just(0), 1 => Just(1)],
    );
    (times, goods, rest)
        .prop_map(|(times, goods, rest)| Book {
            hours: times.0,
            delivery: times.1,
            closed: times.2,
            special: times.3,
            dry_day: times.4,
            margin: times.5,
            limits: goods.0,
            class_limits: goods.1,
            floor: goods.2,
            ages: rest.0,
            dry_zone: rest.1,
            no_hotels: rest.2,
            february: rest.3,
            ending: rest.4,
            begins: rest.5,
        })
        .boxed()
}

/// Class and strength: mostly as they go together.
fn drinks() -> impl Strategy<Value = (usize, u32)> {
    let faint = || prop_oneof![Just(0_u32), Just(50), Just(51), Just(120)];
    let strong = || prop_oneof![Just(51_u32), Just(500), Just(1250), Just(4000), Just(7551)];
    prop_oneof![
        7 => (1..4_usize, strong()),
        3 => (0..3_usize, faint()),
        1 => (0..4_usize, prop_oneof![faint(), Just(121), strong()]),
    ]
}

fn things() -> impl Strategy<Value = Thing> {
    (
        drinks(),
        prop_oneof![Just(50_u32), Just(330), Just(700), Just(750)],
        prop_oneof![4 => Just(1_u32), 1 => Just(6)],
        1..5_u32,
        prop_oneof![1 => Just(1_000_i64), 1 => 0..3_i64],
        proptest::bool::weighted(0.08),
    )
        .prop_map(|((class, abv_bp), volume_ml, pack, quantity, price, euros)| Thing {
            class,
            abv_bp,
            volume_ml,
            pack,
            quantity,
            price,
            euros,
        })
}

/// Inside a land, near the borders of one, or nowhere. Never exactly on an edge.
fn places() -> BoxedStrategy<(f64, f64)> {
    prop_oneof![
        6 => (36.0..44.0, -99.0..-81.0),
        2 => (40.0001..40.9999, -94.9999..-94.0001),
        1 => (40.5..40.6, prop_oneof![Just(-95.000_000_1), Just(-94.999_999_9), Just(-90.000_000_1),
                                      Just(-89.999_999_9), Just(-94.000_000_1)]),
        1 => (prop_oneof![Just(40.000_000_1), Just(39.999_999_9), Just(41.000_000_1),
                          Just(34.999_999_9), Just(35.000_000_1), Just(10.0)], -94.9..-94.1),
    ]
    .boxed()
}

/// Days on which clocks change, leap days, turns of the year, any day.
fn event_days() -> impl Strategy<Value = i64> {
    let special = [
        (2026, 3, 8),
        (2026, 11, 1),
        (2024, 2, 29),
        (2025, 2, 28),
        (2025, 3, 1),
        (2026, 12, 31),
        (2027, 1, 1),
    ];
    let special = special.map(|(y, m, d)| calendar::days(y, m, d));
    prop_oneof![
        3 => proptest::sample::select(special.to_vec()),
        2 => calendar::days(2024, 1, 1)..calendar::days(2032, 1, 1),
    ]
}

fn seconds() -> impl Strategy<Value = i64> {
    let edge = proptest::sample::select(vec![0_i64, 60, 120, 150, 360, 540, 1320]);
    prop_oneof![
        2 => (edge, -1..2_i64, 0..2_i64).prop_map(|(m, s, hour)| m * 60 + s + hour * 3600),
        3 => 36_000..72_000_i64,
        1 => 79_000..86_400_i64,
        1 => 0..86_400_i64,
    ]
}

/// Years old, give or take some days, or a child of a leap day.
fn births(day: i64) -> BoxedStrategy<(i64, i64, i64)> {
    let (year, month, date) = calendar::date(day);
    let near = (prop_oneof![Just(16_i64), Just(18), Just(20), Just(21)], -2..3_i64).prop_map(
        move |(age, off)| {
            let date = if (month, date) == (2, 29) { 28 } else { date };
            calendar::date(calendar::days(year - age, month, date) + off)
        },
    );
    let leap = proptest::sample::select(vec![2000_i64, 2004, 2004, 2008]);
    let often = if [(2, 28), (3, 1)].contains(&(month, date)) { 6 } else { 1 };
    prop_oneof![
        4 => Just((1980, 5, 5)),
        2 => near,
        often => leap.prop_map(|year| (year, 2, 29)),
    ]
    .boxed()
}

const EVERYTHING: Paper = Paper { from: -300, until: 300, suspended: false, classes: [true; 3] };

fn papers() -> impl Strategy<Value = Paper> {
    let class = || proptest::bool::weighted(0.9);
    let paper = (-3..2_i64, -1..4_i64, proptest::bool::weighted(0.25), [class(), class(), class()]);
    let paper = paper.prop_map(|(from, until, suspended, classes)| {
        let until = until.max(from);
        Paper { from, until, suspended, classes }
    });
    prop_oneof![3 => Just(EVERYTHING), 1 => paper]
}

pub fn scenes() -> impl Strategy<Value = Scene> {
    prop_oneof![9 => anything(), 1 => anything().prop_flat_map(at_the_border)]
}

/// Where it is another day for the store than for the door: whose counts for the licence, whose for
/// the age?
fn at_the_border(scene: Scene) -> impl Strategy<Value = Scene> {
    (any::<bool>(), 82_000..90_000_i64, 0..3_i64, -1..2_i64).prop_map(
        move |(east, second, birthday, until)| {
            let mut scene = Scene { second, back_after: Some(60), ..scene.clone() };
            let (chicago, new_york) = ((38.0, -95.0), (38.0, -85.0));
            let (store, door) = if east { (new_york, chicago) } else { (chicago, new_york) };
            (scene.store, scene.door) = (store, Some(door));
            scene.paper = Some(Paper { until, ..EVERYTHING });
            let (year, month, date) = calendar::date(scene.day + birthday);
            let born = calendar::date(calendar::days(year - 21, month, date));
            (scene.stated, scene.shown) = (Some(born), Some(born));
            for book in &mut scene.books {
                book.ages = [21; 3];
                book.hours = [(0, 0); 3];
                (book.delivery, book.closed, book.special) = (None, None, None);
                (book.dry_day, book.dry_zone, book.ending) = (None, None, None);
            }
            scene
        },
    )
}

fn anything() -> impl Strategy<Value = Scene> {
    event_days().prop_flat_map(|day| {
        let known = || proptest::option::weighted(0.9, births(day));
        let who = (known(), known());
        let moment = proptest::sample::select(vec![
            Moment::Cart,
            Moment::Placement,
            Moment::Dispatch,
            Moment::Door,
        ]);
        let back = proptest::option::weighted(
            0.85,
            prop_oneof![
                6 => 0..7_200_i64,
                1 => Just(-1_i64),
                1 => 80_000..90_000_i64,
            ],
        );
        let time = (moment, seconds(), back);
        let where_to = (places(), mostly(places()), mostly(any::<bool>()), any::<bool>());
        let goods = proptest::collection::vec(things(), 0..4);
        let who = (who, mostly(prop_oneof![3 => Just(1_000), 2 => -1_i64..=1]));
        (time, where_to, who, mostly(papers()), [books(), books(), books()], goods).prop_map(
            move |(time, places, who, paper, books, things)| {
                // Half of all deliveries stay close to the store.
                let near =
                    places.1.filter(|_| places.3).map(|_| (places.0.0 + 0.000_01, places.0.1));
                Scene {
                    moment: time.0,
                    day,
                    second: time.1,
                    back_after: time.2,
                    store: places.0,
                    door: near.or(places.1),
                    hotel: places.2,
                    stated: who.0.0,
                    shown: who.0.1,
                    expires: who.1,
                    paper,
                    books,
                    things,
                }
            },
        )
    })
}
