//! Pages to put marks on, from top to bottom.

use super::font;

/// A4, in points.
pub const WIDTH: f32 = 595.28;
pub const HEIGHT: f32 = 841.89;
pub const LEFT: f32 = 51.0;
pub const RIGHT: f32 = WIDTH - 51.0;
const TOP: f32 = 51.0;
/// Nothing but the foot stands below.
pub const BOTTOM: f32 = HEIGHT - 68.0;

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    pub size: f32,
    pub bold: bool,
    pub grey: bool,
}

pub const PLAIN: Look = Look { size: 9.0, bold: false, grey: false };
pub const STRONG: Look = Look { bold: true, ..PLAIN };
pub const FAINT: Look = Look { grey: true, ..PLAIN };
pub const SMALL: Look = Look { size: 7.5, bold: false, grey: true };

/// Something on a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// `y` is the line that letters stand on.
    Text {
        x: f32,
        y: f32,
        look: Look,
        text: String,
    },
    Rule {
        y: f32,
        from: f32,
        to: f32,
        strong: bool,
    },
    /// A faint band behind a heading.
    Band {
        y: f32,
        height: f32,
    },
}

pub type Page = Vec<Mark>;

/// The pages so far, and where the next thing goes.
pub struct Sheet {
    pages: Vec<Page>,
    pub y: f32,
}

impl Sheet {
    pub fn new() -> Self {
        Self { pages: vec![Vec::new()], y: TOP }
    }

    pub fn put(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    pub fn text(&mut self, x: f32, y: f32, look: Look, text: impl Into<String>) {
        self.put(Mark::Text { x, y, look, text: text.into() });
    }

    /// A text that ends at `x`.
    pub fn text_to(&mut self, x: f32, y: f32, look: Look, text: &str) {
        self.text(x - font::width(text, look.size, look.bold), y, look, text);
    }

    pub fn rule(&mut self, y: f32, from: f32, strong: bool) {
        self.put(Mark::Rule { y, from, to: RIGHT, strong });
    }

    /// Whether so much still fits on this page.
    pub fn has_room(&self, height: f32) -> bool {
        self.y + height <= BOTTOM
    }

    pub fn next_page(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP;
    }

    /// The pages, each with its foot.
    pub fn finish(mut self, foot: &str) -> Vec<Page> {
        let (all, y) = (self.pages.len(), HEIGHT - 40.0);
        for (number, page) in self.pages.iter_mut().enumerate() {
            page.push(Mark::Rule { y: y - 12.0, from: LEFT, to: RIGHT, strong: false });
            let foot = font::wrapped(foot, SMALL.size, false, RIGHT - LEFT - 60.0);
            let foot = foot.into_iter().next().unwrap_or_default();
            page.push(Mark::Text { x: LEFT, y, look: SMALL, text: foot });
            let text = format!("{} / {all}", number + 1);
            let x = RIGHT - font::width(&text, SMALL.size, false);
            page.push(Mark::Text { x, y, look: SMALL, text });
        }
        self.pages
    }
}
