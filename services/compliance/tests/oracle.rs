//! The law against an oracle that is written in another way: its own calendar, its own wall
//! clock, its own geometry, minutes painted on a strip, sums by counting. Whatever is generated,
//! both must say the same.

mod calendar;
mod generate;
mod opening;
mod outlook;
mod says;
mod scene;

use std::{cell::RefCell, collections::BTreeSet};

use compliance::judge::{Case, Finding, judge};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

/// Every rule that can stand against a sale.
const RULES: [&str; 21] = [
    "address-kind-unknown",
    "age-unknown",
    "alcohol-unknown",
    "below-price-floor",
    "document-expired",
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

fn config(cases: u32) -> Config {
    let shrink = 2_000;
    Config { cases, max_shrink_iters: shrink, failure_persistence: None, ..Config::default() }
}

/// Lets the law and the oracle judge as many scenes as the runner wants.
fn compare(mut runner: TestRunner) -> Seen {
    let seen = RefCell::new(Seen::default());
    let outcome = runner.run(&generate::scenes(), |scene| {
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
    seen.into_inner()
}

/// Other scenes at every run.
#[test]
fn the_law_and_the_oracle_agree() {
    compare(TestRunner::new(config(1_500)));
}

/// The same scenes at every run, among which every rule decides alone at least once.
#[test]
fn every_rule_has_been_put_to_the_test() {
    let cases = 4_000;
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let seen = compare(TestRunner::new_with_rng(config(cases), rng));
    let (sold, refused) = (seen.sold, seen.refused);
    assert!(sold > cases / 15 && refused > cases / 10, "one-sided: {sold} to {refused}");
    let missing: Vec<_> = RULES.iter().filter(|rule| !seen.alone.contains(**rule)).collect();
    assert!(missing.is_empty(), "never decided alone: {missing:?}");
}
