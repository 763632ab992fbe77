//! Answers that everyone gets alike, kept for a moment as the bytes that went out.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Method, Uri, header},
    middleware::Next,
    response::Response,
};
use bytes::Bytes;
use cache::Cache;
use serde::Serialize;
use wire::{Freshness, InHand, Position};

/// The answer to whoever asks for this address without being told more than others; none where
/// there is nothing. `load` brings it, with its version if it has one. Whoever has just written gets
/// none that is kept for others, who may have brought it from a replica that had not yet heard of it,
/// but what was brought for somebody who had come exactly as far.
pub async fn answer<T: Serialize>(
    kept: &Cache,
    uri: &Uri,
    load: impl Future<Output = anyhow::Result<Option<(Option<i64>, T)>>> + Send + 'static,
) -> anyhow::Result<Option<Response>> {
    // It may be large, and each way of asking holds it.
    let load = Box::pin(async move { load.await.and_then(|found| written(found.as_ref())) });
    let asked = wire::current();
    let bytes = match asked.as_ref().map_or(Freshness::Any, |asked| asked.freshness) {
        Freshness::Any => kept.get(key(uri), load).await?,
        Freshness::Since(Position { cluster, timeline, at }) => {
            let key = format!("{} {cluster} {timeline} {at}", key(uri));
            // Whoever loads it does so as new as it is wanted.
            let scoped = async move {
                match asked {
                    Some(asked) => asked.scope(load).await,
                    None => load.await,
                }
            };
            kept.get(&key, scoped).await?
        }
        Freshness::Newest => load.await?,
    };
    Ok(read(bytes).map(|answer| answer.map(Body::from)))
}

/// The same, where it is kept.
pub fn at_hand(kept: &Cache, uri: &Uri) -> Option<InHand> {
    let (bytes, fresh) = kept.near(key(uri))?;
    Some(InHand { answer: read(bytes)?, stale: !fresh })
}

fn key(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", |path| path.as_str())
}

/// The version, a line's end, and the body; nothing at all where there is nothing.
fn written<T: Serialize>(found: Option<&(Option<i64>, T)>) -> anyhow::Result<Bytes> {
    let Some((version, body)) = found else { return Ok(Bytes::new()) };
    let mut bytes = version.map(|version| version.to_string()).unwrap_or_default().into_bytes();
    bytes.push(b'\n');
    serde_json::to_writer(&mut bytes, body)?;
    Ok(bytes.into())
}

fn read(bytes: Bytes) -> Option<axum::http::Response<Bytes>> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let version = std::str::from_utf8(&bytes[..end]).ok().and_then(|text| text.parse().ok());
    let mut answer = axum::http::Response::new(bytes.slice(end + 1..));
    let json = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(header::CONTENT_TYPE, json);
    if let Some([(name, tag)]) = version.map(wire::etag) {
        answer.headers_mut().insert(name, HeaderValue::try_from(tag).ok()?);
    }
    Some(answer)
}

/// Forgets all answers after whatever may have changed one, before whoever changed it hears so.
pub async fn forget_after_changes(
    State(kept): State<Cache>,
    request: Request,
    next: Next,
) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let mut owed = Owed(Some(kept));
    let response = next.run(request).await;
    let kept = owed.0.take();
    // What is refused has changed nothing; what broke may have.
    if let Some(kept) = kept.filter(|_| !response.status().is_client_error()) {
        kept.forget_all().await;
    }
    response
}

/// Whoever changes something may leave before it is answered, and after it was committed.
struct Owed(Option<Cache>);

impl Drop for Owed {
    fn drop(&mut self) {
        if let Some(kept) = self.0.take() {
            tokio::spawn(async move { kept.forget_all().await });
        }
    }
}
