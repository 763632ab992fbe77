//! Keeps processes running: one that ends by itself is started again, after a pause that grows while it
//! does so again and again.

use std::{
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    time::Duration,
};

use anyhow::Context as _;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    process::Child,
    task::JoinSet,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

use super::plan::Plan;

/// What every process of a cluster has in its environment, with the cluster's folder: what is left of one
/// that was killed is known by it.
pub const MARK: &str = "TIPPLE_CLUSTER";
const SHORTEST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// Whoever ran so long begins with the shortest pause again.
const SETTLED: Duration = Duration::from_secs(20);
/// A process that is asked to end may take as long as its last requests.
const ENDING: Duration = Duration::from_secs(40);

/// Processes that end together.
pub struct Keeper {
    folder: PathBuf,
    logs: PathBuf,
    numbers: PathBuf,
    stop: CancellationToken,
    kept: JoinSet<()>,
}

/// The pause before a next start.
pub struct Pause {
    next: Duration,
    begun: Instant,
}

impl Pause {
    pub fn new() -> Self {
        Self { next: SHORTEST_PAUSE, begun: Instant::now() }
    }

    pub fn begins(&mut self) {
        self.begun = Instant::now();
    }

    /// How long to wait now, after what began has ended.
    pub fn take(&mut self) -> Duration {
        if self.begun.elapsed() > SETTLED {
            self.next = SHORTEST_PAUSE;
        }
        let now = self.next;
        self.next = (now * 2).min(LONGEST_PAUSE);
        now
    }
}

impl Default for Pause {
    fn default() -> Self {
        Self::new()
    }
}

impl Keeper {
    pub fn of(plan: &Plan) -> Self {
        Self {
            folder: plan.folder().to_owned(),
            logs: plan.logs(),
            numbers: plan.numbers(),
            stop: CancellationToken::new(),
            kept: JoinSet::new(),
        }
    }

    /// Starts a process and keeps it running; a first start that fails is told.
    pub fn keep(
        &mut self,
        name: &str,
        command: impl Fn() -> Command + Send + 'static,
    ) -> anyhow::Result<()> {
        let one = One {
            name: name.to_owned(),
            log: self.logs.join(format!("{name}.log")),
            number: self.numbers.join(name),
            folder: self.folder.clone(),
        };
        File::create(&one.log).with_context(|| format!("write {}", one.log.display()))?;
        let first = one.start(command())?;
        let stop = self.stop.clone();
        self.kept.spawn(async move { one.keep(first, command, stop).await });
        Ok(())
    }

    /// Ends all of them, and waits until they have.
    pub async fn end(mut self) {
        self.stop.cancel();
        while self.kept.join_next().await.is_some() {}
    }
}

struct One {
    name: String,
    log: PathBuf,
    /// The file that says the process's number.
    number: PathBuf,
    folder: PathBuf,
}

impl One {
    fn start(&self, mut command: Command) -> anyhow::Result<Child> {
        let log = OpenOptions::new().append(true).open(&self.log)?;
        command.env(MARK, &self.folder).stdin(Stdio::null());
        command.stdout(log.try_clone()?).stderr(log);
        let mut command = tokio::process::Command::from(command);
        // Ctrl-C in the terminal is for the cluster to answer.
        let child = command.process_group(0).spawn();
        let child = child.with_context(|| format!("start {}", self.name))?;
        tell_number(&self.number, child.id());
        Ok(child)
    }

    async fn keep(
        self,
        first: Child,
        command: impl Fn() -> Command + Send,
        stop: CancellationToken,
    ) {
        let (mut running, mut pause) = (Some(first), Pause::new());
        loop {
            if let Some(mut child) = running.take() {
                let group = child.id();
                pause.begins();
                tokio::select! {
                    ended = child.wait() => told(&self.name, ended.ok()),
                    () = stop.cancelled() => {
                        end(child).await;
                        let _ = fs::remove_file(&self.number);
                        return;
                    }
                }
                // Nothing that it started stands in the way of the next.
                signal(group, Signal::KILL);
            }
            if stop.run_until_cancelled(tokio::time::sleep(pause.take())).await.is_none() {
                let _ = fs::remove_file(&self.number);
                return;
            }
            match self.start(command()) {
                Ok(child) => running = Some(child),
                Err(error) => println!("  {} cannot start: {error:#}", self.name),
            }
        }
    }
}

