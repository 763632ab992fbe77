//! Sales that might be: mostly lawful, each with a few things near or over an edge.

use compliance::{
    age::LeapDay,
    jurisdiction::{Jurisdiction, Law},
    licence::Licence,
    rulebook::{ClassRules, DryZone, Limits, PriceFloor, Rulebook, Rules},
};
use compliance_api::{AddressKind, Facts, Item, Moment};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use kernel::{AlcoholClass, Currency, Drink, Hours, Money, PersonId, Place, Span, StoreId, Zone};
use proptest::prelude::*;

use super::calendar;

/// A square on the map, in degrees, and how many hours its wall clock is behind UTC in winter.
pub struct Land {
    pub code: &'static str,
    pub lat: (f64, f64),
    pub lon: (f64, f64),
    pub west: i64,
    pub parent: Option<&'static str>,
}

/// A city lies in the first of two states that share a border.
pub const LANDS: [Land; 3] = [
    Land { code: "US-AA", lat: (35.0, 45.0), lon: (-100.0, -90.0), west: 6, parent: None },
    Land { code: "US-BB", lat: (35.0, 45.0), lon: (-90.0, -80.0), west: 5, parent: None },
    Land {
        code: "US-AA-CC",
        lat: (40.0, 41.0),
        lon: (-95.0, -94.0),
        west: 6,
        parent: Some("US-AA"),
    },
];

pub const CLASSES: [AlcoholClass; 4] =
    [AlcoholClass::None, AlcoholClass::Beer, AlcoholClass::Wine, AlcoholClass::Spirits];

/// Minutes of the day; an end at or before the beginning is on the next day.
pub type Minutes = (i64, i64);

#[derive(Debug, Clone)]
pub struct Book {
    /// By class, beer first.
    pub ages: [u8; 3],
    pub hours: [Minutes; 3],
    pub delivery: Option<Minutes>,
    /// A weekday without hours.
    pub closed: Option<usize>,
    /// Hours on one day instead, counted from the scene's.
    pub special: Option<(i64, Option<Minutes>)>,
    pub dry_day: Option<i64>,
    /// Around the door, so many metres away from it, and how wide.
    pub dry_zone: Option<(f64, u32)>,
    pub no_hotels: bool,
    /// Over or under what is in the basket: containers, millilitres, millilitres of pure alcohol.
    pub limits: [Option<i64>; 3],
    /// The same for one class.
    pub class_limits: Option<(usize, [Option<i64>; 3])>,
    /// Minor units for so many millilitres.
    pub floor: Option<(i64, u32)>,
    pub february: bool,
    pub margin: u16,
    /// Seconds from the sale to a second version that closes everything.
    pub closing: Option<i64>,
    /// Seconds from the sale to the first version.
    pub begins: i64,
}

#[derive(Debug, Clone)]
pub struct Thing {
    pub class: usize,
    pub abv_bp: u32,
    pub volume_ml: u32,
    pub pack: u32,
    pub quantity: u32,
    /// Over or under what the store's or door's floor might ask.
    pub price: i64,
    pub euros: bool,
}

#[derive(Debug, Clone)]
pub struct Paper {
    /// Days around the scene's.
    pub from: i64,
    pub until: i64,
    pub suspended: bool,
    pub classes: [bool; 3],
}

#[derive(Debug, Clone)]
pub struct Scene {
    pub moment: Moment,
    /// Days since 1970, about; and the second in it, west of it.
    pub day: i64,
    pub second: i64,
    pub back_after: Option<i64>,
    pub store: (f64, f64),
    pub door: Option<(f64, f64)>,
    pub hotel: bool,
    /// Year, month, day.
    pub stated: Option<(i64, i64, i64)>,
    pub shown: Option<(i64, i64, i64)>,
    pub paper: Option<Paper>,
    pub books: [Book; 3],
    pub things: Vec<Thing>,
}

/// The scene as the law takes it.
pub struct Built {
    pub facts: Facts,
    pub law: Law,
    pub licence: Option<Licence>,
    pub stated_date_of_birth: Option<Date>,
}

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
    prop_oneof![4 => Just(1_000), 1 => Just(1), 1 => Just(0), 1 => Just(-1)]
}

fn limits() -> BoxedStrategy<[Option<i64>; 3]> {
    [rarely(over_or_under()), rarely(over_or_under()), rarely(over_or_under())].boxed()
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
        rarely((0.0..3000.0_f64, 100..3000_u32)),
        proptest::bool::weighted(0.2),
        any::<bool>(),
        rarely(prop_oneof![Just(-1_i64), Just(0), Just(1)]),
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
            closing: rest.4,
            begins: rest.5,
        })
        .boxed()
}

