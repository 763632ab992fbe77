//! The web app: its files, and its pages as they are before their script runs.

mod document;
mod engine;
mod files;
mod policy;
mod reader;

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{OriginalUri, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use cache::{Cache, Times};
use wire::Problem;

pub use self::files::file;
use self::{document::Document, engine::Engine, reader::Reader};
use crate::{App, config::Config};

/// What nobody signed in sees is the same for all for so long.
const FRESH: Duration = Duration::from_secs(10);
const MOST_KEPT: u64 = 1_000;

/// A page as it goes out.
type Sent = (Whole, u16, String);

/// Whether a page was written with all that it shows.
#[derive(Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum Whole {
    Yes,
    /// Its browser asks for what came too late, and so does the next to ask for it.
    Late,
}

/// Writes pages.
pub struct Site {
    engine: Engine,
    document: Document,
    kept: Cache<Sent>,
    policy: HeaderValue,
    referrer: HeaderValue,
}

impl Site {
    /// None where the program was built without the web app.
    pub fn new(config: &Config) -> anyhow::Result<Option<Self>> {
        let map = &config.map;
        let built = Document::of_build(config).zip(files::server());
        let Some((document, code)) = built else { return Ok(None) };
        let (rules, begin) = document.sources();
        Ok(Some(Self {
            engine: Engine::start(code, config.help.clone()),
            kept: Cache::in_process(MOST_KEPT, Times::exactly(FRESH)),
            policy: HeaderValue::from_str(&policy::policy(map, (&rules, &begin))?)?,
            referrer: HeaderValue::from_static(policy::referrer(map)),
            document,
        }))
    }
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
    let (with, at, by) = ((app.clone(), Arc::clone(site)), url.to_owned(), reader.clone());
    let write = async move { write(&with.0, &with.1, &at, &by).await };
    let written = site.kept.get(&key, write).await;
    let mut response = match written {
        Ok((whole, status, html)) => {
            if whole == Whole::Late {
                site.kept.forget(&key).await;
            }
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            let headers = [
                (header::CACHE_CONTROL, "private, no-cache"),
                (header::VARY, "accept-language, cookie"),
            ];
            (status, headers, Html(html)).into_response()
        }
        Err(error) => {
            tracing::error!(url, error = format!("{error:#}"), "a page was not written");
            // Its script writes the page where the visitor is.
            Html(site.document.empty(&reader, url)).into_response()
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, site.policy.clone());
    headers.insert(header::REFERRER_POLICY, site.referrer.clone());
    response
}

async fn write(app: &App, site: &Site, url: &str, reader: &Reader) -> anyhow::Result<Sent> {
    let written = site.engine.page(app, url, reader).await?;
    let status = written.status;
    let whole = if written.late { Whole::Late } else { Whole::Yes };
    Ok((whole, status, site.document.around(&written, reader, &app.public_url, url)))
}
