//! Who fetches what: jobs matched to drivers at the least total cost, all at once, rather than each
//! job to whoever is nearest when its turn comes.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{DriverId, JobId, Place};
use pathfinding::{kuhn_munkres::kuhn_munkres_min, matrix::Matrix};

use crate::{estimate::ride, rides::Rides};

/// A driver who is free, or will be soon.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub driver: DriverId,
    /// Where the driver is once free.
    pub place: Place,
    /// Seconds until then; 0 when free now.
    pub free_in: i64,
    /// Seconds without work so far.
    pub idle: i64,
}

/// A job without a driver.
#[derive(Debug, Clone)]
pub struct OpenJob {
    pub job: JobId,
    pub store: Place,
    /// Seconds until it is packed; negative when it has been for a while.
    pub ready_in: i64,
    /// Seconds since it has been without a driver.
    pub waiting: i64,
    /// Who must not be asked: whoever said no to it, or ordered it.
    pub barred: BTreeSet<DriverId>,
    /// Who let an offer of it pass, and how often.
    pub missed: BTreeMap<DriverId, i64>,
}

/// How far drivers are sent, and what is known of their ways.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Along streets, by the built-in estimate: whoever answers, the same drivers are asked.
    pub max_metres: u32,
    pub rides: Rides,
}

impl Reach {
    /// By the built-in estimate alone.
    pub fn built_in(max_metres: u32) -> Self {
        Self { max_metres, rides: Rides::default() }
    }
}

/// Costs more than all real costs together: a job left without a driver, or a forbidden pair.
pub const NOBODY: i64 = 1_000_000_000_000;
/// More than the farthest driver costs.
const MISSED: i64 = 20_000;
/// Real costs lie between plus and minus this.
const MOST: i64 = 1_000_000_000;

/// What it costs, in weighted seconds, that this driver fetches this job; none when that must not
/// be: the driver is barred from it, or is farther from the store than drivers are sent.
pub fn cost(job: &OpenJob, candidate: &Candidate, reach: &Reach) -> Option<i64> {
    let (from, to) = (candidate.place, job.store);
    if ride(from, to).metres > reach.max_metres || job.barred.contains(&candidate.driver) {
        return None;
    }
    let way_seconds = i64::from(reach.rides.ride(from, to).seconds);
    let arrives_in = candidate.free_in.max(0) + way_seconds;
    let ready_in = job.ready_in.max(0);
    // Late costs the customer, waiting at the store costs the driver, the way costs both.
    let late = (arrives_in - ready_in).max(0);
    let stands = (ready_in - arrives_in).max(0);
    // Whoever did not answer is asked again after everybody else.
    let missed = job.missed.get(&candidate.driver).copied().unwrap_or(0);
    // Whoever has been idle longer goes first; whatever has waited longer goes first.
    let fairness = candidate.idle.clamp(0, 3_600) / 6;
    let urgency = 2 * job.waiting.max(0) + 2 * (-job.ready_in).max(0);
    let cost = 3 * late + way_seconds + stands / 2 + MISSED * missed - fairness - urgency;
    Some(cost.clamp(-MOST, MOST))
}