fn things() -> impl Strategy<Value = Thing> {
    (
        0..4_usize,
        prop_oneof![Just(0_u32), Just(50), Just(51), Just(500), Just(1250), Just(4000), Just(7551)],
        prop_oneof![Just(50_u32), Just(330), Just(700), Just(750)],
        prop_oneof![4 => Just(1_u32), 1 => Just(6)],
        1..5_u32,
        prop_oneof![1 => Just(1_000_i64), 1 => 0..3_i64],
        proptest::bool::weighted(0.05),
    )
        .prop_map(|(class, abv_bp, volume_ml, pack, quantity, price, euros)| Thing {
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
    let leap = proptest::sample::select(vec![2000_i64, 2004, 2008]);
    prop_oneof![
        4 => Just((1980, 5, 5)),
        2 => near,
        1 => leap.prop_map(|year| (year, 2, 29)),
    ]
    .boxed()
}

pub fn scenes() -> impl Strategy<Value = Scene> {
    event_days().prop_flat_map(|day| {
        let who = (mostly(births(day)), mostly(births(day)));
        let paper = (
            -3..2_i64,
            -1..4_i64,
            proptest::bool::weighted(0.25),
            [
                proptest::bool::weighted(0.95),
                proptest::bool::weighted(0.95),
                proptest::bool::weighted(0.95),
            ],
        );
        let paper = prop_oneof![
            3 => Just((-300, 300, false, [true; 3])),
            1 => paper,
        ];
        let paper = mostly(paper.prop_map(|(from, until, suspended, classes)| Paper {
            from,
            until: until.max(from),
            suspended,
            classes,
        }));
        let moment = proptest::sample::select(vec![
            Moment::Cart,
            Moment::Placement,
            Moment::Dispatch,
            Moment::Door,
        ]);
        let back = proptest::option::of(prop_oneof![
            6 => 0..7_200_i64,
            1 => Just(-1_i64),
            1 => 80_000..90_000_i64,
        ]);
        let time = (moment, seconds(), back);
        let where_to = (places(), mostly(places()), any::<bool>(), any::<bool>());
        let goods = proptest::collection::vec(things(), 0..4);
        (time, where_to, who, paper, [books(), books(), books()], goods).prop_map(
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
                    stated: who.0,
                    shown: who.1,
                    paper,
                    books,
                    things,
                }
            },
        )
    })
}

impl Scene {
    /// Seconds since 1970 at which it is judged: about the wall clock of the first land.
    pub fn at(&self) -> i64 {
        self.day * 86_400 + self.second + 6 * 3600
    }

    /// Containers, millilitres and ten-thousandths of a millilitre of pure alcohol, of a class or
    /// of all.
    pub fn basket(&self, class: Option<usize>) -> [i64; 3] {
        let mut sum = [0; 3];
        for thing in self.things.iter().filter(|thing| thing.is_alcohol()) {
            if class.is_some_and(|class| class != thing.class) {
                continue;
            }
            for _ in 0..thing.quantity * thing.pack {
                sum[0] += 1;
                sum[1] += i64::from(thing.volume_ml);
                sum[2] += i64::from(thing.volume_ml) * i64::from(thing.abv_bp);
            }
        }
        sum
    }

    /// What a book's limits are in figures.
    pub fn limits(&self, class: Option<usize>, over: [Option<i64>; 3]) -> [Option<i64>; 3] {
        let [containers, millilitres, pure] = self.basket(class);
        let basket = [containers, millilitres, pure / 10_000];
        std::array::from_fn(|i| over[i].map(|over| (basket[i] + over).max(0)))
    }

    /// What a thing costs: something around what the books' floors ask.
    pub fn price(&self, thing: &Thing) -> i64 {
        let pure = i64::from(thing.volume_ml * thing.pack) * i64::from(thing.abv_bp);
        let floors = self.books.iter().filter_map(|book| book.floor);
        floors.map(|(amount, per)| amount * pure / (i64::from(per) * 10_000)).max().unwrap_or(500)
            + thing.price
    }

    /// The middle of a book's dry zone: north of the door, or of the store.
    pub fn dry_centre(&self, away: f64) -> (f64, f64) {
        let (lat, lon) = self.door.unwrap_or(self.store);
        (lat + away / 111_195.0, lon)
    }

    pub fn build(&self) -> Built {
        let jurisdictions = LANDS.iter().map(land).collect();
        let mut rulebooks = Vec::new();
        for (land, book) in LANDS.iter().zip(&self.books) {
            let rules = self.rules(book);
            if let Some(closing) = book.closing {
                let shut = Hours::default();
                let mut rules = rules.clone();
                for class in [&mut rules.beer, &mut rules.wine, &mut rules.spirits] {
                    class.sale_hours = shut.clone();
                }
                rulebooks.push(self.version(land, 2, closing, rules));
            }
            rulebooks.push(self.version(land, 1, book.begins, rules));
        }
        Built {
            facts: self.facts(),
            law: Law { jurisdictions, rulebooks },
            licence: self.paper.as_ref().map(|paper| self.licence(paper)),
            stated_date_of_birth: self.stated.map(civil),
        }
    }

    fn version(&self, land: &Land, version: i32, after: i64, rules: Rules) -> Rulebook {
        let valid_from = Timestamp::from_second(self.at() + after).unwrap();
        Rulebook { jurisdiction: land.code.into(), version, valid_from, rules }
    }

