//! The orders in which webhooks come, and how often and when each.

use std::collections::BTreeMap;

/// So many webhooks are permuted at once.
const WINDOW: usize = 5;
/// Storms in which nobody waits for anybody.
const SQUALLS: usize = 6;
/// How often five webhooks can come, each once to three times.
const COPIES: usize = 3_usize.pow(WINDOW as u32);
/// From one storm to the next; it shares no divisor with [`COPIES`], so that as many storms in a row
/// see each of them.
const STRIDE: usize = 100;
/// Each so-manieth is a sample of all; it shares no divisor with what their numbers decide.
const SAMPLED: usize = 11;

/// In which order the webhooks of a payment come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wind {
    /// By their places among all of the payment.
    order: Vec<usize>,
    /// All of them are sent as soon as they are there, beside each other.
    at_once: bool,
    /// Among all storms with as many webhooks.
    number: usize,
}

/// One webhook on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    pub webhook: usize,
    /// Beside those that follow; what is not has been acknowledged before they come.
    pub beside: bool,
}

/// When a copy comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comes {
    /// Beside the first one.
    Beside,
    /// When the first one was acknowledged, before any other.
    Next,
    /// When the one that follows has come.
    Later,
    /// After all others.
    Last,
}

impl Wind {
    /// Whether it is among those that are sailed through every time.
    pub const fn is_sampled(&self) -> bool {
        self.at_once || self.number.is_multiple_of(SAMPLED)
    }

    /// How often the webhook at this place of the order comes: once to three times.
    const fn copies(&self, at: usize) -> usize {
        let turn = self.number * STRIDE % COPIES;
        turn / 3_usize.pow((at % WINDOW) as u32) % 3 + 1
    }

    const fn comes(&self, at: usize, copy: usize) -> Comes {
        match (self.number + at + copy) % 4 {
            0 => Comes::Beside,
            1 => Comes::Next,
            2 => Comes::Later,
            _ => Comes::Last,
        }
    }

    /// Whether the browser comes back after this act.
    pub const fn comes_back(&self, act: usize) -> bool {
        act == 0 || (self.number + act).is_multiple_of(3)
    }

    /// All that comes, one after another.
    pub fn deliveries(&self) -> Vec<Delivery> {
        let (mut all, mut later, mut last) = (Vec::new(), Vec::new(), Vec::new());
        for (at, webhook) in self.order.iter().enumerate() {
            let one = |beside| Delivery { webhook: *webhook, beside: beside || self.at_once };
            let copies: Vec<Comes> =
                (1..self.copies(at)).map(|copy| self.comes(at, copy)).collect();
            let those = |when| copies.iter().filter(move |comes| **comes == when);
            all.extend(those(Comes::Beside).map(|_| one(true)));
            all.push(one(false));
            all.extend(those(Comes::Next).map(|_| one(false)));
            all.append(&mut later);
            later.extend(those(Comes::Later).map(|_| one(false)));
            last.extend(those(Comes::Last).map(|_| one(false)));
        }
        [all, later, last].concat()
    }
}

/// The storms of one provider after another.
#[derive(Default)]
pub struct Forecast {
    /// How many there were, by the number of their webhooks.
    so_far: BTreeMap<usize, usize>,
}

impl Forecast {
    /// All storms of a payment with so many webhooks: each order that is a permutation of five
    /// neighbours after the first `calm` ones, once; and some in which all come at once.
    pub fn all(&mut self, webhooks: usize, calm: usize) -> Vec<Wind> {
        let size = (webhooks - calm).min(WINDOW);
        let mut orders = std::collections::BTreeSet::new();
        for start in calm..=webhooks - size {
            for place in 0..factorial(size) {
                let mut order: Vec<usize> = (0..webhooks).collect();
                order.splice(start..start + size, permutation(start, size, place));
                orders.insert(order);
            }
        }
        let ordered = orders.into_iter().map(|order| (order, false));
        let squalls = (0..SQUALLS).map(|_| ((0..webhooks).collect(), true));
        let so_far = self.so_far.entry(webhooks).or_default();
        let winds = ordered.chain(squalls).enumerate();
        let winds = winds.map(|(place, (order, at_once))| {
            let number = *so_far + place;
            Wind { order, at_once, number }
        });
        let winds: Vec<Wind> = winds.collect();
        *so_far += winds.len();
        winds
    }
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Storms of so many flows with as many webhooks.
    fn storms(webhooks: usize, flows: usize) -> Vec<Wind> {
        let mut forecast = Forecast::default();
        (0..flows).flat_map(|_| forecast.all(webhooks, 0)).collect()
    }

    fn copies(wind: &Wind) -> Vec<usize> {
        (0..wind.order.len()).map(|at| wind.copies(at)).collect()
    }