/// The matching of least total cost, by driver. As many jobs as possible get a driver; each driver
/// gets at most one job. The same input, in whatever order, gives the same matching.
pub fn matching(
    jobs: &[OpenJob],
    candidates: &[Candidate],
    reach: &Reach,
) -> Vec<(JobId, DriverId)> {
    let mut jobs: Vec<&OpenJob> = jobs.iter().collect();
    let mut candidates: Vec<&Candidate> = candidates.iter().collect();
    jobs.sort_by_key(|job| job.job);
    candidates.sort_by_key(|candidate| candidate.driver);
    if jobs.is_empty() || candidates.is_empty() {
        return Vec::new();
    }
    let price = |job: usize, candidate: usize| {
        cost(jobs[job], candidates[candidate], reach).unwrap_or(NOBODY)
    };
    // The algorithm wants no more rows than columns.
    let by_job = jobs.len() <= candidates.len();
    let weights = if by_job {
        Matrix::from_fn(jobs.len(), candidates.len(), |(row, column)| price(row, column))
    } else {
        Matrix::from_fn(candidates.len(), jobs.len(), |(row, column)| price(column, row))
    };
    let (_, columns) = kuhn_munkres_min(&weights);
    let pairs = columns.into_iter().enumerate();
    pairs
        .map(|(row, column)| if by_job { (row, column) } else { (column, row) })
        .filter(|(job, candidate)| price(*job, *candidate) < NOBODY)
        .map(|(job, candidate)| (jobs[job].job, candidates[candidate].driver))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    const FAR: u32 = 25_000;

    fn far() -> Reach {
        Reach::built_in(FAR)
    }

    fn in_town() -> impl Strategy<Value = Place> {
        (41.50..41.68, -93.80..-93.50).prop_map(|(lat, lon)| Place { lat, lon })
    }

    fn candidates() -> impl Strategy<Value = Vec<Candidate>> {
        vec((in_town(), 0..1_200i64, 0..7_200i64), 0..9).prop_map(|drivers| {
            let candidate = |(place, free_in, idle)| {
                let driver = DriverId::new();
                Candidate { driver, place, free_in, idle }
            };
            drivers.into_iter().map(candidate).collect()
        })
    }

    type Refusals = Vec<(prop::sample::Index, bool)>;

    fn jobs() -> impl Strategy<Value = Vec<(Place, i64, i64, Refusals)>> {
        let refusals = vec((any::<prop::sample::Index>(), any::<bool>()), 0..4);
        vec((in_town(), -1_800..1_800i64, 0..3_600i64, refusals), 0..9)
    }

    fn town() -> impl Strategy<Value = (Vec<OpenJob>, Vec<Candidate>)> {
        (jobs(), candidates()).prop_map(|(jobs, candidates)| {
            let open = |(store, ready_in, waiting, refusals): (_, _, _, Refusals)| {
                let mut job = OpenJob {
                    job: JobId::new(),
                    store,
                    ready_in,
                    waiting,
                    barred: BTreeSet::new(),
                    missed: BTreeMap::new(),
                };
                for (index, declined) in refusals.iter().filter(|_| !candidates.is_empty()) {
                    let driver = index.get(&candidates).driver;
                    if *declined {
                        job.barred.insert(driver);
                    } else {
                        *job.missed.entry(driver).or_insert(0) += 1;
                    }
                }
                job
            };
            (jobs.into_iter().map(open).collect(), candidates)
        })
    }

    /// Every job without a driver counts as [`NOBODY`].
    fn total(
        jobs: &[OpenJob],
        candidates: &[Candidate],
        reach: &Reach,
        pairs: &[(JobId, DriverId)],
    ) -> i64 {
        let mut sum = NOBODY * (jobs.len() - pairs.len()) as i64;
        for (job, driver) in pairs {
            let job = jobs.iter().find(|other| other.job == *job).unwrap();
            let candidate = candidates.iter().find(|other| other.driver == *driver).unwrap();
            sum += cost(job, candidate, reach).expect("an allowed pair");
        }
        sum
    }

    /// What the best of all matchings costs, found by trying each: the first job with nobody or
    /// with each driver, then the next.
    fn least(jobs: &[OpenJob], free: &[&Candidate], reach: &Reach) -> i64 {
        let Some((job, rest)) = jobs.split_first() else { return 0 };
        let mut best = NOBODY + least(rest, free, reach);
        for (at, candidate) in free.iter().enumerate() {
            if let Some(cost) = cost(job, candidate, reach) {
                let others: Vec<_> = [&free[..at], &free[at + 1..]].concat();
                best = best.min(cost + least(rest, &others, reach));
            }
        }
        best
    }

    /// The oldest job takes its cheapest driver, then the next.
    fn first_come(
        jobs: &[OpenJob],
        candidates: &[Candidate],
        reach: &Reach,
    ) -> Vec<(JobId, DriverId)> {
        let mut line: Vec<&OpenJob> = jobs.iter().collect();
        line.sort_by_key(|job| -job.waiting);
        let mut free: Vec<&Candidate> = candidates.iter().collect();
        let mut pairs = Vec::new();
        for job in line {
            let prices = free.iter().enumerate();
            let best =
                prices.filter_map(|(at, candidate)| Some((cost(job, candidate, reach)?, at))).min();
            if let Some((_, at)) = best {
                pairs.push((job.job, free.remove(at).driver));
            }
        }
        pairs
    }

    proptest! {
        #[test]
        fn never_worse_than_first_come((jobs, candidates) in town(), far in 3_000..FAR) {
            let far = Reach::built_in(far);
            let ours = matching(&jobs, &candidates, &far);
            let theirs = first_come(&jobs, &candidates, &far);
            let price = |pairs: &[_]| total(&jobs, &candidates, &far, pairs);
            prop_assert!(price(&ours) <= price(&theirs));
        }

        #[test]
        fn no_matching_is_better((jobs, candidates) in town(), far in 3_000..FAR) {
            let (jobs, candidates) = (&jobs[..jobs.len().min(5)], &candidates[..candidates.len().min(5)]);
            let far = Reach::built_in(far);
            let ours = matching(jobs, candidates, &far);
            let best = least(jobs, &candidates.iter().collect::<Vec<_>>(), &far);
            prop_assert_eq!(total(jobs, candidates, &far, &ours), best);
        }

        #[test]
        fn nobody_twice_and_nobody_who_must_not((jobs, candidates) in town(), far in 3_000..FAR) {
            let pairs = matching(&jobs, &candidates, &Reach::built_in(far));
            let drivers: BTreeSet<_> = pairs.iter().map(|(_, driver)| *driver).collect();
            let taken: BTreeSet<_> = pairs.iter().map(|(job, _)| *job).collect();
            prop_assert_eq!(drivers.len(), pairs.len());
            prop_assert_eq!(taken.len(), pairs.len());
            for (job, driver) in &pairs {
                let job = jobs.iter().find(|other| other.job == *job).unwrap();
                let found = candidates.iter().find(|other| other.driver == *driver).unwrap();
                prop_assert!(!job.barred.contains(driver));
                prop_assert!(ride(found.place, job.store).metres <= far);
            }
        }

        #[test]
        fn the_order_of_the_input_does_not_matter((mut jobs, mut candidates) in town()) {
            let once = matching(&jobs, &candidates, &far());
            jobs.reverse();
            candidates.reverse();
            let again = matching(&jobs, &candidates, &far());
            let sorted = |mut pairs: Vec<(JobId, DriverId)>| { pairs.sort(); pairs };
            prop_assert_eq!(sorted(once), sorted(again));
        }
    }

    fn at(north: f64) -> Place {
        Place { lat: 41.5 + north, lon: -93.6 }
    }

    fn driver(north: f64) -> Candidate {
        Candidate { driver: DriverId::new(), place: at(north), free_in: 0, idle: 0 }
    }

    fn job(north: f64) -> OpenJob {
        OpenJob {
            job: JobId::new(),
            store: at(north),
            ready_in: 0,
            waiting: 0,
            barred: BTreeSet::new(),
            missed: BTreeMap::new(),
        }
    }

    #[test]
    fn the_nearest_driver_is_left_to_whom_nobody_else_can_serve() {
        let (near, far) = (driver(0.0), driver(0.05));
        let (middle, remote) = (job(0.01), job(-0.10));
        let candidates = [near.clone(), far.clone()];
        let pairs =
            matching(&[middle.clone(), remote.clone()], &candidates, &Reach::built_in(16_000));
        assert!(pairs.contains(&(middle.job, far.driver)), "{pairs:?}");
        assert!(pairs.contains(&(remote.job, near.driver)), "{pairs:?}");
    }

    #[test]
    fn soon_free_next_door_goes_before_free_across_town() {
        let (mut soon, across) = (driver(0.0), driver(0.15));
        soon.free_in = 120;
        let job = job(0.0);
        let pairs = matching(std::slice::from_ref(&job), &[across, soon.clone()], &far());
        assert_eq!(pairs, [(job.job, soon.driver)]);
    }

    #[test]
    fn equal_drivers_take_turns_and_old_jobs_do_not_starve() {
        let (fresh, mut idle) = (driver(0.0), driver(0.0));
        idle.idle = 1_800;
        let (mut old, new) = (job(0.03), job(0.0));
        old.waiting = 1_800;
        let pairs = matching(&[new, old.clone()], std::slice::from_ref(&idle), &far());
        assert_eq!(pairs, [(old.job, idle.driver)]);
        let pairs = matching(std::slice::from_ref(&old), &[fresh, idle.clone()], &far());
        assert_eq!(pairs, [(old.job, idle.driver)]);
    }
}
