//! What the law would say of a sale whose driver leaves at any of a span of instants. Pure.

use compliance_api::{Facts, Leaving, Reason, rules_change};
use jiff::{SignedDuration, Timestamp};

use crate::judge::{Case, Finding, judge};

/// All that stands against it at any instant of leaving; empty when nothing does.
///
/// Hours, dry days and licences that hold from the first leaving to the last return hold for each
/// way between. Where a rulebook ends meanwhile, that is not enough: whoever leaves shortly before
/// may be bound by hours of it that whoever leaves later is not. Then each minute is looked at.
pub fn outlook(case: &Case, leaving: Leaving) -> Vec<Reason> {
    let Leaving { first, last, back_by } = leaving;
    let whole = at(case, first, back_by);
    let mut reasons = whole.reasons.clone();
    if !rules_change(&whole.rules) {
        return reasons;
    }
    let takes = back_by.duration_since(last);
    let mut leaves = first;
    while leaves <= last.min(first + LONGEST) {
        add(&mut reasons, at(case, leaves, leaves + takes));
        leaves += SignedDuration::from_mins(1);
    }
    add(&mut reasons, at(case, last, back_by));
    reasons
}

/// The law never allows more than a day, so nothing later need be looked at.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

fn at(case: &Case, at: Timestamp, back_by: Timestamp) -> Finding {
    let facts = Facts { at, back_by: Some(back_by), ..case.facts.clone() };
    judge(&Case { facts: &facts, ..*case })
}

fn add(reasons: &mut Vec<Reason>, finding: Finding) {
    for reason in finding.reasons {
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
}