    fn facts(&self) -> Facts {
        let instant = |second| Timestamp::from_second(second).unwrap();
        Facts {
            moment: self.moment,
            subject: "scene".into(),
            store: StoreId::new(),
            store_place: place(self.store),
            door_place: self.door.map(place),
            address_kind: if self.hotel { AddressKind::Hotel } else { AddressKind::Home },
            customer: PersonId::new(),
            at: instant(self.at()),
            back_by: self.back_after.map(|after| instant(self.at() + after)),
            shown_date_of_birth: self.shown.map(civil),
            items: self.things.iter().map(|thing| self.item(thing)).collect(),
        }
    }

    fn item(&self, thing: &Thing) -> Item {
        let Thing { abv_bp, volume_ml, pack, quantity, .. } = *thing;
        let currency = if thing.euros { Currency::EUR } else { Currency::USD };
        Item {
            name: "thing".into(),
            drink: Drink { class: CLASSES[thing.class], abv_bp, volume_ml, pack },
            quantity,
            unit_price: Money::new(self.price(thing), currency),
        }
    }

    fn licence(&self, paper: &Paper) -> Licence {
        let classes = (0..3).filter(|class| paper.classes[*class]).map(|class| CLASSES[class + 1]);
        Licence {
            number: "1".into(),
            classes: classes.collect(),
            valid_from: civil(calendar::date(self.day + paper.from)),
            valid_until: civil(calendar::date(self.day + paper.until)),
            suspended: paper.suspended,
        }
    }

    fn rules(&self, book: &Book) -> Rules {
        let class = |index: usize| ClassRules {
            minimum_age: book.ages[index],
            sale_hours: self.hours(book, book.hours[index]),
            limits: match book.class_limits {
                Some((class, over)) if class == index => {
                    figures(self.limits(Some(index + 1), over))
                }
                _ => Limits::default(),
            },
        };
        let dry_zone = |(away, metres): (f64, u32)| DryZone {
            name: "dry".into(),
            zone: Zone::Radius { centre: place(self.dry_centre(away)), metres },
        };
        Rules {
            beer: class(0),
            wine: class(1),
            spirits: class(2),
            delivery_hours: book.delivery.map(|minutes| self.hours(book, minutes)),
            dry_days: book
                .dry_day
                .map(|off| civil(calendar::date(self.day + off)))
                .into_iter()
                .collect(),
            dry_zones: book.dry_zone.map(dry_zone).into_iter().collect(),
            forbidden_address_kinds: if book.no_hotels { vec![AddressKind::Hotel] } else { vec![] },
            limits: figures(self.limits(None, book.limits)),
            price_floor: book.floor.map(|(amount, per_millilitres)| PriceFloor {
                amount: Money::new(amount, Currency::USD),
                per_millilitres,
            }),
            leap_day_birthday: if book.february { LeapDay::February28 } else { LeapDay::March1 },
            last_dispatch_margin_minutes: book.margin,
        }
    }

    fn hours(&self, book: &Book, minutes: Minutes) -> Hours {
        let span = |(from, until): Minutes| Span { from: time(from), until: time(until) };
        let mut hours = Hours::default();
        for (index, day) in hours.week.iter_mut().enumerate() {
            if book.closed != Some(index) {
                day.push(span(minutes));
            }
        }
        if let Some((off, special)) = book.special {
            let day = civil(calendar::date(self.day + off));
            hours.exceptions.insert(day, special.map(span).into_iter().collect());
        }
        hours
    }
}

fn figures(limits: [Option<i64>; 3]) -> Limits {
    let [containers, millilitres, pure] = limits.map(|limit| limit.map(|limit| limit as u32));
    Limits { containers, millilitres, pure_alcohol_millilitres: pure }
}

fn land(land: &Land) -> Jurisdiction {
    let zone = if land.west == 6 { "America/Chicago" } else { "America/New_York" };
    let corners = [
        (land.lat.0, land.lon.0),
        (land.lat.0, land.lon.1),
        (land.lat.1, land.lon.1),
        (land.lat.1, land.lon.0),
    ];
    Jurisdiction {
        code: land.code.into(),
        name: land.code.into(),
        time_zone: TimeZone::get(zone).unwrap(),
        area: Zone::Polygon { corners: corners.map(place).to_vec() },
        parent: land.parent.map(str::to_owned),
    }
}

fn place((lat, lon): (f64, f64)) -> Place {
    Place { lat, lon }
}

fn civil((year, month, day): (i64, i64, i64)) -> Date {
    Date::new(year as i16, month as i8, day as i8).unwrap()
}

fn time(minutes: i64) -> jiff::civil::Time {
    jiff::civil::time((minutes / 60) as i8, (minutes % 60) as i8, 0, 0)
}

impl Thing {
    pub fn is_alcohol(&self) -> bool {
        self.class > 0 && self.abv_bp >= 51
    }
}
