//! What is left unread of a request's body is read before the answer goes: whoever keeps
//! the connection open for the next request could not tell where that begins.

use std::time::Duration;

use axum::{
    body::{Body, HttpBody},
    http::{HeaderValue, Request, Version, header},
    response::Response,
};
use futures::StreamExt;

/// What is read for nobody, in bytes, and how long; who sends more is told that the
/// connection ends, and it ends gently (`socket.rs`).
const MOST: usize = 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(1);

/// Whether anything can be left; in HTTP/2 each request has an end of its own, whatever is left of it.
pub(crate) fn may_be<T>(request: &Request<T>, body: &impl HttpBody) -> bool {
    request.version() != Version::HTTP_2 && !body.is_end_stream()
}

/// Reads the rest before the answer goes; where that is too much, whoever asked is told not to send the
/// next request into what is left of this one.
pub(crate) async fn read(rest: Body, answer: &mut Response) {
    let mut rest = rest.into_data_stream();
    let reading = async {
        let mut read = 0;
        while let Some(chunk) = rest.next().await {
            read += chunk.map_or(MOST, |chunk| chunk.len());
            if read >= MOST {
                return false;
            }
        }
        true
    };
    if !tokio::time::timeout(PATIENCE, reading).await.unwrap_or(false) {
        answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
}
