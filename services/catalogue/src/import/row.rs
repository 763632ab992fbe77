//! One row of a file through the eyes of its mapping.

use std::collections::BTreeMap;

use csv::StringRecord;
use kernel::Id;

use super::{
    file::Broken,
    mapping::{Mapping, Reading},
    report::{Finding, Outcome},
    text,
};

/// Where each field of a mapping is in a certain file.
pub struct Layout {
    fields: BTreeMap<String, Slot>,
    defaults: BTreeMap<String, String>,
    /// How many columns the file has.
    width: usize,
    exact: bool,
}

struct Slot {
    pieces: Vec<Piece>,
    reading: Reading,
    /// What to call it when speaking of it.
    name: String,
}

enum Piece {
    Text(String),
    Column(usize),
}

impl Layout {
    /// Finds the mapping's columns in the header.
    pub fn new(mapping: &Mapping, header: &StringRecord, line: u64) -> anyhow::Result<Self> {
        let names: Vec<&str> = header.iter().map(str::trim).collect();
        let mut missing = Vec::new();
        let mut fields = BTreeMap::new();
        for (field, column) in &mapping.columns {
            let reading = column.reading();
            let name = reading.column.clone().or_else(|| reading.template.clone());
            let template = match &reading.column {
                Some(column) => format!("{{{column}}}"),
                None => reading.template.clone().unwrap_or_default(),
            };
            let pieces = pieces(&template, |column| find(&names, column, &mut missing, line))?;
            let name = name.unwrap_or_default();
            fields.insert(field.clone(), Slot { pieces, reading, name });
        }
        if !missing.is_empty() {
            return Err(lacking(&missing, &names, line).into());
        }
        let text = mapping.defaults.iter().map(|(name, value)| (name.clone(), value.text()));
        Ok(Self { fields, defaults: text.collect(), width: names.len(), exact: mapping.exact })
    }

    /// Whether a column says it, so that rows which are there already follow the file.
    pub fn says(&self, field: &str) -> bool {
        self.fields.contains_key(field)
    }

    pub const fn width(&self) -> usize {
        self.width
    }
}

fn find(
    names: &[&str],
    column: &str,
    missing: &mut Vec<String>,
    line: u64,
) -> anyhow::Result<usize> {
    let mut places = names.iter().enumerate().filter(|(_, name)| name.eq_ignore_ascii_case(column));
    let (first, second) = (places.next(), places.next());
    if second.is_some() {
        let why = format!("there are two columns {column:?}, so that it is unclear which is meant");
        return Err(Broken::new(line, "column-twice", why).into());
    }
    let Some((place, _)) = first else {
        missing.push(column.to_owned());
        return Ok(0);
    };
    Ok(place)
}

fn lacking(missing: &[String], names: &[&str], line: u64) -> Broken {
    let there: Vec<String> =
        names.iter().take(40).map(|name| name.chars().take(40).collect()).collect();
    let hint = match names {
        [one] if one.contains([';', '\t', '|']) => ": is the mapping's delimiter the file's?",
        _ => "",
    };
    let why = format!("no column {}; there are {}{hint}", missing.join(", "), there.join(", "));
    Broken::new(line, "columns-missing", why)
}

/// The parts of a template: plain text, and columns in braces.
fn pieces(
    template: &str,
    mut column: impl FnMut(&str) -> anyhow::Result<usize>,
) -> anyhow::Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(Piece::Column(column(name)?));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(pieces)
}

/// What a row is about.
pub struct Identity<T> {
    pub id: Option<Id<T>>,
    /// Where the key is from; none without a key.
    pub source: Option<String>,
    pub key: Option<String>,
}

/// A row as it is read, with what there is to say of it.
pub struct Row<'a> {
    pub line: u64,
    /// What the row is about, as soon as that is known.
    pub key: String,
    /// By what else it names that.
    pub other: Option<String>,
    layout: &'a Layout,
    record: &'a StringRecord,
    findings: Vec<(Outcome, &'static str, String)>,
}

impl<'a> Row<'a> {
    pub fn new(line: u64, layout: &'a Layout, record: &'a StringRecord) -> Self {
        let (key, findings) = (String::new(), Vec::new());
        let mut row = Self { line, key, other: None, layout, record, findings };
        if record.len() != layout.width() {
            let why = format!(
                "{} fields where the header has {}: is a text with the delimiter in it not quoted?",
                record.len(),
                layout.width()
            );
            row.refuse("columns", why);
        }
        row
    }

    pub fn refuse(&mut self, code: &'static str, why: impl Into<String>) {
        self.findings.push((Outcome::Refused, code, why.into()));
    }

    pub fn warn(&mut self, code: &'static str, why: impl Into<String>) {
        self.findings.push((Outcome::Warning, code, why.into()));
    }

    pub fn is_refused(&self) -> bool {
        self.findings.iter().any(|finding| finding.0 == Outcome::Refused)
    }

    /// What there is to say of it, with its line and key.
    pub fn into_findings(self) -> impl Iterator<Item = Finding> {
        let (line, key) = (self.line, self.key);
        self.findings.into_iter().map(move |(outcome, code, why)| Finding {
            line,
            key: key.clone(),
            outcome,
            code,
            why,
        })
    }

    pub fn says(&self, field: &str) -> bool {
        self.layout.says(field)
    }

    /// How the mapping reads a field.
    pub fn reading(&self, field: &str) -> Reading {
        self.layout.fields.get(field).map(|slot| slot.reading.clone()).unwrap_or_default()
    }

