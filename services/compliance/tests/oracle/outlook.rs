//! Sales that might be at any of a span of instants: nothing is promised that a verdict at one of
//! them would refuse.

use compliance::{
    judge::{Case, judge},
    outlook::outlook,
};
use compliance_api::{Facts, Leaving, Moment};
use jiff::{SignedDuration, Timestamp, civil::date};
use proptest::{
    prelude::*,
    test_runner::{RngAlgorithm, TestCaseError, TestRng, TestRunner},
};

use super::{config, generate, scene::Built};

/// How long drivers may leave, and where within that one does; how long they are away.
fn spans() -> impl Strategy<Value = (i64, i64, i64)> {
    (0..5_400_i64, 0..5_400_i64, 0..7_200_i64)
}

/// Whether the law lets a driver leave then, and hand it over at any time of the way.
fn lets_through(case: &Case, leaves: Timestamp, takes: SignedDuration) -> Result<(), String> {
    let facts = Facts {
        moment: Moment::Dispatch,
        at: leaves,
        back_by: Some(leaves + takes),
        ..case.facts.clone()
    };
    let dispatch = judge(&Case { facts: &facts, ..*case });
    let facts = Facts {
        moment: Moment::Door,
        at: leaves + takes / 2,
        back_by: None,
        shown_date_of_birth: case.stated_date_of_birth,
        shown_valid_until: Some(date(2100, 1, 1)),
        ..facts
    };
    let door = judge(&Case { facts: &facts, ..*case });
    let reasons: Vec<_> = dispatch.reasons.iter().chain(&door.reasons).collect();
    if reasons.is_empty() { Ok(()) } else { Err(format!("{leaves}: {reasons:?}")) }
}

fn holds(built: &Built, (span, within, takes): (i64, i64, i64)) -> Result<bool, String> {
    let facts = Facts { moment: Moment::Placement, ..built.facts.clone() };
    let case = Case {
        facts: &facts,
        law: &built.law,
        licence: built.licence.as_ref(),
        stated_date_of_birth: built.stated_date_of_birth,
    };
    let (first, takes) = (facts.at, SignedDuration::from_secs(takes));
    let last = first + SignedDuration::from_secs(span);
    if !outlook(&case, Leaving { first, last, back_by: last + takes }).is_empty() {
        return Ok(false);
    }
    let minutes = (0..=span / 60).map(|minute| first + SignedDuration::from_mins(minute));
    let within = first + SignedDuration::from_secs(within.min(span));
    for leaves in minutes.chain([within, last]) {
        lets_through(&case, leaves, takes)?;
    }
    Ok(true)
}

#[test]
fn what_may_be_chosen_is_lawful_at_every_instant() {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config(800), rng);
    let promised = std::cell::Cell::new(0_u32);
    let outcome = runner.run(&(generate::scenes(), spans()), |(scene, span)| {
        let held = holds(&scene.build(), span).map_err(TestCaseError::fail)?;
        promised.set(promised.get() + u32::from(held));
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    assert!(promised.get() > 40, "only {} were promised", promised.get());
}
