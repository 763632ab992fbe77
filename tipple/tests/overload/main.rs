//! Twice, five and ten times as much as can be done, asked of a whole house in a process of its own,
//! over sockets and beside a real database, with as many requests under way as it ships with; whoever
//! asks does not wait for the answers of others. As much is done as ever, what cannot wait is served,
//! the rest is told at once when to come again, and the house is itself again soon after.
//!
//! What can be done is measured in the same run, before and after: by so many who each ask again once they
//! are answered. The crowd shares the machine with the house and its database, and one that asks ten times
//! as much takes more of it. So the crowd says how much processor time it took, and what is compared is
//! what the house did with the rest. And because what is dear is turned away last, a request counts
//! for the time that one of its kind took when nothing else was asked: who looked at shelves counts less
//! than who placed an order. How many were served, dear or not, is printed beside that. Where it may, the
//! crowd's thread goes before others, so that it is on time; its connections are there before a press
//! begins. Baskets are filled before it too; where all are ordered a price is asked for instead.
//!
//! `TIPPLE_OVERLOAD_SECONDS` says how long each press lasts (`make test-long`: 25). Without it each is
//! of two seconds, on a machine that may do anything else, and no time is judged.

mod crowd;
mod evening;
#[path = "../support/mod.rs"]
mod support;