    /// What a field is called in the file.
    fn name(&self, field: &str) -> String {
        match self.layout.fields.get(field) {
            Some(slot) => slot.name.clone(),
            None => field.to_owned(),
        }
    }

    /// What the column says, or else the mapping's default; none where both say nothing.
    pub fn raw(&self, field: &str) -> Option<String> {
        let slot = self.layout.fields.get(field);
        let said = slot.map(|slot| self.put_together(slot)).filter(|text| !text.trim().is_empty());
        said.or_else(|| self.layout.defaults.get(field).cloned())
    }

    fn put_together(&self, slot: &Slot) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Column(place) => {
                let text = self.record.get(*place).unwrap_or_default();
                let text = if self.layout.exact { text } else { text.trim() };
                text.to_owned()
            }
        };
        slot.pieces.iter().map(piece).collect()
    }

    /// What the row is about: our id, or the key that its source gave it; refused without either.
    pub fn identity<T>(&mut self, source: &str) -> Identity<T> {
        let id = self.raw("id").map(|text| text.trim().parse::<Id<T>>());
        let key = self.text("key", 200);
        let source = self.text("source", 100).unwrap_or_else(|| source.to_owned());
        let says_source = self.says("source");
        let named =
            |key: &String| if says_source { format!("{source}/{key}") } else { key.clone() };
        let by_key = key.as_ref().map(named);
        (self.key, self.other) = match &id {
            Some(Ok(id)) => (id.to_string(), by_key),
            _ => (by_key.unwrap_or_default(), None),
        };
        if let Some(Err(_)) = &id {
            self.refuse("id", "the id is no UUID");
        } else if id.is_none() && key.is_none() {
            self.refuse("missing", "there is nothing to know it by: no key and no id");
        }
        Identity { id: id.and_then(Result::ok), source: key.is_some().then_some(source), key }
    }

    /// Text for people to read, of at most `most` characters.
    pub fn text(&mut self, field: &'static str, most: usize) -> Option<String> {
        let raw = self.raw(field)?;
        let text = if self.layout.exact {
            text::unescaped(&raw).to_owned()
        } else {
            text::cased(&text::one_line(&raw), &self.reading(field))
        };
        if text.is_empty() {
            return None;
        }
        if wire::plain_text(&text, &()).is_err() {
            let why = format!("{} has control characters in it", self.name(field));
            self.refuse("control-characters", why);
        }
        if text::is_formula(&raw) {
            let why = format!("{} begins as a formula does: {:?}", self.name(field), short(&text));
            self.refuse("formula", why);
        } else if text::would_compute(&raw) {
            let why = format!("a spreadsheet would take {:?} for a formula", short(&text));
            self.warn("formula-like", why);
        }
        if text.chars().any(|c| c == char::REPLACEMENT_CHARACTER) {
            let why = format!("{:?} lost a letter before it came here", short(&text));
            self.warn("damaged-text", why);
        }
        if text.chars().count() > most {
            let why = format!("{} is longer than {most} characters", self.name(field));
            self.refuse("too-long", why);
        }
        Some(text)
    }

    /// Text that has to be there; empty, and the row refused, when it is not.
    pub fn needed(&mut self, field: &'static str, most: usize) -> String {
        self.text(field, most).unwrap_or_else(|| {
            self.lacks(field);
            String::new()
        })
    }

    fn lacks(&mut self, field: &str) {
        let why = format!("{} is empty", self.name(field));
        self.refuse("missing", why);
    }

    /// A number times ten to the power of `places`, where there is one.
    pub fn number(&mut self, field: &'static str, places: usize) -> Option<i64> {
        let raw = self.raw(field)?;
        let number = text::scaled(raw.trim(), places, &self.reading(field));
        if number.is_none() {
            let why = match places {
                0 => format!("{} is no whole number: {:?}", self.name(field), short(&raw)),
                _ => format!(
                    "{} is no number of at most {places} decimals: {:?}",
                    self.name(field),
                    short(&raw)
                ),
            };
            self.refuse("number", why);
        }
        number
    }

    /// A number that has to be there and within bounds.
    pub fn needed_number(&mut self, field: &'static str, places: usize) -> Option<i64> {
        if self.raw(field).is_none() {
            self.lacks(field);
        }
        self.number(field, places)
    }

    /// A whole number within bounds, where there is one.
    pub fn whole(&mut self, field: &'static str, bounds: (i64, i64)) -> Option<i32> {
        let number = self.number(field, 0)?;
        if number < bounds.0 || number > bounds.1 {
            let why = format!("{} is {number}, not {} to {}", self.name(field), bounds.0, bounds.1);
            self.refuse("range", why);
            return None;
        }
        i32::try_from(number).ok()
    }

    /// Yes or no, in the mapping's words.
    pub fn flag(&mut self, field: &'static str) -> Option<bool> {
        let raw = self.raw(field)?;
        let reading = self.reading(field);
        let word = raw.trim();
        let among = |words: &[String], usual: &str| match words {
            [] => word == usual,
            words => words.iter().any(|one| one == word),
        };
        // A default is written in the mapping's own words.
        let ours = !self.says(field);
        if among(&reading.yes, "true") || (ours && word == "true") {
            return Some(true);
        }
        if among(&reading.no, "false") || (ours && word == "false") {
            return Some(false);
        }
        let why =
            format!("{} is {:?}, which the mapping does not know", self.name(field), short(word));
        self.refuse("status-unknown", why);
        None
    }
}

/// As much of a text as a report needs.
fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