    #[test]
    fn every_window_is_permuted_whole_and_no_order_comes_twice() {
        for (webhooks, calm, orders) in [
            (0, 0, 1),
            (1, 0, 1),
            (3, 0, 6),
            (5, 0, 120),
            (6, 0, 216),
            (7, 0, 312),
            (7, 2, 120),
            (9, 4, 120),
            (4, 2, 2),
        ] {
            let all = Forecast::default().all(webhooks, calm);
            assert_eq!(all.len(), orders + SQUALLS, "{webhooks} webhooks");
            let distinct: BTreeSet<_> = all.iter().map(|wind| &wind.order).collect();
            assert_eq!(distinct.len(), orders);
            for Wind { order, .. } in &all {
                assert!((0..webhooks).all(|nth| order.contains(&nth)));
                assert!((0..calm).all(|nth| order[nth] == nth));
            }
        }
    }

    #[test]
    fn whoever_comes_comes_as_often_as_the_wind_says() {
        for wind in storms(5, 2).iter().chain(&storms(7, 1)) {
            let all = wind.deliveries();
            for (at, webhook) in wind.order.iter().enumerate() {
                let comes = all.iter().filter(|one| one.webhook == *webhook).count();
                assert_eq!(comes, wind.copies(at), "{wind:?}");
            }
            let mut first: Vec<usize> = Vec::new();
            for one in &all {
                if !first.contains(&one.webhook) {
                    first.push(one.webhook);
                }
                assert!(one.beside || !wind.at_once);
            }
            assert_eq!(first, wind.order);
        }
    }

    /// Two flows with five webhooks see all 243 ways in which each comes once to three times, and
    /// others as many as they have storms for; each place sees each number about equally often.
    #[test]
    fn all_ways_in_which_webhooks_are_repeated_occur() {
        for (webhooks, flows) in [(1, 1), (2, 2), (3, 3), (4, 3), (5, 1), (5, 2), (6, 2), (7, 1)] {
            let all = storms(webhooks, flows);
            let ways = 3_usize.pow(webhooks.min(WINDOW) as u32);
            for start in 0..=webhooks - webhooks.min(WINDOW) {
                let distinct: BTreeSet<Vec<usize>> = all
                    .iter()
                    .map(|wind| copies(wind)[start..start + webhooks.min(WINDOW)].to_vec())
                    .collect();
                assert_eq!(distinct.len(), ways.min(all.len()), "{flows} of {webhooks}");
            }
        }
        let all = storms(5, 2);
        for (at, times) in (0..5).flat_map(|at| (1..=3).map(move |times| (at, times))) {
            let seen = all.iter().filter(|wind| wind.copies(at) == times).count();
            assert!((all.len() / 4..all.len() / 2).contains(&seen), "{at} {times}: {seen}");
        }
    }

    /// A sample sees every number of copies at every place, each way in which they come, and
    /// browsers that come back and that do not.
    #[test]
    fn a_sample_has_some_of_everything() {
        let sample: Vec<Wind> = storms(5, 1).into_iter().filter(Wind::is_sampled).collect();
        assert_eq!(sample.len(), 120_usize.div_ceil(SAMPLED) + SQUALLS);
        for at in 0..5 {
            let seen: BTreeSet<usize> = sample.iter().map(|wind| wind.copies(at)).collect();
            assert_eq!(seen, BTreeSet::from([1, 2, 3]), "{at}");
        }
        let numbers = |of: usize| sample.iter().map(move |wind| wind.number % of);
        assert_eq!(numbers(4).collect::<BTreeSet<_>>().len(), 4);
        assert_eq!(numbers(3).collect::<BTreeSet<_>>().len(), 3);
        let firsts: BTreeSet<usize> = sample.iter().map(|wind| wind.order[0]).collect();
        assert_eq!(firsts.len(), 5);
    }

    /// A copy comes at once, or among others: after one that happened later, too.
    #[test]
    fn copies_come_beside_the_first_and_after_newer_ones() {
        let storms = storms(5, 1);
        let (mut beside, mut next, mut after_newer) = (0, 0, 0);
        let ordered: Vec<_> = storms.iter().filter(|wind| !wind.at_once).collect();
        for wind in &ordered {
            let all = wind.deliveries();
            let pairs = || all.windows(2).filter(|two| two[0].webhook == two[1].webhook);
            beside += usize::from(pairs().any(|two| two[0].beside));
            next += usize::from(pairs().any(|two| !two[0].beside));
            let is_old = |(at, one): (usize, &Delivery)| {
                let before = &all[..at];
                let first = before.iter().position(|other| other.webhook == one.webhook);
                first.is_some_and(|first| {
                    before[first..].iter().any(|other| other.webhook > one.webhook)
                })
            };
            after_newer += usize::from(all.iter().enumerate().any(is_old));
        }
        let seen = [beside, next, after_newer];
        assert!(seen.iter().all(|seen| *seen > ordered.len() / 3), "{seen:?} of {}", ordered.len());
    }
}
