//! The HTML around what a page shows.

use std::{collections::BTreeMap, fmt::Write};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{engine::Written, files, reader::Reader};
use crate::config::Config;

/// Where the browser finds the files of this build.
pub struct Document {
    script: String,
    /// What it begins with.
    parts: Vec<String>,
    /// What else a page begins with.
    pages: Vec<First>,
    /// All rules of the first page, as HTML: nobody waits for another file to see it.
    style: String,
    font: Option<String>,
    /// What is said, by language and area: `en/shop`.
    messages: BTreeMap<String, String>,
    /// Whose map it shows, and who helps, as the app reads them (web/src/lib/{settings,contact}.ts).
    set: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Chunk {
    file: String,
    #[serde(default)]
    imports: Vec<String>,
    #[serde(default)]
    css: Vec<String>,
    #[serde(default)]
    assets: Vec<String>,
}

/// Where the browser begins.
const ENTRY: &str = "src/main.tsx";
/// The part of the font that most pages are written in.
const FONT: &str = "figtree-latin-wght-normal";

/// Pages whose code comes apart from what all begin with: fetched beside it, not after it. The budget of
/// the first load is of the same list (web/tests/budget.test.ts).
const PAGES: &str = include_str!("../../../../web/first.json");

/// What one of them begins with.
#[derive(Deserialize)]
struct First {
    /// Its path, or how it begins before a `*`.
    path: String,
    files: Vec<String>,
    /// Areas of what it says.
    says: Vec<String>,
}

impl First {
    fn is_at(&self, path: &str) -> bool {
        match self.path.strip_suffix('*') {
            Some(start) => path.strip_prefix(start).is_some_and(|rest| !rest.is_empty()),
            None => path == self.path,
        }
    }
}

/// What is there is seen first; the parts of the script are fetched after that, beside each other.
const BEGIN: &str = "requestAnimationFrame(()=>setTimeout(()=>{for(const part of \
                     JSON.parse(document.getElementById('parts').textContent))import(part)}))";

impl Document {
    pub fn of_build(config: &Config) -> Option<Self> {
        let manifest = files::manifest()?;
        let mut chunks: BTreeMap<String, Chunk> = serde_json::from_slice(&manifest.data).ok()?;
        let entry = chunks.remove(ENTRY)?;
        let part = |name: &String| chunks.get(name).map(|chunk| chunk.file.clone());
        let parts: Vec<String> = entry.imports.iter().filter_map(part).collect();
        let mut pages: Vec<First> = serde_json::from_str(PAGES).ok()?;
        for page in &mut pages {
            let mut files = Vec::new();
            with_imports(&chunks, &page.files, &mut files);
            page.files = files.into_iter().filter(|file| !parts.contains(file)).collect();
        }
        let messages = chunks.into_iter().filter_map(|(name, chunk)| {
            let area = name.strip_prefix("messages/")?.strip_suffix(".json")?;
            Some((area.to_owned(), chunk.file))
        });
        Some(Self {
            set: attributes(config),
            messages: messages.collect(),
            pages,
            parts,
            script: entry.file,
            style: entry.css.iter().filter_map(|file| files::text(file)).collect(),
            font: entry.assets.into_iter().find(|file| file.contains(FONT)),
        })
    }

