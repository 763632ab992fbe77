//! The process is killed between any two steps of each flow of money, at each provider: whatever
//! was under way ends as if nothing had happened, within a minute of the next process's start.
//!
//! The list of points is made of what is seen in a straight run of each flow: every call to the
//! provider, every webhook, every commit. Each point that is distinct is tried, and some of every
//! flow; with `TIPPLE_KILL_POINTS=all` each of every flow (`make test-long`).

mod between;
mod commits;
mod drive;
mod ends;
mod flows;
mod kept;
mod lane;
mod points;
mod sale;
#[path = "../support/mod.rs"]
mod support;
mod tills;

use std::{
    collections::{BTreeMap, VecDeque},
    ops::ControlFlow,
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use anyhow::{bail, ensure};
use ends::End;
use flows::{FLOWS, Flow, Provider};
use lane::Lane;
use points::{Moment, Point};
use tokio::time::Instant;

/// Lanes that run side by side; most of the time each waits for a claim to lapse.
static LANES: LazyLock<usize> = LazyLock::new(|| if ASKED.is_some() { 20 } else { 16 });
/// So often it is said how far it has come.
const SAID: usize = 100;
/// A process waits no longer for its provider here, and what a killed one had in hand is free again
/// after six times that and two seconds. What is looked at now and then is soon.
const SHORT: &str = "job_pace_ms = 1000\n[payments]\npatience_ms = 1000";
/// As nobody changed it.
const DEFAULTS: &str = "[payments]";
/// So often a flow may pass by a point that is only there when somebody is slow, or quick.
const PASSES: usize = 5;
/// What is promised.
const BOUND: Duration = Duration::from_mins(1);
/// A flow with nobody killed takes a few seconds; where it takes longer than this, other work has the
/// machine, and times that are measured say nothing.
const BUSY: Duration = Duration::from_secs(20);

/// Whose points are all tried: of `all` flows, or of those of this provider or name, or both: `Stripe,
/// dispute lost`. Where nobody asks, of all flows those that are distinct.
static ASKED: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("TIPPLE_KILL_POINTS").ok());

fn is_asked(provider: Provider, flow: Flow) -> bool {
    let is = |asked: &str| asked == flow.name || asked == format!("{provider:?}");
    ASKED.as_deref().is_none_or(|asked| asked == "all" || asked.split(", ").all(is))
}

/// A straight run's end, how long it took, and all points of it.
struct Straight {
    provider: Provider,
    flow: Flow,
    end: End,
    took: Duration,
    points: Vec<Point>,
}

