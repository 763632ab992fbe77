//! Is it a time at which this may be sold, until the driver is back?

use std::collections::BTreeSet;

use compliance_api::{Facts, Moment};
use jiff::{SignedDuration, Timestamp};
use kernel::{AlcoholClass, Hours};
use serde_json::json;

use super::{Applied, Finding, name};

pub(super) fn check(
    facts: &Facts,
    applied: Applied,
    classes: &BTreeSet<AlcoholClass>,
    finding: &mut Finding,
) {
    if facts.back_by.is_none() && matches!(facts.moment, Moment::Placement | Moment::Dispatch) {
        let detail = "Nobody said when the driver would be back.";
        finding.against("not-delivered-back-in-time", detail, json!({"says": "unknown"}));
    }
    let until = until(facts, applied);
    for class in classes {
        let Some(rules) = applied.book.rules.of(*class) else { continue };
        within(facts, until, applied, (&rules.sale_hours, Some(*class)), finding);
    }
    if let Some(hours) = &applied.book.rules.delivery_hours {
        within(facts, until, applied, (hours, None), finding);
    }
    dry_days(facts, until, applied, finding);
}

/// No way to a door and back is longer.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// The last instant at which the hours of this rulebook must hold; none where that is too far away.
fn until(facts: &Facts, applied: Applied) -> Option<Timestamp> {
    let until = facts.back_by.unwrap_or(facts.at);
    if let Some(next) = applied.next {
        let last = next.checked_sub(SignedDuration::from_micros(1)).ok();
        return last.filter(|_| until.duration_since(facts.at) <= LONGEST);
    }
    let margin = match facts.moment {
        Moment::Placement | Moment::Dispatch => applied.book.rules.last_dispatch_margin_minutes,
        Moment::Cart | Moment::Door => 0,
    };
    let until = until.checked_add(SignedDuration::from_mins(i64::from(margin))).ok();
    until.filter(|until| until.duration_since(facts.at) <= LONGEST)
}

fn within(
    facts: &Facts,
    until: Option<Timestamp>,
    applied: Applied,
    (hours, class): (&Hours, Option<AlcoholClass>),
    finding: &mut Finding,
) {
    let Applied { jurisdiction, from, .. } = applied;
    let (zone, place) = (&jurisdiction.time_zone, &jurisdiction.name);
    let what = class.map_or_else(|| "delivery".into(), |class| format!("sale of {}", name(class)));
    let says = if class.is_some() { "sale" } else { "delivery" };
    if from == facts.at && !hours.open_at(from, zone) {
        let time = zone.to_datetime(from).strftime("%A %H:%M").to_string();
        let detail = format!("{place} allows no {what} on {time}.");
        let zone = zone.iana_name();
        let facts = json!({"says": says, "place": place, "class": class, "at": from, "zone": zone});
        finding.against("outside-sale-hours", detail, facts);
    } else if !until.is_some_and(|until| hours.open_through(from, until, zone)) {
        let detail = format!("The hours of {what} in {place} end before the driver is back.");
        let facts = json!({"says": says, "place": place, "class": class});
        finding.against("not-delivered-back-in-time", detail, facts);
    }
}

fn dry_days(facts: &Facts, until: Option<Timestamp>, applied: Applied, finding: &mut Finding) {
    let Applied { jurisdiction, book, from, .. } = applied;
    let (dry, place) = (&book.rules.dry_days, &jurisdiction.name);
    let day = |at| jurisdiction.time_zone.to_datetime(at).date();
    let today = day(from);
    if from == facts.at && dry.contains(&today) {
        let facts = json!({"says": "on", "place": place, "day": today});
        finding.against("dry-day", format!("{place} allows no sale on {today}."), facts);
    } else if let Some(last) = until.map(day)
        && last >= today
        && let Some(coming) = dry.range(today..=last).next()
    {
        let detail = format!("{place} allows no sale on {coming}, before the driver is back.");
        let facts = json!({"says": "dry-day", "place": place, "day": coming});
        finding.against("not-delivered-back-in-time", detail, facts);
    }
}
