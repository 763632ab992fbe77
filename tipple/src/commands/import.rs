//! `tipple import products|stores|stock FILE`: see docs/import.md.

use std::{
    cell::Cell,
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use catalogue::import::{self, Counts, Import, Kind, Mapping, Outcome, Progress, Report, Summary};
use kernel::StoreId;

use super::house;

/// What to import, and from where.
#[derive(clap::Args)]
pub struct Arguments {
    /// What the rows are.
    #[arg(value_enum)]
    kind: What,
    /// The CSV file.
    file: PathBuf,
    /// What the file's columns mean (TOML); without it, as Tipple exports them.
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// Write to the database; without it only what would happen is told.
    #[arg(long)]
    commit: bool,
    /// Write what there is to say of single rows to this CSV file.
    #[arg(long)]
    report: Option<PathBuf>,
    /// The store to list products at for the file's prices, or whose stock it is.
    #[arg(long)]
    store: Option<StoreId>,
}

/// What can be imported and exported.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum What {
    Products,
    Stores,
    Stock,
}

impl From<What> for Kind {
    fn from(what: What) -> Self {
        match what {
            What::Products => Self::Products,
            What::Stores => Self::Stores,
            What::Stock => Self::Stock,
        }
    }
}

/// Imports a file, or tells what importing it would do.
pub async fn run(config: Option<&Path>, arguments: Arguments) -> anyhow::Result<ExitCode> {
    let mapping = mapping(&arguments)?;
    let house = house(config)?;
    if house.settings.database.migrate_on_start {
        house.migrate(|_| ()).await?;
    }
    let settings: catalogue::Config = house.settings.section("catalogue")?;
    let import = Import {
        file: arguments.file.clone(),
        mapping: Arc::new(mapping),
        store: arguments.store,
        commit: arguments.commit,
        low_threshold: settings.low_threshold,
    };
    let mut report = match &arguments.report {
        Some(path) => Report::to_file(path)?,
        None => Report::default(),
    };
    let db = house.database("catalogue").await?;
    let (shown, began) = (Shown::new(), Instant::now());
    let done = import::run(&db, &house.clock, &import, &mut report, |at| shown.show(at)).await;
    shown.clear();
    if let Some(broken) =
        done.as_ref().err().and_then(|error| error.downcast_ref::<import::Broken>())
    {
        eprintln!("{}: {broken}.", arguments.file.display());
        eprintln!("Nothing of it was imported.");
        return Ok(ExitCode::FAILURE);
    }
    host::choose_cryptography();
    // Also where only the first rows were written.
    if arguments.commit
        && let Ok(Some(redis)) = house.settings.connect_redis().await
    {
        catalogue::forget_answers(&redis).await;
    }
    tell(&done?, &report, &arguments, began.elapsed());
    Ok(ExitCode::SUCCESS)
}

fn mapping(arguments: &Arguments) -> anyhow::Result<Mapping> {
    let kind = Kind::from(arguments.kind);
    let Some(path) = &arguments.mapping else { return Mapping::own(kind) };
    let place = || format!("the mapping {}", path.display());
    let text = std::fs::read_to_string(path).with_context(place)?;
    let mapping = Mapping::read(&text).with_context(place)?;
    ensure!(mapping.kind == kind, "{} is for {}, not for {kind}", place(), mapping.kind);
    Ok(mapping)
}

fn tell(summary: &Summary, report: &Report, arguments: &Arguments, took: Duration) {
    let (did, rate) = (
        if arguments.commit { "Imported" } else { "Dry run, nothing written, of" },
        summary.rows as f64 / took.as_secs_f64().max(0.001),
    );
    println!("{did} {}:", arguments.file.display());
    println!("  {} rows in {:.1} s ({rate:.0} a second)", summary.rows, took.as_secs_f64());
    println!(
        "  {}: {}, {} refused",
        Kind::from(arguments.kind),
        counts(summary.things),
        summary.refused
    );
    if summary.listings != Counts::default() {
        println!("  prices: {}", counts(summary.listings));
    }
    if summary.shared_barcodes > 0 {
        println!(
            "  barcodes of several products with different names: {}",
            summary.shared_barcodes
        );
    }
    for (outcome, code, count) in report.counts() {
        let first = &count.first;
        println!("  {:7} {code}: {} rows", outcome.name(), count.rows);
        println!("          first in line {} ({}): {}", first.line, first.key, first.why);
    }
    match &arguments.report {
        Some(path) => println!("Row by row in {}.", path.display()),
        None if report.counts().any(|count| count.0 != Outcome::Broken) => {
            println!("For every row: --report FILE.");
        }
        None => {}
    }
    if !arguments.commit {
        println!("To import it: --commit.");
    }
}

fn counts(counts: Counts) -> String {
    let Counts { new, changed, unchanged } = counts;
    format!("{new} new, {changed} changed, {unchanged} unchanged")
}

/// Progress on a terminal; nothing where standard error goes elsewhere.
struct Shown {
    terminal: bool,
    began: Instant,
    last: Cell<Option<Instant>>,
}

impl Shown {
    fn new() -> Self {
        let terminal = std::io::stderr().is_terminal();
        Self { terminal, began: Instant::now(), last: Cell::new(None) }
    }

    fn show(&self, at: Progress) {
        let often = self.last.get().is_some_and(|last| last.elapsed() < Duration::from_millis(100));
        if !self.terminal || often {
            return;
        }
        self.last.set(Some(Instant::now()));
        let rate = at.done as f64 / self.began.elapsed().as_secs_f64().max(0.001);
        eprint!("\r\x1b[K{} of {} rows, {rate:.0} a second", at.done, at.of);
        let _ = std::io::stderr().flush();
    }

    fn clear(&self) {
        if self.terminal {
            eprint!("\r\x1b[K");
        }
    }
}
