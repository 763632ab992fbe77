//! Import of products, stores and stock from CSV files.
//!
//! A file is read twice. The first time all of it is read and checked, and nothing is written: a
//! file that is broken anywhere imports nothing. The second time its rows go to the database in
//! batches, each a transaction of its own. Rows that are refused do not stop the others, and
//! importing a file again changes nothing, so an import that was cut short is simply repeated.

mod barcode;
mod batches;
mod file;
mod mapping;
mod opening;
pub(crate) mod products;
mod report;
mod row;
pub(crate) mod stock;
pub(crate) mod stores;
pub(crate) mod text;
pub(crate) mod watch;

use std::{collections::HashMap, fmt, hash::Hash, path::PathBuf, sync::Arc};

use anyhow::Context as _;
use batches::{Batch, Read};
use kernel::{Clock, StoreId};
use serde::Deserialize;
use store::Db;
use tokio::{sync::mpsc, task::spawn_blocking};

pub use self::{
    file::Broken,
    mapping::Mapping,
    report::{Count, Finding, Outcome, Report},
};

/// What a file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Products,
    Stores,
    Stock,
}

impl Kind {
    /// The fields that a mapping may speak of.
    const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Products => products::FIELDS,
            Self::Stores => stores::FIELDS,
            Self::Stock => stock::FIELDS,
        }
    }

    /// The fields that it must speak of, at least one of each group.
    const fn needed(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Products => products::NEEDED,
            Self::Stores => stores::NEEDED,
            Self::Stock => stock::NEEDED,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Products => "products",
            Self::Stores => "stores",
            Self::Stock => "stock",
        })
    }
}

/// What is to be imported, and how.
pub struct Import {
    pub file: PathBuf,
    pub mapping: Arc<Mapping>,
    /// The store that products are to be listed at, or whose stock it is.
    pub store: Option<StoreId>,
    /// Without it nothing is written.
    pub commit: bool,
    /// From how many units on a store is warned of a product that is new to it.
    pub low_threshold: u32,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub done: u64,
    pub of: u64,
}

/// What became of rows that were not refused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.new += other.new;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
    }

    /// Counts one thing, by what is there and whether it is the same.
    fn count(&mut self, there: bool, same: bool) {
        match (there, same) {
            (false, _) => self.new += 1,
            (true, false) => self.changed += 1,
            (true, true) => self.unchanged += 1,
        }
    }
}

/// What became of a file's rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    pub rows: u64,
    pub refused: u64,
    /// Products, stores or stock rows.
    pub things: Counts,
    /// Prices at a store.
    pub listings: Counts,
    /// Barcodes that the file gives to several products of different names.
    pub shared_barcodes: u64,
}

/// What became of one batch, and what there is to say of it beyond what its file says.
#[derive(Default)]
struct Written {
    findings: Vec<Finding>,
    refused: u64,
    things: Counts,
    listings: Counts,
}

impl Written {
    fn refuse<T>(&mut self, row: &Read<T>, code: &'static str, why: String) {
        self.refused += 1;
        self.say(row, Outcome::Refused, code, why);
    }

    /// Refuses a row about something that another row of the file is about, by whatever name.
    fn is_first<T, K: Eq + Hash>(
        &mut self,
        seen: &mut HashMap<K, u64>,
        what: K,
        row: &Read<T>,
    ) -> bool {
        let first = *seen.entry(what).or_insert(row.line);
        if first != row.line {
            let why = format!("line {first} is about the same by another name, and came first");
            self.refuse(row, "key-twice", why);
        }
        first == row.line
    }

    fn say<T>(&mut self, row: &Read<T>, outcome: Outcome, code: &'static str, why: String) {
        let (line, key) = (row.line, row.key.clone());
        self.findings.push(Finding { line, key, outcome, code, why });
    }
}

/// Imports a file, or says what importing it would do. Everything there is to say of single rows
/// goes to `report`. A [`Broken`] file is an error, and then nothing was written.
pub async fn run(
    db: &Db,
    clock: &Clock,
    import: &Import,
    report: &mut Report,
    progress: impl Fn(Progress),
) -> anyhow::Result<Summary> {
    let done = match import.mapping.kind {
        Kind::Products => products::run(db, clock, import, report, &progress).await,
        Kind::Stores => stores::run(db, clock, import, report, &progress).await,
        Kind::Stock => stock::run(db, clock, import, report, &progress).await,
    };
    if let Some(broken) = done.as_ref().err().and_then(|error| error.downcast_ref::<Broken>()) {
        report.add_broken(broken)?;
    }
    report.finish()?;
    done
}

/// Reads the whole file once, to know that it can be read.
async fn check(import: &Import) -> anyhow::Result<u64> {
    let (file, mapping) = (import.file.clone(), Arc::clone(&import.mapping));
    spawn_blocking(move || batches::each_row(&file, &mapping, |_, _, _| Ok(()))).await?
}

/// Takes batch after batch to the database by `write`, and counts what became of the rows.
async fn take<T>(
    mut batches: mpsc::Receiver<anyhow::Result<Batch<T>>>,
    of: u64,
    report: &mut Report,
    progress: &impl Fn(Progress),
    mut write: impl AsyncFnMut(&[Read<T>]) -> anyhow::Result<Written>,
) -> anyhow::Result<Summary> {
    let mut sum = Summary::default();
    while let Some(batch) = batches.recv().await {
        let batch = batch?;
        let written = match batch.rows.as_slice() {
            [] => Written::default(),
            rows => write(rows).await.with_context(|| {
                format!(
                    "what comes before line {} is done; import the file again once this is mended",
                    rows[0].line
                )
            })?,
        };
        sum.rows += batch.read;
        sum.refused += batch.refused + written.refused;
        sum.things.add(written.things);
        sum.listings.add(written.listings);
        let mut findings = batch.findings;
        findings.extend(written.findings);
        findings.sort_by_key(|finding| finding.line);
        for finding in findings {
            report.add(finding)?;
        }
        progress(Progress { done: sum.rows, of });
    }
    Ok(sum)
}
