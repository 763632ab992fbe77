//! The text of the PDF417 barcode on the back of a North American licence or identity card, after
//! the AAMVA DL/ID Card Design Standard, versions 1 (2000) to 10 (2020).
//!
//! It has a header (`@`, separators, `ANSI `, the issuer's six digits, a version, in later ones the
//! jurisdiction's, and how many subfiles there are), ten characters that say where each subfile is,
//! then the subfiles: lines of a three-letter name and its value. Scanners that act as keyboards lose
//! control characters or turn them into others, so where the subfiles are is not believed: the first
//! one of type `DL`, `ID` or `EN` begins where the header ends.

use jiff::civil::Date;

/// The longest text that is looked at, in bytes: a PDF417 symbol holds 1,850 characters.
pub const LONGEST: usize = 4_000;
/// A value is no longer than that, in characters.
const LONGEST_VALUE: usize = 120;
/// What precedes the header on some cards and scanners is no longer than that, in bytes.
const LONGEST_LEAD: usize = 16;

/// What a document says, as far as it matters.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    /// The issuer identification number, six digits.
    pub issuer: String,
    /// The number of the licence or card: capitals and digits only.
    pub number: String,
    pub born: Date,
    pub expires: Date,
    /// When it was issued, where it says so.
    pub issued: Option<Date>,
    pub named: Named,
}

/// The names on a document.
#[derive(Clone, PartialEq, Eq)]
pub struct Named {
    pub family: Part,
    /// The first name and the middle ones.
    pub given: Part,
}

/// A name, and whether the document cut its end off.
#[derive(Clone, PartialEq, Eq)]
pub struct Part {
    pub text: String,
    pub cut: bool,
}

/// Why a text could not be read as a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// There is no header of such a document, or of another version.
    NoDocument,
    /// An element that is needed is missing.
    Missing(&'static str),
    /// An element has a value that it cannot have, or two.
    Wrong(&'static str),
}

/// Reads the text of a barcode.
pub fn read(text: &str) -> Result<Document, Unreadable> {
    if text.len() > LONGEST {
        return Err(Unreadable::NoDocument);
    }
    let (header, body) = Header::read(text).ok_or(Unreadable::NoDocument)?;
    let elements = Elements::of(body);
    let needed = |name: &'static str| elements.get(name)?.ok_or(Unreadable::Missing(name));
    let number: String = needed("DAQ")?
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|char| char.to_ascii_uppercase())
        .collect();
    if number.is_empty() {
        return Err(Unreadable::Wrong("DAQ"));
    }
    let date = |name| needed(name).and_then(|text| day(text).ok_or(Unreadable::Wrong(name)));
    let issued = match elements.get("DBD")? {
        Some(text) => Some(day(text).ok_or(Unreadable::Wrong("DBD"))?),
        None => None,
    };
    Ok(Document {
        issuer: header.issuer.to_owned(),
        number,
        born: date("DBB")?,
        expires: date("DBA")?,
        issued,
        named: named(&elements)?,
    })
}

struct Header<'a> {
    issuer: &'a str,
}

impl<'a> Header<'a> {
    /// The header, and what follows its list of subfiles.
    fn read(text: &'a str) -> Option<(Self, &'a str)> {
        // `ANSI ` on all cards but a few of the first version, which say `AAMVA`.
        let (at, mark) =
            ["ANSI ", "AAMVA"].into_iter().find_map(|mark| Some((text.find(mark)?, mark)))?;
        if at > LONGEST_LEAD {
            return None;
        }
        let rest = &text[at + mark.len()..];
        let (issuer, rest) = digits(rest, 6)?;
        let (version, rest) = digits(rest, 2)?;
        let version: u8 = version.parse().ok()?;
        if !(1..=10).contains(&version) {
            return None;
        }
        let rest = if version == 1 { rest } else { digits(rest, 2)?.1 };
        let (count, mut rest) = digits(rest, 2)?;
        for _ in 0..count.parse::<u8>().ok()? {
            // Type, where it begins and how long it is.
            let (kind, after) = rest.split_at_checked(2)?;
            if !kind.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return None;
            }
            rest = digits(after, 8)?.1;
        }
        Some((Self { issuer }, rest))
    }
}

