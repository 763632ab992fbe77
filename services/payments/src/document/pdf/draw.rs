//! Marks as a PDF. Of each font only the letters that occur go into it.

use anyhow::{Context, anyhow};
use krilla::{
    Document,
    color::rgb,
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, FillRule, Stroke},
    surface::Surface,
    text::{Font, TextDirection},
};

use super::{
    font,
    sheet::{HEIGHT, LEFT, Mark, Page, RIGHT, WIDTH},
};

/// What letters, faint letters, rules and bands are drawn in.
const INK: u8 = 25;
const GREY: u8 = 105;
const LINE: u8 = 205;
const BAND: u8 = 240;

pub fn draw(pages: &[Page], title: &str, author: &str) -> anyhow::Result<Vec<u8>> {
    let font = |file: &'static [u8]| Font::new(file.into(), 0).context("the font that is built in");
    let fonts = [font(font::REGULAR)?, font(font::BOLD)?];
    let mut document = Document::new();
    let metadata = Metadata::new().title(title.to_owned()).authors(vec![author.to_owned()]);
    document.set_metadata(metadata.document_id(title.to_owned()));
    for marks in pages {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).context("a page")?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for mark in marks {
            put(&mut surface, &fonts, mark);
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| anyhow!("{error:?}"))
}

fn put(surface: &mut Surface<'_>, fonts: &[Font; 2], mark: &Mark) {
    match mark {
        Mark::Text { x, y, look, text } => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(if look.grey { GREY } else { INK })));
            let (at, font) = (Point::from_xy(*x, *y), fonts[usize::from(look.bold)].clone());
            surface.draw_text(at, font, look.size, text, false, TextDirection::Auto);
        }
        Mark::Rule { y, from, to, strong } => {
            let mut path = PathBuilder::new();
            path.move_to(*from, *y);
            path.line_to(*to, *y);
            surface.set_fill(None);
            let paint = grey(if *strong { INK } else { LINE });
            let width = if *strong { 0.9 } else { 0.5 };
            surface.set_stroke(Some(Stroke { paint, width, ..Stroke::default() }));
            path.finish().into_iter().for_each(|path| surface.draw_path(&path));
        }
        Mark::Band { y, height } => {
            let mut path = PathBuilder::new();
            let band = Rect::from_xywh(LEFT, *y, RIGHT - LEFT, *height);
            band.into_iter().for_each(|band| path.push_rect(band));
            surface.set_stroke(None);
            surface.set_fill(Some(fill(BAND)));
            path.finish().into_iter().for_each(|path| surface.draw_path(&path));
        }
    }
}

fn grey(shade: u8) -> krilla::paint::Paint {
    rgb::Color::new(shade, shade, shade).into()
}

fn fill(shade: u8) -> Fill {
    Fill { paint: grey(shade), opacity: NormalizedF32::ONE, rule: FillRule::default() }
}