use std::{
    pin::pin,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use crowd::{Answer, Asked, Pace, Which, ask};
use evening::{Evening, Kind, MIX, of_mix};
use support::{Running, Town};
use tokio::time::{interval, sleep};

/// How often as much as can be done is asked for, and how much of what can be done is done then at
/// least.
const PRESSES: [(u32, f64); 3] = [(2, 0.95), (5, 0.9), (10, 0.8)];
/// Of a hundred refusals 99 take less.
const AT_ONCE: Duration = Duration::from_millis(50);
/// Nobody comes later than this after their time, or the crowd waits for the house.
const ON_TIME: Duration = Duration::from_millis(250);
/// Everything is as ever within so long of the end of a press.
const CALM: Duration = Duration::from_secs(10);
/// The house's memory is at no press larger than at the first by more than one part of so many, at the most,
/// and than before any of them, at rest.
const GROWTH: usize = 8;
/// What the house is able to do after all presses, of what it was before: a machine that does other things is
/// not always as quick, and so what is able is taken from both.
const ABLE_STILL: f64 = 0.7;
/// So many ask at once where each waits for the answer.
const WAITING: [usize; 2] = [32, 128];

struct House {
    evening: Arc<Evening>,
    seconds: Option<u64>,
    process: Process,
    _provider: Running,
    /// What was asked of each kind alone, and of all kinds by so many who wait: before all presses, and after
    /// them, for a machine is not always as quick.
    alone: Vec<(Kind, Asked)>,
    mixed: Vec<(usize, Asked)>,
}

/// Ends when it is dropped.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What came of one press.
struct Press {
    asked: Asked,
    /// Bytes of the house's memory, before it and at the most.
    rest: usize,
    peak: usize,
    /// Processor time that the house's own process took.
    house: Duration,
}

impl House {
    async fn open() -> Self {
        let town = Town::new(1).await;
        town.house().migrate(|_| ()).await.expect("the tables");
        let provider = town.start_provider().await;
        let process = serve(&town);
        let ready = format!("{}/readyz", town.base(0));
        let began = Instant::now();
        while !reqwest::get(&ready).await.is_ok_and(|answer| answer.status().is_success()) {
            assert!(began.elapsed() < Duration::from_mins(1), "the house is never ready");
            sleep(Duration::from_millis(100)).await;
        }
        let seconds = std::env::var("TIPPLE_OVERLOAD_SECONDS").ok();
        let seconds: Option<u64> = seconds.map(|seconds| seconds.parse().expect("seconds"));
        // In a long press a thousand is about what comes to order.
        let ordering = seconds.map_or(60, |_| 1000);
        let evening = Arc::new(Evening::at(&town, ordering).await);
        let (alone, mixed) = (Vec::new(), Vec::new());
        Self { evening, seconds, process, _provider: provider, alone, mixed }
    }
}

/// The whole platform but the provider as it ships, but for limits of one asker: one machine plays all.
fn serve(town: &Town) -> Process {
    let names = tipple::PARTS.iter().map(|part| part.name).filter(|name| *name != "sandbox");
    let mut serve = Command::new(env!("CARGO_BIN_EXE_tipple"));
    serve.arg("serve").args(names).envs(town.settings()).stdout(Stdio::null());
    serve.env("TIPPLE__LISTEN", format!("127.0.0.1:{}", town.ports[0]));
    for shipped in ["TIPPLE__GATEWAY__MOST_AT_ONCE", "TIPPLE__DATABASE__POOL_SIZE"] {
        serve.env_remove(shipped);
    }
    // Counted, as they are in service.
    for limit in ["ADDRESS", "TOKEN", "WEBHOOK"] {
        serve.env(format!("TIPPLE__GATEWAY__{limit}_PER_SECOND"), "1000000");
        serve.env(format!("TIPPLE__GATEWAY__{limit}_BURST"), "1000000");
    }
    serve.env("TIPPLE__GATEWAY__ADDRESS_AT_ONCE", "100000");
    serve.env("TIPPLE__GATEWAY__ADDRESS_CONNECTIONS", "100000");
    Process(serve.spawn().expect("the binary starts"))
}

impl House {
    fn lasts(&self, long: u64) -> Duration {
        Duration::from_secs(self.seconds.map_or(1, |_| long))
    }

    async fn ask(&self, which: Which, pace: Pace, lasts: Duration) -> Asked {
        let asked = ask(&self.evening, which, pace, lasts).await;
        for Answer { kind, status, retry_after, .. } in &asked.answers {
            match status {
                Some(200..300) => {}
                Some(503) => assert!(retry_after, "{kind:?}: when to come again"),
                other => panic!("{kind:?}: {other:?}"),
            }
        }
        asked
    }

    /// Asks for each kind alone, and for all of them, as fast as it is answered.
    async fn measure(&mut self) {
        self.evening.fill_baskets().await;
        for (kind, _) in MIX {
            let which = Box::new(move |_| kind);
            let asked = self.ask(which, Pace::Closed(WAITING[0]), self.lasts(3)).await;
            self.alone.push((kind, asked));
        }
        for waiting in WAITING {
            self.evening.fill_baskets().await;
            let asked = self.ask(Box::new(of_mix), Pace::Closed(waiting), self.lasts(8)).await;
            self.mixed.push((waiting, asked));
        }
    }

    /// Seconds of the machine that one request of this kind takes, where nothing else is asked.
    fn cost(&self, kind: Kind) -> f64 {
        let alone = || self.alone.iter().filter(|(one, _)| *one == kind).map(|(_, asked)| asked);
        let served = alone().flat_map(|asked| &asked.answers).filter(|one| one.served_as(kind));
        alone().map(machine).sum::<f64>() / served.count().max(1) as f64
    }

    /// Which part of its time the machine did what was asked, had it done one thing after the other; and
    /// how many were served a second.
    fn done(&self, asked: &[&Asked]) -> (f64, f64) {
        let served = || asked.iter().flat_map(|asked| &asked.answers).filter(|one| one.is_served());
        let work = MIX.iter().map(|(kind, _)| {
            self.cost(*kind) * served().filter(|answer| answer.kind == *kind).count() as f64
        });
        let lasted: Duration = asked.iter().map(|asked| asked.lasted).sum();
        let (work, time) =
            (work.sum::<f64>(), asked.iter().map(|asked| machine(asked)).sum::<f64>());
        (work / time, served().count() as f64 / lasted.as_secs_f64())
    }

    /// The most that can be done of all kinds together, as [`Self::done`] tells of what was asked so.
    fn capacity(&self, mixed: &[(usize, Asked)]) -> (f64, f64) {
        for (kind, _) in MIX {
            println!("{kind:?}: {:.2} ms of the machine", self.cost(kind) * 1000.);
        }
        let all = WAITING.map(|waiting| {
            let mixed = mixed.iter().filter(|(many, _)| *many == waiting);
            let mixed: Vec<&Asked> = mixed.map(|(_, asked)| asked).collect();
            let (done, served) = self.done(&mixed);
            println!(
                "{waiting} who wait: {served:.0} a second, {done:.2} of what it does of one kind"
            );
            (done, served)
        });
        all.into_iter().max_by(|one, other| one.1.total_cmp(&other.1)).expect("one at least")
    }

    /// So many a second, however long others wait.
    async fn press(&self, rate: f64, lasts: Duration) -> Press {
        self.evening.fill_baskets().await;
        let process = self.process.0.id();
        let before = processor(process);
        let (rest, mut peak, mut ticks) =
            (memory(process), 0, interval(Duration::from_millis(200)));
        let mut asked = pin!(self.ask(Box::new(of_mix), Pace::Open(rate), lasts));
        let asked = loop {
            tokio::select! {
                asked = &mut asked => break asked,
                _ = ticks.tick() => peak = peak.max(memory(process)),
            }
        };
        Press { asked, rest, peak, house: processor(process).saturating_sub(before) }
    }

    /// How long a request takes while nobody presses, in the middle.
    async fn at_rest(&self) -> Duration {
        let asked = self.ask(Box::new(of_mix), Pace::Closed(1), Duration::from_millis(500)).await;
        if asked.answers.iter().any(|answer| !answer.is_served()) {
            return Duration::MAX;
        }
        percentile(asked.answers.iter().map(|answer| answer.took), 50)
    }

    /// Until requests take hardly longer than `before`.
    async fn calms_down(&self, before: Duration) -> Duration {
        let began = Instant::now();
        while self.at_rest().await > before * 2 + Duration::from_millis(5)
            && began.elapsed() < 2 * CALM
        {}
        began.elapsed()
    }
}

impl Answer {
    fn is_served(&self) -> bool {
        self.status.is_some_and(|status| status < 300)
    }

    fn served_as(&self, kind: Kind) -> bool {
        self.kind == kind && self.is_served()
    }
}

/// Seconds of processors that were there for others than the crowd.
fn machine(asked: &Asked) -> f64 {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    asked.lasted.as_secs_f64() * processors as f64 - asked.own.as_secs_f64()
}

/// Bytes of memory that a process has; Linux says.
fn memory(process: u32) -> usize {
    let text = std::fs::read_to_string(format!("/proc/{process}/statm")).expect("it runs");
    text.split(' ').nth(1).expect("pages").parse::<usize>().expect("a number") * 4096
}

/// Processor time that a process has taken, in steps of a hundredth of a second; Linux says.
fn processor(process: u32) -> Duration {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("it runs");
    let (_, rest) = text.rsplit_once(')').expect("a name");
    let ticks = rest.split(' ').skip(12).take(2).map(|part| part.parse::<u64>().expect("ticks"));
    Duration::from_millis(10 * ticks.sum::<u64>())
}

fn percentile(times: impl Iterator<Item = Duration>, hundredths: usize) -> Duration {
    let mut times: Vec<Duration> = times.collect();
    times.sort_unstable();
    times.get(times.len() * hundredths / 100).copied().unwrap_or_default()
}

/// What was seen, and what of it is not as it must be.
struct Verdict {
    times: u32,
    wrong: Vec<String>,
}

impl Verdict {
    fn must(&mut self, holds: bool, what: impl Into<String>) {
        if !holds {
            self.wrong.push(format!("{} times: {}", self.times, what.into()));
        }
    }

    /// Each kind is told of; and providers and drivers are served.
    fn of_kinds(&mut self, answers: &[Answer]) {
        for (kind, _) in MIX {
            let all = answers.iter().filter(|answer| answer.kind == kind).count();
            let served = answers.iter().filter(|answer| answer.served_as(kind));
            let times: Vec<Duration> = served.map(|answer| answer.took).collect();
            let [middle, most] = [50, 99].map(|part| percentile(times.iter().copied(), part));
            println!("   {kind:?}: {} of {all} served, in {middle:.0?}, {most:.0?}", times.len());
            let urgent = matches!(kind, Kind::Webhook | Kind::Ping) && self.times <= 5;
            let enough = times.len() * 100 >= all * 99;
            self.must(enough || !urgent, format!("{kind:?}: {} of {all}", times.len()));
        }
    }

    fn of_refusals(&mut self, answers: &[Answer]) {
        let refused = answers.iter().filter(|answer| !answer.is_served());
        let took: Vec<Duration> = refused.map(|answer| answer.took).collect();
        let [middle, most] = [50, 99].map(|part| percentile(took.iter().copied(), part));
        let late = percentile(answers.iter().map(|answer| answer.late), 99);
        println!("   refused: {}, in {middle:.1?}, {most:.1?}; sent {late:.1?} late", took.len());
        self.must(most < AT_ONCE, format!("refused in {most:?}"));
        self.must(late < ON_TIME, format!("sent {late:?} late"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_asked_of_a_whole_house_as_much_is_done_as_ever() {
    let mut house = House::open().await;
    house.measure().await;
    let (_, before) = house.capacity(&house.mixed);
    sleep(house.lasts(5)).await;
    let rest = house.at_rest().await;
    // What it needs once for so many at a time, it has from here on.
    let lasts = Duration::from_secs(house.seconds.unwrap_or(2));
    let first = house.press(before * 10., lasts).await;
    println!("first: {} MiB, {} at rest", first.peak >> 20, first.rest >> 20);
    house.calms_down(rest).await;
    let mut presses = Vec::new();
    for (times, least) in PRESSES {
        let press = house.press(before * f64::from(times), lasts).await;
        presses.push((times, least, press, house.calms_down(rest).await));
    }
    house.measure().await;
    let (_, after) = house.capacity(&house.mixed[WAITING.len()..]);
    let (able, capacity) = house.capacity(&house.mixed);
    let mut wrong = Vec::new();
    if after < ABLE_STILL * before {
        wrong.push(format!("{before:.0} a second before, {after:.0} after"));
    }
    for (times, least, press, calm) in presses {
        let (done, served) = house.done(&[&press.asked]);
        let (done, plain) = (done / able, served / capacity);
        let (own, itself) = (press.asked.own, press.house);
        println!("{times} times: {done:.2} done, {plain:.2} served; calm after {calm:.1?}");
        println!("   processors: {itself:.1?} the house, {own:.1?} the crowd");
        println!("   memory: {} MiB, {} at rest", press.peak >> 20, press.rest >> 20);
        let mut verdict = Verdict { times, wrong: Vec::new() };
        verdict.of_kinds(&press.asked.answers);
        verdict.of_refusals(&press.asked.answers);
        verdict.must(done >= least, format!("{done:.2} done"));
        verdict.must(press.peak <= first.peak + first.peak / GROWTH, "more memory than ever");
        verdict.must(press.rest <= first.rest + first.rest / GROWTH, "more memory at rest");
        verdict.must(calm < CALM, format!("calm only after {calm:?}"));
        wrong.extend(verdict.wrong);
    }
    assert!(house.seconds.is_none() || wrong.is_empty(), "{wrong:#?}");
}
