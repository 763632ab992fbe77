//! What a handler leaves unread of a request's body is read before the answer goes: whoever keeps
//! the connection open for the next request could not tell where that begins.

use std::time::Duration;

use axum::{body::Body, extract::Request};
use futures::StreamExt;
use wire::Lent;

/// What is read for nobody, in bytes, and how long; who sends more is told that the
/// connection ends, and it ends gently (`socket.rs`).
const MOST: usize = 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(1);

/// A body that the handler reads from, and that is there afterwards.
pub(crate) struct Unread(Lent);

impl Unread {
    /// The same request, and what stays of its body.
    pub(crate) fn of(request: Request) -> (Request, Self) {
        let (parts, body) = request.into_parts();
        let body = Lent::new(body);
        (Request::from_parts(parts, Body::new(body.clone())), Self(body))
    }

    /// Whether all of it has been read, now at the latest.
    pub(crate) async fn read(self) -> bool {
        let mut rest = Body::new(self.0).into_data_stream();
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
        tokio::time::timeout(PATIENCE, reading).await.unwrap_or(false)
    }
}
