//! Is the buyer old enough, by a document that holds?

use std::collections::BTreeSet;

use compliance_api::{Facts, Moment};
use kernel::{AlcoholClass, has_reached};
use serde_json::json;

use super::{Applied, Case, Finding, Reach};
use crate::jurisdiction::Jurisdiction;

pub(super) fn check(
    case: &Case,
    reach: &Reach,
    classes: &BTreeSet<AlcoholClass>,
    finding: &mut Finding,
) {
    let asked = || reach.books.iter().flat_map(|applied| ages(*applied, classes));
    finding.minimum_age = asked().map(|(_, age)| age).max();
    let facts = case.facts;
    let born = match facts.moment {
        Moment::Door => facts.shown_date_of_birth,
        Moment::Cart | Moment::Placement | Moment::Dispatch => case.stated_date_of_birth,
    };
    let Some(born) = born else {
        match facts.moment {
            Moment::Cart => {}
            Moment::Door => {
                let detail = "No document was shown.";
                finding.against("document-not-shown", detail, json!({"says": "none"}));
            }
            Moment::Placement | Moment::Dispatch => {
                let detail = "The buyer's date of birth is not known.";
                finding.against("age-unknown", detail, json!({}));
            }
        }
        return;
    };
    // The buyer is at the door: its calendar says how old they are.
    let Some(here) = reach.door.or(reach.store) else { return };
    if facts.moment == Moment::Door {
        document(facts, here, finding);
    }
    let today = here.time_zone.to_datetime(facts.at).date();
    let reached = |(applied, age): (Applied, u8)| {
        has_reached(age, born, today, applied.book.rules.leap_day_birthday)
    };
    let of_age = asked().all(reached);
    finding.of_age = Some(of_age);
    if !of_age {
        let age = finding.minimum_age.unwrap_or_default();
        let detail = format!("The buyer has not reached the age of {age}.");
        finding.against("under-age", detail, json!({"says": "age", "age": age}));
    }
}

/// It must be valid where it is shown, for as long as something may change hands.
fn document(facts: &Facts, here: &Jurisdiction, finding: &mut Finding) {
    let until = facts.back_by.map_or(facts.at, |until| until.max(facts.at));
    let last = here.time_zone.to_datetime(until).date();
    match facts.shown_valid_until {
        None => {
            let detail = "Nobody said how long the document holds.";
            finding.against("document-not-shown", detail, json!({"says": "how-long"}));
        }
        Some(valid_until) if valid_until < last => {
            finding.against("document-expired", "The document is no longer valid.", json!({}));
        }
        Some(_) => {}
    }
}

/// The ages that a rulebook asks for.
fn ages<'a>(
    applied: Applied<'a>,
    classes: &BTreeSet<AlcoholClass>,
) -> impl Iterator<Item = (Applied<'a>, u8)> {
    let rules = &applied.book.rules;
    classes.iter().filter_map(move |class| Some((applied, rules.of(*class)?.minimum_age)))
}
