//! What a row says of a store, and what is wrong about it.

use jiff::tz::TimeZone;
use kernel::{Currency, Hours, Place, Zone};

use super::{
    super::{
        mapping::Mapping,
        opening,
        row::{Identity, Row},
    },
    FIELDS, NewStore, Store,
};

/// The store of a row, or none where it is refused.
pub fn store(row: &mut Row<'_>, mapping: &Mapping) -> Option<NewStore> {
    let Identity { id, source, key } = row.identity(&mapping.source);
    let vendor = row.needed("vendor", 200);
    let name = row.needed("name", 200);
    let address = row.needed("address", 300);
    let place = place(row);
    let time_zone = time_zone(row);
    let currency = currency(row);
    let hours = hours(row);
    let zone = place.and_then(|place| zone(row, place));
    let preparation_minutes = row.whole("preparation_minutes", (0, 1440)).unwrap_or(15);
    let licence_number = row.text("licence_number", 100);
    let active = row.flag("active").unwrap_or(true);
    if row.is_refused() {
        return None;
    }
    let store = Store {
        vendor,
        name,
        address,
        place: place?,
        time_zone: time_zone?,
        currency: currency?,
        hours: hours?,
        zone: zone?,
        preparation_minutes,
        licence_number,
        active,
    };
    let said = FIELDS.iter().copied().filter(|field| row.says(field)).collect();
    Some(NewStore { id, source, key, store, said })
}

/// Where the store is. Without that nothing can be delivered from it, so it has to be said.
fn place(row: &mut Row<'_>) -> Option<Place> {
    let (Some(lat), Some(lon)) = (row.raw("lat"), row.raw("lon")) else {
        row.refuse("place-missing", "its coordinates are missing");
        return None;
    };
    let degrees = |text: &str| text.trim().parse::<f64>().ok();
    let (Some(lat), Some(lon)) = (degrees(&lat), degrees(&lon)) else {
        row.refuse("number", "its coordinates are no numbers");
        return None;
    };
    let place = Place { lat, lon };
    if !place.is_valid() {
        row.refuse("place-outside", "its coordinates are not on the globe");
    } else if lat == 0.0 && lon == 0.0 {
        row.refuse("place-missing", "its coordinates are both 0: that is in the sea, and unknown");
    }
    Some(place)
}

fn time_zone(row: &mut Row<'_>) -> Option<String> {
    let name = row.needed("time_zone", 60);
    if name.is_empty() {
        return None;
    }
    if TimeZone::get(&name).is_err() {
        row.refuse("time-zone", "its time zone is no IANA name such as America/Chicago");
        return None;
    }
    Some(name)
}

fn currency(row: &mut Row<'_>) -> Option<Currency> {
    let code = row.needed("currency", 3);
    let currency = Currency::from_code(&code);
    if currency.is_none() && !code.is_empty() {
        row.refuse("currency", "its currency is no ISO 4217 code such as USD");
    }
    currency
}

fn hours(row: &mut Row<'_>) -> Option<Hours> {
    let text = row.raw("hours");
    if text.is_none() {
        row.refuse("missing", "its opening hours are empty");
    }
    let hours = opening::hours(&text?);
    if hours.is_none() {
        row.refuse("hours", "its opening hours are not as in mon-fri 09:00-22:00; sat closed");
    }
    hours
}

fn zone(row: &mut Row<'_>, place: Place) -> Option<Zone> {
    if let Some(json) = row.raw("zone") {
        let zone = serde_json::from_str::<Zone>(&json).ok().filter(Zone::is_valid);
        if zone.is_none() {
            row.refuse("zone", "its delivery zone is none");
        }
        return zone;
    }
    let Some(metres) = row.whole("delivery_radius_m", (1, 100_000)) else {
        if row.raw("delivery_radius_m").is_none() {
            row.refuse("missing", "it says neither delivery zone nor radius");
        }
        return None;
    };
    Some(Zone::Radius { centre: place, metres: metres as u32 })
}
