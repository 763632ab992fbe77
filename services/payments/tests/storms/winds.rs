//! The orders in which webhooks come, and how often each.

use std::collections::BTreeSet;

/// So many webhooks are permuted at once.
const WINDOW: usize = 5;
/// Storms in which nobody waits for anybody.
const SQUALLS: usize = 6;

/// In which order the webhooks of a payment come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wind {
    /// By their places among all of the payment; each is acknowledged before the next comes first.
    pub order: Vec<usize>,
    /// All of them are sent as soon as they are there, beside each other.
    pub at_once: bool,
    place: usize,
}

impl Wind {
    /// How often the webhook at this place of the order comes: once to three times.
    pub const fn copies(&self, at: usize) -> usize {
        (self.place / (at + 1) + at) % 3 + 1
    }

    /// Whether the browser comes back after this act.
    pub const fn comes_back(&self, act: usize) -> bool {
        act == 0 || (self.place + act).is_multiple_of(3)
    }
}

/// All storms of a payment with so many webhooks: each order that is a permutation of five
/// neighbours, once; and some in which all come at once.
pub fn all(webhooks: usize) -> Vec<Wind> {
    let size = webhooks.min(WINDOW);
    let mut orders = BTreeSet::new();
    for start in 0..=webhooks - size {
        for place in 0..factorial(size) {
            let mut order: Vec<usize> = (0..webhooks).collect();
            order.splice(start..start + size, permutation(start, size, place));
            orders.insert(order);
        }
    }
    let ordered = orders.into_iter().map(|order| (order, false));
    let squalls = (0..SQUALLS).map(|_| ((0..webhooks).collect(), true));
    let winds = ordered.chain(squalls).enumerate();
    winds.map(|(place, (order, at_once))| Wind { order, at_once, place }).collect()
}

/// The permutation of this number of so many neighbours.
fn permutation(start: usize, size: usize, mut number: usize) -> Vec<usize> {
    let mut left: Vec<usize> = (start..start + size).collect();
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let next = number % left.len();
        number /= left.len();
        ordered.push(left.remove(next));
    }
    ordered
}

fn factorial(number: usize) -> usize {
    (1..=number).product()
}

#[test]
fn every_window_is_permuted_whole_and_no_order_comes_twice() {
    for (webhooks, orders) in [(0, 1), (1, 1), (3, 6), (5, 120), (6, 216), (7, 312)] {
        let all = all(webhooks);
        assert_eq!(all.len(), orders + SQUALLS, "{webhooks} webhooks");
        let distinct: BTreeSet<_> = all.iter().map(|wind| &wind.order).collect();
        assert_eq!(distinct.len(), orders);
        assert!(all.iter().all(|wind| (0..webhooks).all(|nth| wind.order.contains(&nth))));
        let copies = all.iter().flat_map(|wind| (0..webhooks).map(|at| wind.copies(at)));
        assert!(copies.clone().all(|copies| (1..=3).contains(&copies)));
    }
}
