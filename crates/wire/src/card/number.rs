//! Finding a card's number in text.
//!
//! Digits count as one number where nothing or only spaces and dashes stand between them, in groups
//! of three or more, as cards are printed and typed (4-4-4-4, 4-6-5, 4-4-4-4-3). It is none:
//!
//! - where a letter touches it: then it is part of an id, such as `pi_4242…` or an IBAN;
//! - within a UUID or another hexadecimal id with dashes;
//! - behind a decimal point: a coordinate;
//! - behind a plus sign and of at most 15 digits: a telephone number (ITU-T E.164);
//! - of 13 digits in one piece with the check digit of a barcode: EAN-13s begin with 4 and 5 as
//!   well, and every tenth of them passes for a card's; cards of 13 digits are no longer issued.
//!   Of 14 digits only in fields for barcodes, for Diners Club had cards of that length.

use super::issuers::{is_barcode, is_card};

/// What a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Any,
    Barcode,
    /// Telephone numbers are given without a plus sign too.
    Phone,
}

const FEWEST: usize = 13;
const MOST: usize = 19;
/// A group that others follow has at least three digits, so that a number has at most this many.
const MOST_GROUPS: usize = 7;

/// Whether a card's number is in the text. Goes over it once.
pub fn holds_one(text: &[u8], kind: Kind) -> bool {
    let mut at = 0;
    while at < text.len() {
        if !text[at].is_ascii_digit() {
            // The letter behind a backslash is no letter of the text.
            at += if text[at] == b'\\' { 2 } else { 1 };
            continue;
        }
        let (found, end) = look_at_run(text, at, kind);
        if found {
            return true;
        }
        at = end;
    }
    false
}

/// Looks at the groups of digits from `start`: whether some of them are a card's number, and where
/// they end.
fn look_at_run(text: &[u8], start: usize, kind: Kind) -> (bool, usize) {
    let mut groups = [(0, 0); MOST_GROUPS];
    let (mut known, mut at) = (0, start);
    loop {
        let end = end_of_digits(text, at);
        if known == MOST_GROUPS {
            groups.rotate_left(1);
            known -= 1;
        }
        groups[known] = (at, end);
        known += 1;
        let group = &groups[..known];
        if (0..known).any(|first| is_number(text, start, &group[first..], kind)) {
            return (true, end);
        }
        let gap = separators(text, end);
        let next = end + gap;
        if gap == 0 || !text.get(next).is_some_and(u8::is_ascii_digit) {
            return (false, end);
        }
        if end - at < 3 {
            known = 0;
        }
        at = next;
    }
}

fn end_of_digits(text: &[u8], at: usize) -> usize {
    text[at..].iter().position(|byte| !byte.is_ascii_digit()).map_or(text.len(), |len| at + len)
}

/// How many bytes of spaces and dashes stand here: at most three characters.
fn separators(text: &[u8], at: usize) -> usize {
    let mut length = 0;
    for _ in 0..3 {
        length += match text.get(at + length..).unwrap_or_default() {
            [b' ' | b'-', ..] => 1,
            // No-break space.
            [0xC2, 0xA0, ..] => 2,
            // Hyphens and dashes; figure, thin and narrow spaces.
            [0xE2, 0x80, 0x87 | 0x89 | 0x90..=0x94 | 0xAF, ..] => 3,
            _ => return length,
        };
    }
    length
}

fn is_number(text: &[u8], run: usize, groups: &[(usize, usize)], kind: Kind) -> bool {
    let length: usize = groups.iter().map(|(from, to)| to - from).sum();
    if !(FEWEST..=MOST).contains(&length) {
        return false;
    }
    let mut digits = [0; MOST];
    let all = groups.iter().flat_map(|(from, to)| &text[*from..*to]);
    digits.iter_mut().zip(all).for_each(|(digit, byte)| *digit = byte - b'0');
    let digits = &digits[..length];
    is_card(digits) && !is_something_else(text, run, groups, digits, kind)
}

/// Whether what could be a card's number stands where it means something else.
fn is_something_else(
    text: &[u8],
    run: usize,
    groups: &[(usize, usize)],
    digits: &[u8],
    kind: Kind,
) -> bool {
    let (Some((from, _)), Some((_, to))) = (groups.first(), groups.last()) else { return true };
    let before = |back: usize| from.checked_sub(back).map_or(b' ', |at| text[at]);
    let is_first = *from == run;
    let touched = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let in_an_id = touched(before(1)) && before(2) != b'\\'
        || text.get(*to).is_some_and(|byte| touched(*byte))
        || in_iban(text, run)
        || in_hex(text, *from, *to);
    let is_fraction = is_first && before(1) == b'.' && before(2).is_ascii_digit();
    let is_phone =
        digits.len() <= 15 && before(1) == b'+' || digits.len() <= 14 && kind == Kind::Phone;
    let in_one_piece = groups.len() == 1 && is_barcode(digits);
    let is_gtin =
        in_one_piece && (digits.len() == 13 || digits.len() == 14 && kind == Kind::Barcode);
    in_an_id || is_fraction || is_phone || is_gtin
}

/// `DE89 3704 0044 …`: two letters, two check digits, then groups (ISO 13616).
fn in_iban(text: &[u8], run: usize) -> bool {
    let letters = run.checked_sub(2).map_or(&[][..], |at| &text[at..run]);
    letters.len() == 2
        && letters.iter().all(u8::is_ascii_uppercase)
        && end_of_digits(text, run) == run + 2
}

/// Whether the digits are part of hexadecimal groups with dashes, such as a UUID's.
fn in_hex(text: &[u8], from: usize, to: usize) -> bool {
    let is_hex = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b'-';
    // No further than a UUID is long.
    let left = text[from.saturating_sub(36)..from].iter().rev().take_while(|b| is_hex(b)).count();
    let escape = left > 0 && (from - left).checked_sub(1).is_some_and(|at| text[at] == b'\\');
    let left = left - usize::from(escape);
    let right = text[to..].iter().take(36).take_while(|b| is_hex(b)).count();
    let whole = &text[from - left..to + right];
    let dashes = |(at, byte): (usize, &u8)| (*byte == b'-') == matches!(at, 8 | 13 | 18 | 23);
    whole.iter().any(u8::is_ascii_alphabetic)
        || whole.len() == 36 && whole.iter().enumerate().all(dashes)
}
