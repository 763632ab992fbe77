//! What there is to say of a file's rows: counted, and written row by row as CSV.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{Read as _, Seek as _},
    path::Path,
};

use anyhow::{Context as _, ensure};

use super::{file::Broken, text::escaped};

const HEADER: &str = "line,key,outcome,code,why";

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The whole file was refused.
    Broken,
    /// The row was not imported.
    Refused,
    /// The row was imported, and someone should look at it.
    Warning,
}

impl Outcome {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Refused => "refused",
            Self::Warning => "warning",
        }
    }
}

/// One thing to say of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub line: u64,
    pub key: String,
    pub outcome: Outcome,
    /// Stable, for sorting and counting.
    pub code: &'static str,
    pub why: String,
}

/// How often something was found, and where first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    pub rows: u64,
    pub first: Finding,
}

/// Collects findings: counts all, and writes each where a file is wanted.
#[derive(Default)]
pub struct Report {
    counts: BTreeMap<(Outcome, &'static str), Count>,
    writer: Option<csv::Writer<File>>,
}

impl Report {
    /// One that is written to a file as well, which must be new or an earlier report: what is
    /// named by mistake may be the very file that is to be imported.
    pub fn to_file(path: &Path) -> anyhow::Result<Self> {
        let place = || format!("write the report to {}", path.display());
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(path).with_context(place)?;
        let mut begins = Vec::new();
        (&file).take(HEADER.len() as u64).read_to_end(&mut begins).with_context(place)?;
        ensure!(
            begins.is_empty() || begins == HEADER.as_bytes(),
            "{} is there and is no report: name another file",
            path.display()
        );
        if !begins.is_empty() {
            file.set_len(0).and_then(|()| file.rewind()).with_context(place)?;
        }
        let mut writer = csv::Writer::from_writer(file);
        writer.write_record(HEADER.split(','))?;
        Ok(Self { counts: BTreeMap::new(), writer: Some(writer) })
    }

    pub fn add(&mut self, finding: Finding) -> anyhow::Result<()> {
        if let Some(writer) = &mut self.writer {
            writer
                .write_record([
                    &finding.line.to_string(),
                    &escaped(&finding.key),
                    finding.outcome.name(),
                    finding.code,
                    &escaped(&finding.why),
                ])
                .context("write the report")?;
        }
        let count = self.counts.entry((finding.outcome, finding.code));
        count.or_insert(Count { rows: 0, first: finding }).rows += 1;
        Ok(())
    }

    pub(super) fn add_broken(&mut self, broken: &Broken) -> anyhow::Result<()> {
        self.add(Finding {
            line: broken.line,
            key: String::new(),
            outcome: Outcome::Broken,
            code: broken.code,
            why: broken.why.clone(),
        })
    }

    /// How often each thing was found, the worst first.
    pub fn counts(&self) -> impl Iterator<Item = (Outcome, &'static str, &Count)> {
        self.counts.iter().map(|((outcome, code), count)| (*outcome, *code, count))
    }

    /// How many rows something was said of.
    pub fn rows(&self, code: &str) -> u64 {
        self.counts().filter(|count| count.1 == code).map(|count| count.2.rows).sum()
    }

    pub fn finish(&mut self) -> anyhow::Result<()> {
        if let Some(writer) = &mut self.writer {
            writer.flush().context("write the report")?;
        }
        Ok(())
    }
}