/// What became of a point: how long it took, or what was wrong.
struct Tried {
    point: Point,
    took: anyhow::Result<Duration>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_killed_between_any_two_steps_ends_right_within_a_minute() {
    let began = Instant::now();
    let ground = lane::ground().await.expect("a database");
    println!("a database after {:?}", began.elapsed());
    let lanes = futures::future::join_all((0..*LANES).map(|_| Lane::open(&ground, SHORT))).await;
    let lanes: Vec<Arc<Lane>> =
        lanes.into_iter().map(|lane| Arc::new(lane.expect("a lane"))).collect();
    println!("{} lanes after {:?}", lanes.len(), began.elapsed());
    let straight = Arc::new(straight_runs(&lanes).await);
    let all: Vec<Point> = straight.iter().flat_map(|run| run.points.clone()).collect();
    let distinct = points::distinct(&all);
    list(&straight, &distinct);
    println!("straight runs after {:?}", began.elapsed());
    let wanted = if ASKED.is_some() { all } else { distinct };
    for run in straight.iter() {
        let own = |point: &Point| (point.provider, point.flow) == (run.provider, run.flow);
        assert!(wanted.iter().any(own), "{:?}, {}: nobody is killed", run.provider, run.flow);
    }
    let slowest = tokio::spawn(with_defaults(ground, Arc::clone(&straight)));
    let count = wanted.len();
    let mut tried = try_all(&lanes, wanted, &straight).await;
    println!("{} points after {:?}", tried.len(), began.elapsed());
    tried.extend(slowest.await.expect("points with the defaults"));
    println!("all after {:?}", began.elapsed());
    let left = count.saturating_sub(tried.len());
    report(&tried, left);
}

/// Every flow once with nobody killed.
async fn straight_runs(lanes: &[Arc<Lane>]) -> Vec<Straight> {
    let all = FLOWS.iter().flat_map(|flow| flow.at.iter().map(move |one| (*one, *flow)));
    let flows = all.filter(|(provider, flow)| is_asked(*provider, *flow));
    let run = |lane: Arc<Lane>, (provider, flow): (Provider, Flow)| async move {
        let run = straight_run(&lane, provider, flow).await;
        let run = run.unwrap_or_else(|error| panic!("{provider:?}, {flow}: {error:#}"));
        ControlFlow::Continue(run)
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
    let began = Instant::now();
    let second = lane.run(provider, flow, None).await?;
    let took = began.elapsed();
    ensure!(first.end == second.end, "{:#?}\nand then {:#?}", first.end, second.end);
    let steps = points::in_both(first.steps, second.steps);
    let points = points::of(provider, flow, &steps);
    ensure!(!points.is_empty(), "no points");
    Ok(Straight { provider, flow, end: first.end, took, points })
}

/// All work, by whichever lane is free; a lane in which something broke does no more of it.
async fn shared<W, T, F>(
    lanes: &[Arc<Lane>],
    work: Vec<W>,
    each: impl Fn(Arc<Lane>, W) -> F + Clone + Send + 'static,
) -> Vec<T>
where
    W: Send + 'static,
    T: Send + 'static,
    F: Future<Output = ControlFlow<T, T>> + Send,
{
    let work = Arc::new(Mutex::new(VecDeque::from(work)));
    let workers = lanes.iter().cloned().map(|lane| {
        let (work, each) = (Arc::clone(&work), each.clone());
        tokio::spawn(async move {
            let mut done = Vec::new();
            loop {
                let next = work.lock().expect("the work").pop_front();
                let Some(next) = next else { return done };
                match each(Arc::clone(&lane), next).await {
                    ControlFlow::Continue(one) => done.push(one),
                    ControlFlow::Break(one) => {
                        done.push(one);
                        return done;
                    }
                }
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
    let (straight, done) = (Arc::clone(straight), Arc::new(AtomicUsize::new(0)));
    let one = move |lane: Arc<Lane>, point: Point| {
        let (straight, done) = (Arc::clone(&straight), Arc::clone(&done));
        async move {
            let took = try_one(&lane, &point, &straight).await;
            let done = done.fetch_add(1, Relaxed) + 1;
            if done.is_multiple_of(SAID) {
                println!("{done} points tried");
            }
            let Err(error) = &took else { return ControlFlow::Continue(Tried { point, took }) };
            println!("{}: {error:#}", point.told());
            ControlFlow::Break(Tried { point, took })
        }
    };
    shared(lanes, points, one).await
}

async fn try_one(lane: &Lane, point: &Point, straight: &[Straight]) -> anyhow::Result<Duration> {
    let (provider, flow) = (point.provider, point.flow);
    let meant = straight.iter().find(|run| (run.provider, run.flow) == (provider, flow));
    let meant = meant.expect("it comes of one");
    let mut why = String::new();
    for _ in 0..PASSES {
        let run = lane.run(provider, flow, Some(point)).await?;
        ensure!(run.end == meant.end, "{:#?}\ninstead of {:#?}", run.end, meant.end);
        match run.recovery {
            Some(took) if took < BOUND => return Ok(took),
            Some(took) => why = late(lane, point, took).await?,
            // It ended right, and that is no trial.
            None => why = "it never comes to that point".into(),
        }
    }
    bail!(why)
}

/// Fails for what took too long, unless nothing else is quick at this hour.
async fn late(lane: &Lane, point: &Point, took: Duration) -> anyhow::Result<String> {
    let began = Instant::now();
    lane.run(point.provider, point.flow, None).await?;
    let (told, straight) = (point.told(), began.elapsed());
    let why = format!("only after {took:?}; all of it with nobody killed: {straight:?}");
    ensure!(straight > BUSY, why);
    println!("the machine is busy: {told}: {why}");
    Ok(why)
}

/// One point of each kind of a plain purchase with the settings that nobody changed: what a killed
/// process had in hand is its own for the better part of a minute.
async fn with_defaults(ground: String, straight: Arc<Vec<Straight>>) -> Vec<Tried> {
    let moments = [
        Moment::Asked,
        Moment::Done,
        Moment::Answered,
        Moment::Lost,
        Moment::Kept,
        Moment::Acknowledged,
    ];
    let chosen = moments.iter().enumerate().filter_map(|(number, moment)| {
        let provider = Provider::ALL[number % 3];
        let is_direct = |run: &&Straight| run.provider == provider && run.flow.name == "direct";
        let direct = straight.iter().find(is_direct)?;
        let about_money = |point: &&Point| {
            let what = point.step.what();
            point.moment == *moment
                && ["capture", "captured", "succeeded"].iter().any(|word| what.contains(word))
        };
        let found = direct.points.iter().find(about_money).cloned();
        Some(found.unwrap_or_else(|| panic!("{provider:?}: no point of the kind {moment:?}")))
    });
    let tried = chosen.map(|point| {
        let (ground, straight) = (ground.clone(), Arc::clone(&straight));
        async move {
            let lane = Lane::open(&ground, DEFAULTS).await.expect("a lane");
            let took = try_one(&lane, &point, &straight).await;
            println!("with the defaults, {}: {took:?}", point.told());
            Tried { point, took }
        }
    });
    futures::future::join_all(tried).await
}

/// Prints how many points there are, by flow and by kind.
fn list(straight: &[Straight], distinct: &[Point]) {
    println!("points by flow, and how many distinct ones are tried there:");
    for run in straight {
        let own = |point: &&Point| (point.provider, point.flow) == (run.provider, run.flow);
        let first = distinct.iter().filter(own).count();
        let Straight { provider, flow, took, points, .. } = run;
        println!("  {provider:?}, {flow}: {} and {first}, {took:?}", points.len());
    }
    let mut kinds = BTreeMap::<Moment, usize>::new();
    for point in distinct {
        *kinds.entry(point.moment).or_default() += 1;
    }
    let all: usize = straight.iter().map(|run| run.points.len()).sum();
    println!("{all} points, {} distinct: {kinds:?}", distinct.len());
}

/// Says how it went; `left` have not been tried, for too much went wrong before.
fn report(tried: &[Tried], left: usize) {
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
    let count = wrong.len();
    assert!(wrong.is_empty(), "{count} went wrong, {left} were not tried:\n{}", wrong.join("\n"));
}
