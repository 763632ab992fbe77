//! May it be sold from there, and to there?

use compliance_api::Facts;
use serde_json::json;

use super::{Applied, Finding};
use crate::area;

pub(super) fn check(facts: &Facts, applied: Applied, finding: &mut Finding) {
    let rules = &applied.book.rules;
    for dry in &rules.dry_zones {
        if area::touches(&dry.zone, facts.store_place) {
            let detail = format!("The store lies in {}, a dry zone.", dry.name);
            finding.against("dry-zone", detail, json!({"says": "store", "zone_name": dry.name}));
        }
        if facts.door_place.is_some_and(|door| area::touches(&dry.zone, door)) {
            let detail = format!("The door lies in {}, a dry zone.", dry.name);
            finding.against("dry-zone", detail, json!({"says": "door", "zone_name": dry.name}));
        }
    }
    // Without a door there is nothing yet to say of its kind.
    if facts.door_place.is_none() || rules.forbidden_address_kinds.is_empty() {
        return;
    }
    let place = &applied.jurisdiction.name;
    match facts.address_kind {
        Some(kind) if rules.forbidden_address_kinds.contains(&kind) => {
            let detail = format!("{place} allows no delivery to an address of this kind.");
            finding.against(
                "forbidden-address-kind",
                detail,
                json!({"says": "at", "place": place}),
            );
        }
        Some(_) => {}
        None => {
            let detail = format!("Say what kind of address it is: {place} does not allow all.");
            finding.against("address-kind-unknown", detail, json!({"says": "at", "place": place}));
        }
    }
}
