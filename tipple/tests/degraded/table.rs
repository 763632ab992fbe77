//! The table in `docs/degraded.md`.

use std::{collections::BTreeSet, path::PathBuf};

use testkit::Trouble;

/// What is beside the house.
const BESIDE: [&str; 7] =
    ["PostgreSQL", "replica", "Redis", "RabbitMQ", "provider", "maps", "SMTP"];
/// What can be wrong with each.
const WRONG: [(&str, Trouble); 5] = [
    ("refused", Trouble::Refused),
    ("reset", Trouble::Reset),
    ("silent", Trouble::Silent),
    ("2 s late", Trouble::Late),
    ("flapping", Trouble::Flapping),
];
/// The columns.
pub const ASKED: [&str; 7] =
    ["browse", "search", "cart", "checkout", "webhook", "ping", "operator"];
/// The rows of the short form.
const SHORT: [(&str, &str); 7] = [
    ("PostgreSQL", "refused"),
    ("replica", "silent"),
    ("Redis", "silent"),
    ("RabbitMQ", "reset"),
    ("provider", "2 s late"),
    ("maps", "silent"),
    ("SMTP", "refused"),
];

/// A row: what is beside the house, what is wrong with it, and what comes of each thing asked.
#[derive(Debug)]
pub struct Row {
    pub beside: String,
    pub wrong: String,
    pub cells: Vec<String>,
}

/// All that was seen of one thing that was asked, again and again.
pub type Seen = BTreeSet<String>;

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/degraded.md")
}

/// All rows: one for everything that can be wrong with everything.
pub fn rows() -> Vec<Row> {
    let text = std::fs::read_to_string(path()).expect("docs/degraded.md");
    let lines = text.lines().filter(|line| {
        line.starts_with("| ") && !line.starts_with("| beside") && !line.starts_with("| ---")
    });
    let rows: Vec<Row> = lines.map(Row::of).collect();
    let found: Vec<_> = rows.iter().map(|row| (row.beside.as_str(), row.wrong.as_str())).collect();
    let all = BESIDE.iter().flat_map(|beside| WRONG.map(|(wrong, _)| (*beside, wrong)));
    assert_eq!(found, all.collect::<Vec<_>>(), "the rows of docs/degraded.md");
    rows
}

/// Which rows are tried: those of what `TIPPLE_FAULTS` names, or the short form's.
pub fn chosen(faults: Option<&str>) -> Vec<Row> {
    let named: Option<Vec<&str>> = faults.map(|faults| match faults {
        "all" => BESIDE.to_vec(),
        some => some.split(',').collect(),
    });
    for name in named.iter().flatten() {
        assert!(BESIDE.contains(name), "TIPPLE_FAULTS names {name}, which is none of {BESIDE:?}");
    }
    let mut rows = rows();
    rows.retain(|row| match &named {
        Some(named) => named.contains(&row.beside.as_str()),
        None => SHORT.contains(&(&row.beside, &row.wrong)),
    });
    rows
}

/// Writes what was seen in the place of these rows.
pub fn write(seen: &[(Row, Vec<Seen>)]) {
    let mut text = std::fs::read_to_string(path()).expect("docs/degraded.md");
    for (row, seen) in seen {
        let with = |cells: &[String]| {
            format!("| {} | {} | {} |\n", row.beside, row.wrong, cells.join(" | "))
        };
        let told: Vec<String> = seen.iter().map(told).collect();
        text = text.replace(&with(&row.cells), &with(&told));
    }
    std::fs::write(path(), text).expect("docs/degraded.md");
}

impl Row {
    fn of(line: &str) -> Self {
        let mut cells: Vec<String> =
            line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
        assert_eq!(cells.len(), 2 + ASKED.len(), "{line}");
        let rest = cells.split_off(2);
        Self { beside: cells[0].clone(), wrong: cells[1].clone(), cells: rest }
    }

    pub fn trouble(&self) -> Trouble {
        let found = WRONG.iter().find(|(name, _)| *name == self.wrong);
        found.expect("rows are of what can be wrong").1
    }
}

/// Whether all that was seen is what a cell says. *mostly* is both, and neither alone; *late or later*
/// is either, by whether a connection was open.
pub fn agrees(cell: &str, seen: &Seen) -> bool {
    match cell {
        "mostly" => is_mixed(seen),
        "late or later" => seen.iter().all(|one| ["late", "later"].contains(&one.as_str())),
        cell => seen.iter().all(|one| one == cell),
    }
}

fn is_mixed(seen: &Seen) -> bool {
    let good = seen.contains("works") || seen.contains("late");
    good && seen.contains("later")
        && seen.iter().all(|one| ["works", "late", "later"].contains(&one.as_str()))
}

/// How the table tells of it.
fn told(seen: &Seen) -> String {
    if is_mixed(seen) {
        return "mostly".into();
    }
    let all: Vec<&str> = seen.iter().map(String::as_str).collect();
    if all == ["late", "works"] { "late".into() } else { all.join(" / ") }
}
