//! The law against an oracle that is written in another way: its own calendar, its own wall
//! clock, its own geometry, minutes painted on a strip, sums by counting. Whatever is generated,
//! both must say the same.

mod calendar;
mod says;
mod scene;

use std::{cell::RefCell, collections::BTreeSet};

use compliance::judge::{Case, Finding, judge};
use proptest::test_runner::{Config, TestCaseError, TestRunner};

/// Every rule that can stand against a sale.
const RULES: [&str; 18] = [
    "age-unknown",
    "below-price-floor",
    "document-not-shown",
    "dry-day",
    "dry-zone",
    "forbidden-address-kind",
    "licence-class",
    "licence-expired",
    "licence-not-yet-valid",
    "licence-suspended",
    "no-licence",
    "not-delivered-back-in-time",
    "outside-sale-hours",
    "too-many-litres",
    "too-many-units",
    "too-much-pure-alcohol",
    "under-age",
    "unknown-jurisdiction",
];

/// What a run has seen, so that it proves something.
#[derive(Default)]
struct Seen {
    sold: u32,
    refused: u32,
    /// Rules that alone decided a refusal.
    alone: BTreeSet<String>,
}

impl Seen {
    fn see(&mut self, finding: &Finding) {
        let rules: BTreeSet<&String> = finding.reasons.iter().map(|reason| &reason.rule).collect();
        match rules.len() {
            // Baskets without alcohol have no minimum age.
            0 => self.sold += u32::from(finding.minimum_age.is_some()),
            1 => self.alone.extend(rules.into_iter().cloned()),
            _ => {}
        }
        self.refused += u32::from(!finding.allowed());
    }
}

#[test]
fn the_law_and_the_oracle_agree() {
    let seen = RefCell::new(Seen::default());
    let cases = 3_000;
    let mut runner = TestRunner::new(Config {
        cases,
        max_shrink_iters: 2_000,
        failure_persistence: None,
        ..Config::default()
    });
    let outcome = runner.run(&scene::scenes(), |scene| {
        let built = scene.build();
        let finding = judge(&Case {
            facts: &built.facts,
            law: &built.law,
            licence: built.licence.as_ref(),
            stated_date_of_birth: built.stated_date_of_birth,
        });
        seen.borrow_mut().see(&finding);
        let says = says::allowed(&scene);
        if finding.allowed() == says {
            return Ok(());
        }
        let detail = format!("the oracle says {says}, the law gives {:?}", finding.reasons);
        Err(TestCaseError::fail(detail))
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    let seen = seen.into_inner();
    let (sold, refused) = (seen.sold, seen.refused);
    assert!(sold > cases / 20 && refused > cases / 20, "one-sided: {sold} to {refused}");
    let missing: Vec<_> = RULES.iter().filter(|rule| !seen.alone.contains(**rule)).collect();
    assert!(missing.is_empty(), "never decided alone: {missing:?}");
}
