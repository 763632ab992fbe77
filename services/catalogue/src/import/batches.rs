//! A file's rows on their way to the database: read on a thread of their own, a batch at a time,
//! and no further ahead than the database can follow.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use csv::StringRecord;
use tokio::sync::mpsc;

use super::{
    file::{Broken, Records},
    mapping::Mapping,
    report::Finding,
    row::{Layout, Row},
};

/// So many rows go to the database at once.
const BATCH: usize = 500;
/// A file may have this many rows: it bounds what is remembered of keys and barcodes.
const MAX_ROWS: u64 = 1_000_000;

/// Rows that are fit to be imported, and what there is to say of them and of those that are not.
pub struct Batch<T> {
    pub rows: Vec<Read<T>>,
    pub findings: Vec<Finding>,
    /// How many rows were read for this batch.
    pub read: u64,
    pub refused: u64,
}

impl<T> Default for Batch<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), findings: Vec::new(), read: 0, refused: 0 }
    }
}

/// What was read from one line.
pub struct Read<T> {
    pub line: u64,
    /// Unique within the file.
    pub key: String,
    pub item: T,
}

/// Reads every row of a file from its beginning.
pub fn each_row(
    file: &Path,
    mapping: &Mapping,
    mut see: impl FnMut(u64, &Layout, &StringRecord) -> anyhow::Result<()>,
) -> anyhow::Result<u64> {
    let mut records = Records::open(file, mapping)?;
    let Some((line, header)) = records.next()? else {
        return Err(Broken::new(1, "empty", "there is nothing in the file but empty lines").into());
    };
    let layout = Layout::new(mapping, &header, line)?;
    let mut rows = 0;
    while let Some((line, record)) = records.next()? {
        rows += 1;
        if rows > MAX_ROWS {
            let why = format!("there are more than {MAX_ROWS} rows: split the file");
            return Err(Broken::new(line, "too-many-rows", why).into());
        }
        see(line, &layout, &record)?;
    }
    Ok(rows)
}

/// Reads a file in batches. `read` makes something of a row, or refuses it; the key it sets must
/// be unique, and the second row with a key is refused.
pub fn batches<T: Send + 'static>(
    file: PathBuf,
    mapping: Arc<Mapping>,
    mut read: impl FnMut(&mut Row<'_>) -> Option<T> + Send + 'static,
) -> mpsc::Receiver<anyhow::Result<Batch<T>>> {
    let (sender, receiver) = mpsc::channel(2);
    tokio::task::spawn_blocking(move || {
        let mut seen: HashMap<String, u64> = HashMap::new();
        let mut batch = Batch::default();
        let done = each_row(&file, &mapping, |line, layout, record| {
            add(&mut batch, &mut seen, Row::new(line, layout, record), &mut read);
            if batch.read == BATCH as u64 {
                let full = std::mem::take(&mut batch);
                anyhow::ensure!(sender.blocking_send(Ok(full)).is_ok(), "nobody listens");
            }
            Ok(())
        });
        let last = done.map(|_| batch);
        // When nobody listens any more, nobody misses it.
        let _ = sender.blocking_send(last);
    });
    receiver
}

fn add<T>(
    batch: &mut Batch<T>,
    seen: &mut HashMap<String, u64>,
    mut row: Row<'_>,
    read: &mut impl FnMut(&mut Row<'_>) -> Option<T>,
) {
    batch.read += 1;
    let item = if row.is_refused() { None } else { read(&mut row) };
    let names = || [Some(&row.key), row.other.as_ref()].into_iter().flatten();
    let before = names().filter(|name| !name.is_empty()).find_map(|name| seen.get(name)).copied();
    if let Some(before) = before {
        row.refuse("key-twice", format!("line {before} has the same key, and came first"));
    }
    match item {
        Some(item) if !row.is_refused() => {
            seen.insert(row.key.clone(), row.line);
            seen.extend(row.other.take().map(|other| (other, row.line)));
            batch.rows.push(Read { line: row.line, key: row.key.clone(), item });
        }
        _ => batch.refused += 1,
    }
    batch.findings.extend(row.into_findings());
}
