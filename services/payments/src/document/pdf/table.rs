//! A table whose heading stands on every page that it goes over.

use super::{
    font,
    sheet::{LEFT, Look, Mark, PLAIN, RIGHT, STRONG, Sheet},
};

const LEADING: f32 = 12.5;
const PADDING: f32 = 5.0;
/// The first column is never narrower.
const NARROWEST: f32 = 120.0;
const GAP: f32 = 14.0;

/// The first column is text and takes the room that the others leave; these are amounts, and end on
/// the right.
pub struct Table<'a> {
    pub heading: &'a [&'a str],
    pub rows: Vec<Vec<String>>,
}

impl Table<'_> {
    pub fn write(&self, sheet: &mut Sheet) {
        let ends = self.ends();
        let first = ends[1..].first().copied().unwrap_or(RIGHT);
        let room = (first - self.width(1) - GAP - LEFT - PADDING).max(NARROWEST);
        self.head(sheet, &ends);
        for row in &self.rows {
            let name = font::wrapped(&row[0], PLAIN.size, PLAIN.bold, room);
            let height = PADDING.mul_add(1.2, LEADING * name.len().max(1) as f32);
            if !sheet.has_room(height) {
                sheet.next_page();
                self.head(sheet, &ends);
            }
            let y = sheet.y + LEADING;
            for (number, text) in name.into_iter().enumerate() {
                sheet.text(LEFT + PADDING, LEADING.mul_add(number as f32, y), PLAIN, text);
            }
            for (end, cell) in ends[1..].iter().zip(&row[1..]) {
                sheet.text_to(*end, y, PLAIN, cell);
            }
            sheet.y += height;
            sheet.rule(sheet.y, LEFT, false);
        }
    }

    fn head(&self, sheet: &mut Sheet, ends: &[f32]) {
        let height = PADDING.mul_add(1.4, LEADING);
        // A heading without a row below says nothing.
        if !sheet.has_room(height + 2.0 * LEADING) {
            sheet.next_page();
        }
        sheet.put(Mark::Band { y: sheet.y, height });
        let (y, look) = (sheet.y + LEADING, Look { size: 8.0, ..STRONG });
        sheet.text(LEFT + PADDING, y, look, self.heading[0]);
        for (end, name) in ends[1..].iter().zip(&self.heading[1..]) {
            sheet.text_to(*end, y, look, name);
        }
        sheet.y += height;
    }

    /// How wide a column of amounts must be.
    fn width(&self, column: usize) -> f32 {
        let head = font::width(self.heading.get(column).copied().unwrap_or_default(), 8.0, true);
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| font::width(cell, PLAIN.size, false)).fold(head, f32::max)
    }

    /// Where each column ends, from the last one backwards.
    fn ends(&self) -> Vec<f32> {
        let mut ends = vec![0.0; self.heading.len()];
        let mut end = RIGHT - PADDING;
        for column in (1..self.heading.len()).rev() {
            ends[column] = end;
            end -= self.width(column) + GAP;
        }
        ends[0] = end;
        ends
    }
}
