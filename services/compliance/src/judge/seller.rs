//! May the store sell this?

use compliance_api::Item;
use jiff::tz::TimeZone;
use serde_json::json;

use super::{Case, Finding, Reach, name};

pub(super) fn check(case: &Case, reach: &Reach, goods: &[&Item], finding: &mut Finding) {
    let Some(licence) = case.licence else {
        finding.against("no-licence", "The store has no licence.", json!({}));
        return;
    };
    if licence.suspended {
        finding.against("licence-suspended", "The store's licence is suspended.", json!({}));
    }
    let zone = reach.store.map_or(TimeZone::UTC, |store| store.time_zone.clone());
    let today = zone.to_datetime(case.facts.at).date();
    let last = zone.to_datetime(case.facts.back_by.unwrap_or(case.facts.at)).date();
    if today < licence.valid_from {
        let detail = format!("The store's licence holds from {} on.", licence.valid_from);
        finding.against(
            "licence-not-yet-valid",
            detail,
            json!({"says": "from", "day": licence.valid_from}),
        );
    }
    if today > licence.valid_until {
        let detail = format!("The store's licence ended with {}.", licence.valid_until);
        let facts = json!({"says": "ended", "day": licence.valid_until});
        finding.against("licence-expired", detail, facts);
    } else if last > licence.valid_until {
        let until = licence.valid_until;
        let detail = format!("The store's licence ends with {until}, before the driver is back.");
        finding.against("licence-expired", detail, json!({"says": "ends", "day": until}));
    }
    for item in goods.iter().filter(|item| !licence.classes.contains(&item.drink.class)) {
        let class = item.drink.class;
        let detail = format!("The store's licence does not cover {}.", name(class));
        finding.against_item(
            "licence-class",
            item,
            detail,
            json!({"says": "class", "class": class}),
        );
    }
}