    /// What a policy calls the rules and the script that are in the page itself.
    pub fn sources(&self) -> (String, String) {
        let source =
            |inline: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(inline)));
        (source(&self.style), source(BEGIN))
    }

    /// A page as it was written.
    pub fn around(&self, page: &Written, reader: &Reader, house: &str, url: &str) -> String {
        let path = url.split('?').next().unwrap_or_default();
        let mut html = self.head(&page.title, path, reader);
        let _ = write!(html, "<link rel=\"canonical\" href=\"{}{}\">", text(house), text(path));
        if !page.description.is_empty() {
            let about = text(&page.description);
            let _ = write!(html, "<meta name=\"description\" content=\"{about}\">");
        }
        if !page.listed {
            html.push_str("<meta name=\"robots\" content=\"noindex\">");
        }
        if !page.about.is_empty() {
            let _ = write!(html, "<script type=\"application/ld+json\">{}</script>", page.about);
        }
        html.push_str("</head><body><div id=\"site\">");
        html.push_str(&page.body);
        html.push_str("</div><script type=\"application/json\" id=\"given\">");
        html.push_str(&page.given);
        html.push_str("</script></body></html>");
        html
    }

    /// A page that its script will write.
    pub fn empty(&self, reader: &Reader, url: &str) -> String {
        let path = url.split('?').next().unwrap_or_default();
        self.head("Tipple", path, reader) + "</head><body><div id=\"site\"></div></body></html>"
    }

    fn head(&self, title: &str, path: &str, reader: &Reader) -> String {
        let Reader { language, direction, locale } = reader;
        let mut html = format!(
            "<!doctype html><html lang=\"{language}\" dir=\"{direction}\" data-locale=\"{locale}\"{}>\
             <head><meta charset=\"utf-8\"><meta name=\"viewport\" \
             content=\"width=device-width, initial-scale=1\"><title>{}</title>",
            self.set,
            text(title)
        );
        let (icon, manifest) = App::of(path).files();
        let _ = write!(html, "<link rel=\"icon\" href=\"/{icon}.svg\" type=\"image/svg+xml\">");
        let _ = write!(html, "<link rel=\"apple-touch-icon\" href=\"/{icon}-192.png\">");
        let _ = write!(html, "<link rel=\"manifest\" href=\"/{manifest}.webmanifest\">");
        let _ = write!(html, "<style>{}</style>", self.style);
        if let Some(font) = &self.font {
            let _ = write!(
                html,
                "<link rel=\"preload\" as=\"font\" type=\"font/woff2\" crossorigin href=\"/{font}\">"
            );
        }
        let page = self.pages.iter().find(|page| page.is_at(path));
        let said = |area: &str| self.messages.get(&format!("{language}/{area}"));
        let parts = self.parts.iter().chain(said("shop")).chain([&self.script]);
        let of_page = page.into_iter().flat_map(|page| &page.files);
        let says = page.into_iter().flat_map(|page| &page.says).filter_map(|area| said(area));
        let parts = parts.chain(of_page).chain(says);
        let parts: Vec<String> = parts.map(|part| format!("\"/{part}\"")).collect();
        let parts = parts.join(",");
        let _ = write!(html, "<script type=\"application/json\" id=\"parts\">[{parts}]</script>");
        let _ = write!(html, "<script>{BEGIN}</script>");
        html
    }
}

/// Adds the files of these parts, and of all that they need.
fn with_imports(chunks: &BTreeMap<String, Chunk>, names: &[String], files: &mut Vec<String>) {
    for chunk in names.iter().filter_map(|name| chunks.get(name)) {
        if !files.contains(&chunk.file) {
            files.push(chunk.file.clone());
            with_imports(chunks, &chunk.imports, files);
        }
    }
}

/// What a phone can be told to keep as an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum App {
    Shop,
    /// Drivers have one of their own, which nobody else is offered.
    Driver,
}

impl App {
    fn of(path: &str) -> Self {
        let first = path.trim_start_matches('/').split('/').next();
        if first == Some("driver") { Self::Driver } else { Self::Shop }
    }

    /// How the files of its icons begin, and its manifest.
    const fn files(self) -> (&'static str, &'static str) {
        match self {
            Self::Shop => ("icon", "site"),
            Self::Driver => ("driver-icon", "driver"),
        }
    }
}

fn attributes(Config { map, help, .. }: &Config) -> String {
    let set = [
        ("data-map-style", &map.style_url),
        ("data-google-key", &map.google_key),
        ("data-google-map", &map.google_map_id),
        ("data-help-email", &help.email),
        ("data-help-phone", &help.phone),
    ];
    let set = set.into_iter().filter(|(_, value)| !value.is_empty());
    set.map(|(name, value)| format!(" {name}=\"{}\"", text(value))).collect()
}

/// As it may stand in HTML, in an attribute too.
fn text(plain: &str) -> String {
    plain
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::{App, First, PAGES};

    #[test]
    fn each_page_is_known_by_its_path() {
        let pages: Vec<First> = serde_json::from_str(PAGES).expect("pages");
        let at = |path: &str| {
            let found: Vec<_> = pages.iter().filter(|page| page.is_at(path)).collect();
            assert!(found.len() < 2, "{path} is two pages");
            found.first().map(|page| page.path.as_str())
        };
        assert_eq!(at("/"), Some("/"));
        assert_eq!(at("/orders"), Some("/orders"));
        assert_eq!(at("/orders/01a2"), Some("/orders/*"));
        assert_eq!(at("/account/second-factor"), Some("/account/second-factor"));
        assert_eq!(at("/c/wine/red"), Some("/c/*"));
        for path in ["/operator", "/storesque", "/s/", "/c"] {
            assert_eq!(at(path), None, "{path}");
        }
    }

    #[test]
    fn drivers_have_an_app_of_their_own() {
        for path in ["/driver", "/driver/earnings"] {
            assert_eq!(App::of(path), App::Driver);
        }
        for path in ["/", "/drivers", "/orders/driver", "/operator/driver", "/offline"] {
            assert_eq!(App::of(path), App::Shop);
        }
    }
}
