//! A sale that might be, in the oracle's own words, and how the law takes it.

use super::calendar;
use compliance::{
    jurisdiction::{Jurisdiction, Law},
    licence::Licence,
    rulebook::{self, ClassRules, Limits, PriceFloor, Rulebook, Rules},
};
use compliance_api::{AddressKind, Facts, Item, Moment};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use kernel::{
    AlcoholClass, Currency, Drink, Hours, LeapDay, Money, PersonId, Place, Span, StoreId, Zone,
};

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

/// Metres in a degree of latitude.
pub const DEGREE: f64 = 111_195.0;

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
    pub dry_zone: Option<DryZone>,
    pub no_hotels: bool,
    /// Over or under what is in the basket: containers, millilitres, millilitres of pure alcohol.
    pub limits: [Option<i64>; 3],
    /// The same for one class.
    pub class_limits: Option<(usize, [Option<i64>; 3])>,
    /// Minor units for so many millilitres.
    pub floor: Option<(i64, u32)>,
    pub february: bool,
    pub margin: u16,
    /// Seconds from the sale to a second version, with which nobody may buy any more.
    pub ending: Option<(i64, Ending)>,
    /// Seconds from the sale to the first version.
    pub begins: i64,
}

/// North of the door, or of the store, so many metres to its middle.
#[derive(Debug, Clone, Copy)]
pub struct DryZone {
    pub away: f64,
    pub of_store: bool,
    /// From the middle to the edge, or to the nearest of a square's.
    pub wide: u32,
    pub square: bool,
}

/// What a second version says that the first did not.
#[derive(Debug, Clone, Copy)]
pub enum Ending {
    /// No hours at all.
    Hours,
    /// Nobody is so old.
    Age,
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
    /// Whether the door is a hotel's, where that is known.
    pub hotel: Option<bool>,
    /// Year, month, day.
    pub stated: Option<(i64, i64, i64)>,
    pub shown: Option<(i64, i64, i64)>,
    /// The last day of the document, counted from the scene's.
    pub expires: Option<i64>,
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

    /// The middle of a book's dry zone.
    pub fn dry_centre(&self, dry: DryZone) -> (f64, f64) {
        let (lat, lon) = self.door.filter(|_| !dry.of_store).unwrap_or(self.store);
        (lat + dry.away / DEGREE, lon)
    }

    pub fn build(&self) -> Built {
        let jurisdictions = LANDS.iter().map(land).collect();
        let mut rulebooks = Vec::new();
        for (land, book) in LANDS.iter().zip(&self.books) {
            let rules = self.rules(book);
            if let Some((after, ending)) = book.ending {
                let mut rules = rules.clone();
                for class in [&mut rules.beer, &mut rules.wine, &mut rules.spirits] {
                    match ending {
                        Ending::Hours => class.sale_hours = Hours::default(),
                        Ending::Age => class.minimum_age = 100,
                    }
                }
                rulebooks.push(self.version(land, 2, after, rules));
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
            address_kind: self
                .hotel
                .map(|hotel| if hotel { AddressKind::Hotel } else { AddressKind::Home }),
            customer: PersonId::new(),
            at: instant(self.at()),
            back_by: self.back_after.map(|after| instant(self.at() + after)),
            shown_date_of_birth: self.shown.map(civil),
            shown_valid_until: self.expires.map(|off| civil(calendar::date(self.day + off))),
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
        let dry_zone =
            |dry: DryZone| rulebook::DryZone { name: "dry".into(), zone: self.dry_shape(dry) };
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

    fn dry_shape(&self, dry: DryZone) -> Zone {
        let DryZone { wide, square, .. } = dry;
        let (lat, lon) = self.dry_centre(dry);
        if !square {
            return Zone::Radius { centre: place((lat, lon)), metres: wide };
        }
        let north = f64::from(wide) / DEGREE;
        let east = north / lat.to_radians().cos();
        let corners = [(-north, -east), (-north, east), (north, east), (north, -east)];
        let corners = corners.map(|(up, right)| place((lat + up, lon + right)));
        Zone::Polygon { corners: corners.to_vec() }
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
    /// Strong, but nobody knows of what class; or a spirit of nobody knows what strength.
    pub fn is_unclear(&self) -> bool {
        (self.class == 0 && self.abv_bp >= 121) || (self.class == 3 && self.abv_bp == 0)
    }

    pub fn is_alcohol(&self) -> bool {
        self.class > 0 && self.abv_bp >= 51
    }
}
