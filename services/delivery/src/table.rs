//! Which ways of a round of offers a router is asked about: as many as it takes at once, and those
//! first that matter most.

use kernel::Place;

use crate::assign::{Candidate, OpenJob, Reach, cost};

/// The ways from each of some places to each of some others.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub from: Vec<Place>,
    pub to: Vec<Place>,
}

impl Table {
    /// How many ways there are in it.
    pub fn ways(&self) -> usize {
        self.from.len() * self.to.len()
    }

    /// The same with one more way, and all that come with it.
    fn with(&self, from: Place, to: Place) -> Self {
        let mut next = self.clone();
        if !next.from.contains(&from) {
            next.from.push(from);
        }
        if !next.to.contains(&to) {
            next.to.push(to);
        }
        next
    }
}

/// From the drivers to the stores, at most `most` ways, the likeliest pairs first; none where there
/// is nothing to choose. What has no room is left to the built-in estimate.
pub fn table(
    jobs: &[OpenJob],
    candidates: &[Candidate],
    reach: &Reach,
    most: usize,
) -> Option<Table> {
    let pairs = jobs.iter().flat_map(|job| candidates.iter().map(move |driver| (job, driver)));
    let mut likely: Vec<_> = pairs
        .filter_map(|(job, driver)| {
            Some((cost(job, driver, reach)?, job.job, driver.driver, job, driver))
        })
        .collect();
    if likely.len() < 2 {
        return None;
    }
    likely.sort_by_key(|(cost, job, driver, ..)| (*cost, *job, *driver));
    let mut table = Table { from: Vec::new(), to: Vec::new() };
    for (.., job, driver) in likely {
        let next = table.with(driver.place, job.store);
        if next.ways() <= most {
            table = next;
        }
        if table.ways() == most {
            break;
        }
    }
    Some(table).filter(|table| table.ways() > 1)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use kernel::{DriverId, JobId};
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn in_town() -> impl Strategy<Value = Place> {
        (41.50..41.68, -93.80..-93.50).prop_map(|(lat, lon)| Place { lat, lon })
    }

    fn job(store: Place) -> OpenJob {
        let (barred, missed) = (BTreeSet::new(), BTreeMap::new());
        OpenJob { job: JobId::new(), store, ready_in: 0, waiting: 0, barred, missed }
    }

    fn driver(place: Place) -> Candidate {
        Candidate { driver: DriverId::new(), place, free_in: 0, idle: 0 }
    }

    fn reach() -> Reach {
        Reach::built_in(25_000)
    }

    proptest! {
        #[test]
        fn it_is_never_larger_than_it_may_be_and_has_no_place_twice(
            stores in vec(in_town(), 0..9), places in vec(in_town(), 0..9), most in 0..40usize,
        ) {
            let jobs: Vec<_> = stores.iter().copied().map(job).collect();
            let drivers: Vec<_> = places.iter().copied().map(driver).collect();
            let Some(table) = table(&jobs, &drivers, &reach(), most) else { return Ok(()) };
            prop_assert!((2..=most).contains(&table.ways()));
            prop_assert!(table.from.iter().all(|place| places.contains(place)));
            prop_assert!(table.to.iter().all(|place| stores.contains(place)));
            let once = |all: &[Place]| (1..all.len()).all(|at| !all[..at].contains(&all[at]));
            prop_assert!(once(&table.from) && once(&table.to));
        }
    }

    #[test]
    fn nobody_is_asked_where_there_is_nothing_to_choose() {
        let at = |north: f64| Place { lat: 41.5 + north, lon: -93.6 };
        let (job, near, far) = (job(at(0.0)), driver(at(0.01)), driver(at(0.05)));
        let asked =
            |drivers: &[Candidate]| table(std::slice::from_ref(&job), drivers, &reach(), 100);
        assert_eq!(asked(&[]), None);
        assert_eq!(asked(std::slice::from_ref(&near)), None);
        let both = [far.clone(), near.clone()];
        let wanted = Table { from: vec![near.place, far.place], to: vec![job.store] };
        assert_eq!(asked(&both), Some(wanted), "the likeliest first");
        assert_eq!(asked(&[near, driver(at(0.9))]), None, "too far to be sent");
        assert_eq!(table(std::slice::from_ref(&job), &both, &reach(), 1), None);
    }
}
