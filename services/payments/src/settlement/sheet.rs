//! Rows of a CSV file by the names of their columns, so that columns that are new or in another
//! order do no harm.

use std::collections::HashMap;

use jiff::Timestamp;
use kernel::Currency;

use super::{MOST_LINES, Refused, amount};

/// The names of a heading's columns: blanks and case say nothing.
#[derive(Debug)]
pub struct Heading(HashMap<String, usize>);

fn plain(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase()
}

impl Heading {
    /// Refused where a column that is needed is not there.
    pub fn of(record: &csv::StringRecord, row: u64, needed: &[&str]) -> Result<Self, Refused> {
        let mut places = HashMap::new();
        for (place, name) in record.iter().enumerate() {
            places.entry(plain(name)).or_insert(place);
        }
        let missing = needed.iter().find(|name| !places.contains_key(&plain(name)));
        match missing {
            None => Ok(Self(places)),
            Some(name) => {
                Err(Refused { row, column: (*name).into(), why: "the column is missing".into() })
            }
        }
    }
}

/// One row of a file.
pub struct Row<'a> {
    pub number: u64,
    pub heading: &'a Heading,
    pub record: &'a csv::StringRecord,
}

impl Row<'_> {
    /// What stands there; empty where the column is not there.
    pub fn text(&self, column: &str) -> &str {
        let place = self.heading.0.get(&plain(column));
        place.and_then(|place| self.record.get(*place)).unwrap_or_default().trim()
    }

    /// What must stand there: at most 200 characters.
    pub fn needed(&self, column: &str) -> Result<&str, Refused> {
        match self.text(column) {
            "" => Err(self.refused(column, "is empty")),
            text if text.chars().count() > 200 || text.chars().any(char::is_control) => {
                Err(self.refused(column, "is no id"))
            }
            text => Ok(text),
        }
    }

    pub fn currency(&self, column: &str) -> Result<Currency, Refused> {
        amount::currency(self.text(column)).map_err(|why| self.refused(column, why))
    }

    pub fn decimal(&self, column: &str, currency: Currency) -> Result<i64, Refused> {
        amount::decimal(self.text(column), currency).map_err(|why| self.refused(column, why))
    }

    pub fn whole(&self, column: &str) -> Result<i64, Refused> {
        amount::whole(self.text(column)).map_err(|why| self.refused(column, why))
    }

    /// An instant in a form of the provider's.
    pub fn instant(
        &self,
        column: &str,
        read: impl Fn(&str) -> Option<Timestamp>,
    ) -> Result<Timestamp, Refused> {
        let text = self.text(column);
        read(text).ok_or_else(|| self.refused(column, format!("“{text}” is not a time")))
    }

    pub fn refused(&self, column: &str, why: impl Into<String>) -> Refused {
        Refused { row: self.number, column: column.into(), why: why.into() }
    }
}

/// Every row of the file with its number, in one pass. A mark of the byte order before it is no part
/// of it.
pub fn rows(
    file: &[u8],
    mut each: impl FnMut(u64, &csv::StringRecord) -> Result<(), Refused>,
) -> Result<(), Refused> {
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
    let mut record = csv::StringRecord::new();
    let mut number = 0_u64;
    loop {
        number += 1;
        let refused = |why: &str| Refused { row: number, column: String::new(), why: why.into() };
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) if number as usize > MOST_LINES + 10 => {
                return Err(refused("more lines than are read at once: 50,000"));
            }
            Ok(true) if record.len() > 300 => return Err(refused("more than 300 columns")),
            Ok(true) => each(number, &record)?,
            Err(_) => return Err(refused("is not CSV in UTF-8")),
        }
    }
}

/// The rows below a heading in the first row.
pub fn table(
    file: &[u8],
    needed: &[&str],
    mut each: impl FnMut(&Row<'_>) -> Result<(), Refused>,
) -> Result<(), Refused> {
    let mut heading = None;
    rows(file, |number, record| match &heading {
        None => {
            heading = Some(Heading::of(record, number, needed)?);
            Ok(())
        }
        Some(heading) => each(&Row { number, heading, record }),
    })?;
    if heading.is_none() {
        return Err(Refused { row: 1, column: String::new(), why: "the file is empty".into() });
    }
    Ok(())
}
