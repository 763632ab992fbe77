//! The page's own style and script. Their names change with what is in them, so that browsers may
//! keep them for good.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// A file of the page.
pub struct File {
    pub name: String,
    pub content_type: &'static str,
    pub body: &'static str,
}

pub static STYLE: LazyLock<File> =
    LazyLock::new(|| named("css", "text/css; charset=utf-8", include_str!("../../page/page.css")));
pub static SCRIPT: LazyLock<File> = LazyLock::new(|| {
    named("js", "text/javascript; charset=utf-8", include_str!("../../page/page.js"))
});

fn named(ending: &str, content_type: &'static str, body: &'static str) -> File {
    let hash = hex::encode(&Sha256::digest(body)[..8]);
    File { name: format!("page-{hash}.{ending}"), content_type, body }
}

/// The file of this name.
pub fn file(name: &str) -> Option<&'static File> {
    [&*STYLE, &*SCRIPT].into_iter().find(|file| file.name == name)
}
