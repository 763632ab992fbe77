//! What the oracle says of a scene: yes only where nothing at all is against it.

use std::collections::HashMap;

use compliance_api::Moment;

use super::{
    calendar,
    scene::{Book, DEGREE, DryZone, Ending, LANDS, Land, Minutes, Scene, Thing},
};

pub fn allowed(scene: &Scene) -> bool {
    if scene.things.iter().any(Thing::is_unclear) {
        return false;
    }
    if !scene.things.iter().any(Thing::is_alcohol) {
        return true;
    }
    let Some(store) = land(scene.store) else { return false };
    let mut lands = vec![store];
    match scene.door {
        Some(door) => match land(door) {
            Some(door) => lands.push(door),
            None => return false,
        },
        None if matches!(scene.moment, Moment::Cart) => {}
        None => return false,
    }
    let here = &LANDS[*lands.last().unwrap()];
    licensed(scene, &LANDS[store])
        && lands.iter().all(|land| {
            let (land, book) = (&LANDS[*land], &scene.books[*land]);
            in_force(scene, book)
                && timely(scene, land, book)
                && well_placed(scene, book)
                && little_enough(scene, book)
                && dear_enough(scene, book)
                && old_enough(scene, here, book)
                && well_documented(scene, here)
        })
}

/// The land that counts: the city before its state.
fn land((lat, lon): (f64, f64)) -> Option<usize> {
    let inside =
        |land: &Land| land.lat.0 < lat && lat < land.lat.1 && land.lon.0 < lon && lon < land.lon.1;
    [2, 0, 1].into_iter().find(|index| inside(&LANDS[*index]))
}

/// From the sale until the driver is back, with a second version that leaves the hours as they are.
fn in_force(scene: &Scene, book: &Book) -> bool {
    let until = scene.back_after.unwrap_or(0).max(0);
    let shut = |(after, ending)| after <= until && matches!(ending, Ending::Hours);
    book.begins <= 0 && !book.ending.is_some_and(shut)
}

fn classes(scene: &Scene) -> Vec<usize> {
    scene.things.iter().filter(|thing| thing.is_alcohol()).map(|thing| thing.class - 1).collect()
}

fn licensed(scene: &Scene, store: &Land) -> bool {
    let Some(paper) = &scene.paper else { return false };
    let (today, _) = calendar::wall(store.west, scene.at());
    let (last, _) = calendar::wall(store.west, scene.at() + scene.back_after.unwrap_or(0));
    let days = scene.day + paper.from..=scene.day + paper.until;
    !paper.suspended
        && (today..=last.max(today)).all(|day| days.contains(&day))
        && classes(scene).iter().all(|class| paper.classes[*class])
}

/// Every instant at which a minute of the wall clock begins, and both ends.
fn instants(from: i64, to: i64) -> impl Iterator<Item = i64> {
    let minutes = (from.div_euclid(60) + 1)..=to.div_euclid(60);
    minutes.map(|minute| minute * 60).chain([from, to])
}

fn timely(scene: &Scene, land: &Land, book: &Book) -> bool {
    let at = scene.at();
    let margin = match scene.moment {
        Moment::Placement | Moment::Dispatch => i64::from(book.margin) * 60,
        Moment::Cart | Moment::Door => 0,
    };
    let promises = matches!(scene.moment, Moment::Placement | Moment::Dispatch);
    let Some(back_after) = scene.back_after.or((!promises).then_some(0)) else { return false };
    let until = at + back_after + margin;
    if until < at || until - at > 86_400 {
        return false;
    }
    let mut spans: Vec<Minutes> =
        classes(scene).into_iter().map(|class| book.hours[class]).collect();
    spans.extend(book.delivery);
    let mut strips: HashMap<i64, Vec<[bool; 1440]>> = HashMap::new();
    instants(at, until).all(|at| {
        let (day, second) = calendar::wall(land.west, at);
        let dry = book.dry_day.is_some_and(|off| scene.day + off == day);
        let strips = strips
            .entry(day)
            .or_insert_with(|| spans.iter().map(|span| painted(scene, book, *span, day)).collect());
        !dry && strips.iter().all(|strip| strip[second as usize / 60])
    })
}

