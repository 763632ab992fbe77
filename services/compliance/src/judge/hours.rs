//! Is it a time at which this may be sold, until the driver is back?

use std::collections::BTreeSet;

use compliance_api::{Facts, Moment};
use jiff::{SignedDuration, Timestamp};
use kernel::{AlcoholClass, Hours};

use super::{Applied, Finding, name};

pub(super) fn check(
    facts: &Facts,
    applied: Applied,
    classes: &BTreeSet<AlcoholClass>,
    finding: &mut Finding,
) {
    let until = until(facts, applied);
    for class in classes {
        let Some(rules) = applied.book.rules.of(*class) else { continue };
        let what = format!("sale of {}", name(*class));
        within(facts.at, until, applied, (&rules.sale_hours, &what), finding);
    }
    if let Some(hours) = &applied.book.rules.delivery_hours {
        within(facts.at, until, applied, (hours, "delivery"), finding);
    }
    dry_days(facts.at, until, applied, finding);
}

/// The instant until which the hours must hold; none beyond the calendar.
fn until(facts: &Facts, applied: Applied) -> Option<Timestamp> {
    let until = facts.back_by.unwrap_or(facts.at);
    let margin = match facts.moment {
        Moment::Placement | Moment::Dispatch => applied.book.rules.last_dispatch_margin_minutes,
        Moment::Cart | Moment::Door => 0,
    };
    until.checked_add(SignedDuration::from_mins(i64::from(margin))).ok()
}

fn within(
    at: Timestamp,
    until: Option<Timestamp>,
    applied: Applied,
    (hours, what): (&Hours, &str),
    finding: &mut Finding,
) {
    let Applied { jurisdiction, .. } = applied;
    let (zone, place) = (&jurisdiction.time_zone, &jurisdiction.name);
    if !hours.open_at(at, zone) {
        let time = zone.to_datetime(at).strftime("%A %H:%M").to_string();
        let detail = format!("{place} allows no {what} on {time}.");
        finding.against("outside-sale-hours", detail);
    } else if !until.is_some_and(|until| hours.open_through(at, until, zone)) {
        let detail = format!("The hours of {what} in {place} end before the driver is back.");
        finding.against("not-delivered-back-in-time", detail);
    }
}

fn dry_days(at: Timestamp, until: Option<Timestamp>, applied: Applied, finding: &mut Finding) {
    let Applied { jurisdiction, book } = applied;
    let (dry, place) = (&book.rules.dry_days, &jurisdiction.name);
    let day = |at| jurisdiction.time_zone.to_datetime(at).date();
    let today = day(at);
    if dry.contains(&today) {
        finding.against("dry-day", format!("{place} allows no sale on {today}."));
    } else if let Some(last) = until.map(day)
        && last > today
        && let Some(coming) = dry.range(today..=last).next()
    {
        let detail = format!("{place} allows no sale on {coming}, before the driver is back.");
        finding.against("not-delivered-back-in-time", detail);
    }
}
