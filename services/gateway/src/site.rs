//! The web app: its files, and its pages as they are before their script runs.

mod document;
mod engine;
mod files;
mod reader;

use std::time::Duration;

use axum::{
    extract::{OriginalUri, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use cache::Cache;
use wire::Problem;

pub use self::files::file;
use self::{document::Document, engine::Engine, reader::Reader};
use crate::App;

/// What nobody signed in sees is the same for all for so long.
const FRESH: Duration = Duration::from_secs(10);
const MOST_KEPT: u64 = 1_000;

/// Writes pages.
pub struct Site {
    engine: Engine,
    document: Document,
    policy: HeaderValue,
    kept: Cache<(u16, String)>,
}

impl Site {
    /// None where the program was built without the web app.
    pub fn new() -> Option<Self> {
        let document = Document::of_build()?;
        let engine = Engine::start(files::server()?);
        let policy = policy(&document).parse().ok()?;
        Some(Self { engine, document, policy, kept: Cache::in_process(MOST_KEPT, FRESH) })
    }
}

/// Nothing but what comes from here.
fn policy(document: &Document) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self' {}; font-src 'self'; \
         img-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'",
        document.style_source()
    )
}

/// A page of the web app.
pub async fn page(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let Some(site) = &app.site else { return Problem::not_found("path").into_response() };
    let url = uri.path_and_query().map_or("/", |path| path.as_str());
    let reader = Reader::of(&headers);
    let key = format!("{} {url}", reader.locale);
    let written = site.kept.get(&key, async { write(&app, site, url, &reader).await }).await;
    let policy = [(header::CONTENT_SECURITY_POLICY, site.policy.clone())];
    match written {
        Ok((status, html)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            let headers = [
                (header::CACHE_CONTROL, "private, no-cache"),
                (header::VARY, "accept-language, cookie"),
            ];
            (status, policy, headers, Html(html)).into_response()
        }
        Err(error) => {
            tracing::error!(url, error = format!("{error:#}"), "a page was not written");
            // Its script writes the page where the visitor is.
            let html = site.document.empty(&reader);
            (policy, Html(html)).into_response()
        }
    }
}

async fn write(
    app: &App,
    site: &Site,
    url: &str,
    reader: &Reader,
) -> anyhow::Result<(u16, String)> {
    let written = site.engine.page(app, url, reader).await?;
    let status = written.status;
    Ok((status, site.document.around(&written, reader, &app.public_url, url)))
}
