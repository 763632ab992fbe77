//! Noto Sans, regular and bold: Latin, Greek and Cyrillic, and the signs of currencies. What it does
//! not have is drawn as an empty box.

use std::sync::LazyLock;

use ttf_parser::Face;

pub const REGULAR: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/fonts/NotoSans-Regular.ttf"));
pub const BOLD: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/fonts/NotoSans-Bold.ttf"));

static FACES: LazyLock<[Face<'static>; 2]> = LazyLock::new(|| {
    [REGULAR, BOLD].map(|file| Face::parse(file, 0).expect("the font that is built in"))
});

/// How wide a text is, in points.
pub fn width(text: &str, size: f32, bold: bool) -> f32 {
    let face = &FACES[usize::from(bold)];
    let units: u32 = text
        .chars()
        .map(|letter| face.glyph_index(letter).unwrap_or_default())
        .map(|glyph| u32::from(face.glyph_hor_advance(glyph).unwrap_or_default()))
        .sum();
    units as f32 * size / f32::from(face.units_per_em())
}

/// The text in rows that are no wider than `most`; a word that is wider alone is broken.
pub fn wrapped(text: &str, size: f32, bold: bool, most: f32) -> Vec<String> {
    let mut rows = Vec::new();
    for paragraph in text.lines() {
        let mut row = String::new();
        for word in paragraph.split_whitespace() {
            let longer = if row.is_empty() { word.to_owned() } else { format!("{row} {word}") };
            if width(&longer, size, bold) <= most {
                row = longer;
                continue;
            }
            if !row.is_empty() {
                rows.push(std::mem::take(&mut row));
            }
            for letter in word.chars() {
                row.push(letter);
                if row.chars().count() > 1 && width(&row, size, bold) > most {
                    row.pop();
                    rows.push(std::mem::replace(&mut row, letter.to_string()));
                }
            }
        }
        if !row.is_empty() {
            rows.push(row);
        }
    }
    rows
}
