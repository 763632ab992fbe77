//! The files of the web app, which its build has laid beside the source.

use axum::{
    extract::OriginalUri,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};
use wire::Problem;

/// For the browser.
#[derive(RustEmbed)]
#[folder = "../../web/dist/site"]
#[allow_missing = true]
struct Files;

/// For the engine that writes pages.
#[derive(RustEmbed)]
#[folder = "../../web/dist/server"]
#[allow_missing = true]
struct Server;

/// It fetches pages and files for those who look at them.
const WORKER: &str = "worker.js";
const WORKER_POLICY: &str = "default-src 'none'; connect-src 'self'";

pub fn manifest() -> Option<EmbeddedFile> {
    Files::get("manifest.json")
}

pub fn server() -> Option<String> {
    String::from_utf8(Server::get("server.js")?.data.into_owned()).ok()
}

/// What is written in a file for the browser.
pub fn text(path: &str) -> Option<String> {
    String::from_utf8(Files::get(path)?.data.into_owned()).ok()
}

/// A file of the web app, compressed where its build made that and the browser
/// takes it.
pub async fn file(OriginalUri(uri): OriginalUri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    let Some(plain) = Files::get(path) else { return Problem::not_found("file").into_response() };
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let small =
        accepted.is_some_and(takes_brotli).then(|| Files::get(&format!("{path}.br"))).flatten();
    let kind = plain.metadata.mimetype().to_owned();
    let (bytes, encoding) = match small {
        Some(small) => (small.data, Some("br")),
        None => (plain.data, None),
    };
    let mut response = bytes.into_owned().into_response();
    let all = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(&kind) {
        all.insert(header::CONTENT_TYPE, kind);
    }
    if let Some(encoding) = encoding {
        all.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    // Names of assets change with what is in them.
    let keep = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=3600"
    };
    all.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    all.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if path == WORKER {
        all.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(WORKER_POLICY));
    }
    response
}

/// Whether an `Accept-Encoding` names it, and not as what is not wanted (RFC 9110, 12.5.3).
fn takes_brotli(accepted: &str) -> bool {
    accepted.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br"));
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map(str::parse::<f32>);
        named && weight.is_none_or(|weight| weight.is_ok_and(|weight| weight > 0.0))
    })
}

#[cfg(test)]
mod tests {
    use super::takes_brotli;

    #[test]
    fn brotli_goes_to_whoever_takes_it() {
        for yes in ["br", "gzip, deflate, br, zstd", "gzip;q=0.5,br;q=0.1", "BR; q=1.0"] {
            assert!(takes_brotli(yes), "{yes}");
        }
        for no in ["", "gzip", "br;q=0", "gzip, br; q=0.000", "brotli", "br;q=x"] {
            assert!(!takes_brotli(no), "{no}");
        }
    }
}