/// Writes down by which number a process can be found.
pub fn tell_number(file: &Path, number: Option<u32>) {
    let _ = fs::write(file, number.map(|number| number.to_string()).unwrap_or_default());
}

/// Says that something ended that should run.
pub fn told(name: &str, how: Option<ExitStatus>) {
    let how = how.map(|status| format!(" ({status})")).unwrap_or_default();
    println!("  {name} has ended{how} and is started again");
}

async fn end(mut child: Child) {
    let group = child.id();
    signal(group, Signal::TERM);
    if timeout(ENDING, child.wait()).await.is_err() {
        println!("  process {} did not end in time and is killed", group.unwrap_or_default());
    }
    signal(group, Signal::KILL);
    let _ = child.wait().await;
}

/// To the process and all that it started.
fn signal(group: Option<u32>, signal: Signal) {
    if let Some(group) = group.and_then(|group| Pid::from_raw(group.cast_signed())) {
        let _ = kill_process_group(group, signal);
    }
}

/// Ends whatever a cluster of this plan left behind: all processes that bear its mark, and those whose
/// number it wrote down and that are at home in its folder, for Redis writes over its environment.
pub async fn end_left(plan: &Plan) {
    for signal in [Signal::TERM, Signal::KILL] {
        for _ in 0..50 {
            let left = left(plan);
            if left.is_empty() {
                return;
            }
            for process in left {
                let _ = rustix::process::kill_process(process, signal);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// None where the system does not tell.
fn left(plan: &Plan) -> Vec<Pid> {
    let mark = format!("{MARK}={}", plan.folder().display());
    let own = std::process::id().cast_signed();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let ours = numbers.filter(|number| *number != own).filter(|number| {
        let environment = fs::read(format!("/proc/{number}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
            || (written_down(plan, *number) && is_at_home(plan.folder(), *number))
    });
    ours.filter_map(Pid::from_raw).collect()
}

fn written_down(plan: &Plan, number: i32) -> bool {
    let files = fs::read_dir(plan.numbers()).into_iter().flatten().flatten();
    files
        .filter_map(|file| fs::read_to_string(file.path()).ok())
        .any(|text| text == number.to_string())
}

fn is_at_home(folder: &Path, number: i32) -> bool {
    fs::read_link(format!("/proc/{number}/cwd")).is_ok_and(|place| place.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_pause_grows_while_nothing_stays() {
        let mut pause = Pause::new();
        let pauses: Vec<u128> = (0..8).map(|_| pause.take().as_millis()).collect();
        assert_eq!(pauses, [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
    }

    #[tokio::test]
    async fn who_ends_is_started_again_until_all_end() {
        let folder = std::env::temp_dir().join(format!("tipple-keeper-{}", std::process::id()));
        let plan = Plan::new(&folder, 7300).unwrap();
        fs::create_dir_all(plan.logs()).unwrap();
        fs::create_dir_all(plan.numbers()).unwrap();
        let mut keeper = Keeper::of(&plan);
        keeper
            .keep("one", || {
                let mut command = Command::new("/bin/sh");
                command.args(["-c", "echo here; sleep 600 & wait"]);
                command
            })
            .unwrap();
        let number = || fs::read_to_string(plan.numbers().join("one")).unwrap_or_default();
        let first = number();
        signal(first.parse().ok(), Signal::KILL);
        for _ in 0..600 {
            if number() != first && !number().is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_ne!(number(), first);
        assert!(!left(&plan).is_empty(), "it bears the mark");
        keeper.end().await;
        end_left(&plan).await;
        assert!(left(&plan).is_empty() && number().is_empty());
        fs::remove_dir_all(&folder).unwrap();
    }
}