/// So many digits, and the rest.
fn digits(text: &str, count: usize) -> Option<(&str, &str)> {
    let (digits, rest) = text.split_at_checked(count)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then_some((digits, rest))
}

/// The elements of the subfiles, in their order.
struct Elements<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Elements<'a> {
    fn of(body: &'a str) -> Self {
        let lines = body.split(char::is_control).map(str::trim).filter(|line| !line.is_empty());
        Self(lines.filter_map(element).collect())
    }

    /// The value of an element; none where it is missing, empty, or said to be unknown.
    fn get(&self, name: &'static str) -> Result<Option<&'a str>, Unreadable> {
        let mut values = self.0.iter().filter(|(known, _)| *known == name).map(|(_, value)| *value);
        let first = values.next();
        if values.any(|value| Some(value) != first)
            || first.is_some_and(|value| value.chars().count() > LONGEST_VALUE)
        {
            return Err(Unreadable::Wrong(name));
        }
        Ok(first.filter(|value| !matches!(*value, "" | "NONE" | "UNAVL" | "UNAVAIL")))
    }
}

/// A line's element. The first one of a subfile comes right after the subfile's type.
fn element(line: &str) -> Option<(&str, &str)> {
    let is_name = |text: &str| {
        let mut bytes = text.bytes();
        bytes.next() == Some(b'D') && bytes.all(|byte| byte.is_ascii_uppercase())
    };
    let inner = ["DL", "ID", "EN"].into_iter().find_map(|kind| line.strip_prefix(kind));
    let split = |line| str::split_at_checked(line, 3).filter(|(name, _)| is_name(name));
    let (name, value) = inner.and_then(split).or_else(|| split(line))?;
    Some((name, value.trim().trim_end_matches(',')))
}

/// Eight digits, as MMDDCCYY in the United States and CCYYMMDD in Canada and on cards of the first
/// version. No day is both: no month begins with 19 or 20.
fn day(text: &str) -> Option<Date> {
    let (digits, rest) = digits(text, 8)?;
    if !rest.is_empty() {
        return None;
    }
    let number = |range: std::ops::Range<usize>| digits[range].parse::<i16>().ok();
    let date = |year, month, day| {
        let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        Date::new(year, month, day).ok().filter(|date| (1900..2200).contains(&date.year()))
    };
    date(number(4..8)?, number(0..2)?, number(2..4)?)
        .or_else(|| date(number(0..4)?, number(4..6)?, number(6..8)?))
}

/// The names. Of the first version's cards some have only the whole name, with commas in it; those
/// of the second and third have the given names in one.
fn named(elements: &Elements<'_>) -> Result<Named, Unreadable> {
    let whole: Vec<&str> = elements.get("DAA")?.unwrap_or_default().split([',', '@']).collect();
    let either = |names: [&'static str; 2]| match elements.get(names[0])? {
        Some(text) => Ok(Some(text)),
        None => elements.get(names[1]),
    };
    let family = either(["DCS", "DAB"])?.or(whole.first().copied().filter(|name| !name.is_empty()));
    let middle = elements.get("DAD")?.unwrap_or_default();
    let given = match either(["DAC", "DCT"])? {
        Some(first) => format!("{first} {middle}"),
        None => whole.get(1..).unwrap_or_default().join(" "),
    };
    let given = given.replace(',', " ").trim().to_owned();
    if given.is_empty() {
        return Err(Unreadable::Missing("DAC"));
    }
    let cut = |name| Ok(elements.get(name)? == Some("T"));
    Ok(Named {
        family: Part {
            text: family.ok_or(Unreadable::Missing("DCS"))?.to_owned(),
            cut: cut("DDE")?,
        },
        given: Part { text: given, cut: cut("DDF")? || cut("DDG")? },
    })
}

#[cfg(test)]
mod tests;