/// The open minutes of a day, painted on a strip of two days.
fn painted(scene: &Scene, book: &Book, usual: Minutes, day: i64) -> [bool; 1440] {
    let mut strip = [false; 4320];
    for (start, day) in [(0, day - 1), (1440, day)] {
        let span = match book.special {
            Some((off, special)) if scene.day + off == day => special,
            _ if book.closed == Some(calendar::weekday(day)) => None,
            _ => Some(usual),
        };
        let Some((from, until)) = span else { continue };
        let length = if until > from { until - from } else { 1440 + until - from };
        for minute in from..from + length {
            strip[start + minute as usize] = true;
        }
    }
    std::array::from_fn(|minute| strip[1440 + minute])
}

/// By the chord through a ball of the Earth's size.
fn metres((lat_a, lon_a): (f64, f64), (lat_b, lon_b): (f64, f64)) -> f64 {
    let point = |lat: f64, lon: f64| {
        let (lat, lon) = (lat.to_radians(), lon.to_radians());
        [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
    };
    let (a, b) = (point(lat_a, lon_a), point(lat_b, lon_b));
    let chord = (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt();
    2.0 * 6_371_008.8 * (chord / 2.0).asin()
}

/// Straight north or south, or straight east or west, whichever is farther.
fn along_the_sides(centre: (f64, f64), place: (f64, f64)) -> f64 {
    let north = (place.0 - centre.0) * DEGREE;
    let east = (place.1 - centre.1) * DEGREE * centre.0.to_radians().cos();
    north.abs().max(east.abs())
}

fn well_placed(scene: &Scene, book: &Book) -> bool {
    if let Some(zone) = book.dry_zone {
        let DryZone { wide, square, .. } = zone;
        let centre = scene.dry_centre(zone);
        let from_centre = if square { along_the_sides } else { metres };
        // On the edge, give or take a metre, is within.
        let dry = |place| from_centre(centre, place) <= f64::from(wide) + 1.0;
        if dry(scene.store) || scene.door.is_some_and(dry) {
            return false;
        }
    }
    !(book.no_hotels && scene.door.is_some()) || scene.hotel == Some(false)
}

fn little_enough(scene: &Scene, book: &Book) -> bool {
    let fits = |class, over| {
        let limits = scene.limits(class, over);
        let [containers, millilitres, pure] = scene.basket(class);
        limits[0].is_none_or(|most| containers <= most)
            && limits[1].is_none_or(|most| millilitres <= most)
            && limits[2].is_none_or(|most| pure <= most * 10_000)
    };
    fits(None, book.limits)
        && book.class_limits.is_none_or(|(class, over)| fits(Some(class + 1), over))
}

/// Without rounding: what is paid, times the measure, is no less than the floor times the alcohol.
fn dear_enough(scene: &Scene, book: &Book) -> bool {
    let Some((amount, per)) = book.floor else { return true };
    scene.things.iter().filter(|thing| thing.is_alcohol()).all(|thing| {
        let pure = i128::from(thing.volume_ml) * i128::from(thing.pack) * i128::from(thing.abv_bp);
        let paid = i128::from(scene.price(thing)) * i128::from(per) * 10_000;
        !thing.euros && paid >= i128::from(amount) * pure
    })
}

/// The document holds at the door, and as long as something may change hands.
fn well_documented(scene: &Scene, here: &Land) -> bool {
    let (last, _) = calendar::wall(here.west, scene.at() + scene.back_after.unwrap_or(0).max(0));
    !matches!(scene.moment, Moment::Door)
        || scene.expires.is_some_and(|off| last <= scene.day + off)
}

/// Years completed, by counting birthdays.
fn old_enough(scene: &Scene, here: &Land, book: &Book) -> bool {
    let born = match scene.moment {
        Moment::Door => scene.shown,
        _ => scene.stated,
    };
    let Some((year, month, day)) = born else { return matches!(scene.moment, Moment::Cart) };
    let (today, _) = calendar::wall(here.west, scene.at());
    let (this_year, this_month, this_day) = calendar::date(today);
    let leap = this_year % 4 == 0 && (this_year % 100 != 0 || this_year % 400 == 0);
    let short = (month, day) == (2, 29) && !leap && book.february;
    let day = if short { 28 } else { day };
    let had_birthday = (this_month, this_day) >= (month, day);
    let years = this_year - year - i64::from(!had_birthday);
    let soon = scene.back_after.unwrap_or(0).max(0);
    let raised = |(after, ending)| after <= soon && matches!(ending, Ending::Age);
    let nobody = book.ending.is_some_and(raised);
    classes(scene).iter().all(|class| !nobody && years >= i64::from(book.ages[*class]))
}
