//! A document as a PDF: laid out on A4 in two steps, so that every page knows how many there are,
//! and drawn without any time or chance: the same contents give the same bytes.

mod draw;
mod font;
mod layout;
mod sheet;
mod table;

use self::sheet::Sheet;
#[cfg(test)]
pub(super) use self::{font::width, layout::number, sheet::Mark};
use super::DocumentContents;

/// The document's picture.
pub fn pdf(contents: &DocumentContents) -> anyhow::Result<Vec<u8>> {
    draw::draw(&laid_out(contents), &contents.number, &contents.seller.name)
}

/// What stands where, page by page.
pub(super) fn laid_out(contents: &DocumentContents) -> Vec<sheet::Page> {
    let mut sheet = Sheet::new();
    layout::document(&mut sheet, contents);
    let foot = format!("{} · {}", contents.seller.name, contents.number);
    sheet.finish(&foot)
}
