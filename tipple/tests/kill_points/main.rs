//! The process is killed between any two steps of each flow of money, at each provider: whatever
//! was under way ends as if nothing had happened, within a minute of the next process's start.
//!
//! The list of points is made of what is seen in a straight run of each flow: every call to the
//! provider, every webhook, every commit. Each point that is distinct is tried; with
//! `TIPPLE_KILL_POINTS=all` each of every flow.

mod between;
mod commits;
mod drive;
mod ends;
mod flows;
mod lane;
mod points;
#[path = "../support/mod.rs"]
mod support;
mod tills;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use anyhow::{bail, ensure};
use drive::Slow;
use ends::End;
use flows::{FLOWS, Flow, Provider};
use lane::Lane;
use points::{Moment, Point};

/// Lanes that run side by side; most of the time each waits for a claim to lapse.
const LANES: usize = 16;
const FEW: usize = 3;
/// A process waits no longer for its provider here, and what a killed one had in hand is free again
/// after six times that and two seconds.
const SHORT: &str = "patience_ms = 1000";
/// What is promised.
const BOUND: Duration = Duration::from_mins(1);

/// A straight run's end, and all points of it.
struct Straight {
    provider: Provider,
    flow: Flow,
    end: End,
    points: Vec<Point>,
}

/// What became of a point: how long it took, or what was wrong.
struct Tried {
    point: Point,
    took: anyhow::Result<Duration>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_killed_between_any_two_steps_ends_right_within_a_minute() {
    let began = tokio::time::Instant::now();
    let ground = lane::ground().await.expect("a database");
    println!("a database after {:?}", began.elapsed());
    let lanes = futures::future::join_all((0..LANES).map(|_| Lane::open(&ground, SHORT))).await;
    let lanes: Vec<Arc<Lane>> =
        lanes.into_iter().map(|lane| Arc::new(lane.expect("a lane"))).collect();
    println!("{LANES} lanes after {:?}", began.elapsed());
    let straight = Arc::new(straight_runs(&lanes).await);
    let all: Vec<Point> = straight.iter().flat_map(|run| run.points.clone()).collect();
    let distinct = points::distinct(&all);
    list(&straight, &distinct);
    println!("straight runs after {:?}", began.elapsed());
    let wanted = match std::env::var("TIPPLE_KILL_POINTS").as_deref() {
        Ok("all") => all,
        _ => distinct,
    };
    let slowest = tokio::spawn(with_defaults(ground, wanted.clone(), Arc::clone(&straight)));
    let mut tried = try_all(&lanes, wanted, &straight).await;
    println!("{} points after {:?}", tried.len(), began.elapsed());
    tried.extend(slowest.await.expect("points with the defaults"));
    // A busy machine is slow: what did not come in time has a second chance beside few others.
    let is_slow = |one: &mut Tried| one.took.as_ref().is_err_and(anyhow::Error::is::<Slow>);
    let slow = tried.extract_if(.., is_slow).map(|one| one.point).collect();
    tried.extend(try_all(&lanes[..FEW], slow, &straight).await);
    println!("all after {:?}", began.elapsed());
    report(&tried);
}

/// Every flow once with nobody killed.
async fn straight_runs(lanes: &[Arc<Lane>]) -> Vec<Straight> {
    let flows =
        Provider::ALL.into_iter().flat_map(|one| FLOWS.iter().map(move |flow| (one, *flow)));
    let run = |lane: Arc<Lane>, (provider, flow): (Provider, Flow)| async move {
        let run = straight_run(&lane, provider, flow).await;
        run.unwrap_or_else(|error| panic!("{provider:?}, {flow}: {error:#}"))
    };
    let mut runs = shared(lanes, flows.collect(), run).await;
    let place = |run: &Straight| FLOWS.iter().position(|flow| *flow == run.flow);
    runs.sort_by_key(|run| (place(run), run.provider));
    runs
}

/// Twice, for the steps that are always there.
async fn straight_run(lane: &Lane, provider: Provider, flow: Flow) -> anyhow::Result<Straight> {
    let first = lane.run(provider, flow, None).await?;
    first.end.check(provider, flow)?;
    let second = lane.run(provider, flow, None).await?;
    ensure!(first.end == second.end, "{:#?}\nand then {:#?}", first.end, second.end);
    let steps = points::in_both(first.steps, second.steps);
    let points = points::of(provider, flow, &steps);
    ensure!(!points.is_empty(), "no points");
    Ok(Straight { provider, flow, end: first.end, points })
}

/// All work, by whichever lane is free.
async fn shared<W, T, F>(
    lanes: &[Arc<Lane>],
    work: Vec<W>,
    each: impl Fn(Arc<Lane>, W) -> F + Clone + Send + 'static,
) -> Vec<T>
where
    W: Send + 'static,
    T: Send + 'static,
    F: Future<Output = T> + Send,
{
    let work = Arc::new(Mutex::new(VecDeque::from(work)));
    let workers = lanes.iter().cloned().map(|lane| {
        let (work, each) = (Arc::clone(&work), each.clone());
        tokio::spawn(async move {
            let mut done = Vec::new();
            loop {
                let next = work.lock().expect("the work").pop_front();
                let Some(next) = next else { return done };
                done.push(each(Arc::clone(&lane), next).await);
            }
        })
    });
    let done = futures::future::join_all(workers).await;
    done.into_iter().flat_map(|lane| lane.expect("a lane")).collect()
}

async fn try_all(
    lanes: &[Arc<Lane>],
    points: Vec<Point>,
    straight: &Arc<Vec<Straight>>,
) -> Vec<Tried> {
    let straight = Arc::clone(straight);
    let one = move |lane: Arc<Lane>, point: Point| {
        let straight = Arc::clone(&straight);
        async move {
            let took = try_one(&lane, &point, &straight).await;
            if let Err(error) = &took {
                println!("{}: {error:#}", point.told());
            }
            Tried { point, took }
        }
    };
    shared(lanes, points, one).await
}

async fn try_one(lane: &Lane, point: &Point, straight: &[Straight]) -> anyhow::Result<Duration> {
    let (provider, flow) = (point.provider, point.flow);
    let meant = straight.iter().find(|run| (run.provider, run.flow) == (provider, flow));
    let meant = meant.expect("it comes of one");
    let run = lane.run(provider, flow, Some(point)).await?;
    ensure!(run.end == meant.end, "{:#?}\ninstead of {:#?}", run.end, meant.end);
    let took = run.recovery.unwrap_or_default();
    if took >= BOUND {
        bail!(Slow(format!("only after {took:?}")));
    }
    Ok(took)
}

/// One point of each kind with the settings that nobody changed: what a killed process had in hand
/// is its own for the better part of a minute.
async fn with_defaults(
    ground: String,
    points: Vec<Point>,
    straight: Arc<Vec<Straight>>,
) -> Vec<Tried> {
    let moments = [
        Moment::Asked,
        Moment::Done,
        Moment::Answered,
        Moment::Lost,
        Moment::Kept,
        Moment::Acknowledged,
    ];
    let chosen = moments.iter().enumerate().map(|(number, moment)| {
        let provider = Provider::ALL[number % 3];
        let about_money = |point: &&Point| {
            let what = point.step.what();
            point.moment == *moment
                && point.provider == provider
                && ["capture", "captured", "succeeded"].iter().any(|word| what.contains(word))
        };
        let found = points.iter().find(about_money).cloned();
        found.unwrap_or_else(|| panic!("{provider:?}: no point of the kind {moment:?}"))
    });
    let tried = chosen.map(|point| {
        let (ground, straight) = (ground.clone(), Arc::clone(&straight));
        async move {
            let lane = Lane::open(&ground, "").await.expect("a lane");
            let took = try_one(&lane, &point, &straight).await;
            println!("with the defaults, {}: {took:?}", point.told());
            Tried { point, took }
        }
    });
    futures::future::join_all(tried).await
}

/// Prints how many points there are, by flow and by kind.
fn list(straight: &[Straight], distinct: &[Point]) {
    println!("points by flow, and how many of them are met there first:");
    for run in straight {
        let own = |point: &&Point| (point.provider, point.flow) == (run.provider, run.flow);
        let first = distinct.iter().filter(own).count();
        println!("  {:?}, {}: {} and {first}", run.provider, run.flow, run.points.len());
    }
    let mut kinds = BTreeMap::<Moment, usize>::new();
    for point in distinct {
        *kinds.entry(point.moment).or_default() += 1;
    }
    let all: usize = straight.iter().map(|run| run.points.len()).sum();
    println!("{all} points, {} distinct: {kinds:?}", distinct.len());
}

fn report(tried: &[Tried]) {
    let mut times: Vec<(Duration, String)> = Vec::new();
    let mut wrong = Vec::new();
    for Tried { point, took } in tried {
        match took {
            Ok(took) => times.push((*took, point.told())),
            Err(error) => wrong.push(format!("{}: {error:#}", point.told())),
        }
    }
    times.sort_unstable();
    let sum: Duration = times.iter().map(|(took, _)| *took).sum();
    println!(
        "{} ended right, after {:?} on average; the slowest:",
        times.len(),
        sum / times.len().max(1) as u32
    );
    for (took, point) in times.iter().rev().take(10) {
        println!("  {took:?} {point}");
    }
    assert!(wrong.is_empty(), "{} went wrong:\n{}", wrong.len(), wrong.join("\n"));
}
