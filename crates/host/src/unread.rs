//! What a handler leaves unread of a request's body is read before the answer goes. A connection
//! that is closed over it would take the answer along, and whoever keeps it open for the next
//! request could not tell where that begins.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
};
use futures::StreamExt;
use hyper::body::{Frame, SizeHint};

/// What is read for nobody, in bytes, and how long; who sends more finds the connection closed.
const MOST: usize = 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(1);

/// A body that the handler reads from, and that is there afterwards.
pub(crate) struct Unread(Arc<Mutex<Body>>);

struct Lent(Arc<Mutex<Body>>);

impl Unread {
    /// The same request, and what stays of its body.
    pub(crate) fn of(request: Request) -> (Request, Self) {
        let (parts, body) = request.into_parts();
        let body = Arc::new(Mutex::new(body));
        (Request::from_parts(parts, Body::new(Lent(Arc::clone(&body)))), Self(body))
    }

    /// Whether all of it has been read, now at the latest.
    pub(crate) async fn read(self) -> bool {
        let mut rest = Body::new(Lent(self.0)).into_data_stream();
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

impl Lent {
    fn with<T>(&self, act: impl FnOnce(&mut Body) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.with(|body| {
            let frame = Pin::new(&mut *body).poll_frame(cx);
            // Not every body may be asked again after its end.
            if !matches!(frame, Poll::Pending | Poll::Ready(Some(Ok(_)))) {
                *body = Body::empty();
            }
            frame
        })
    }

    fn is_end_stream(&self) -> bool {
        self.with(|body| body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.with(|body| body.size_hint())
    }
}
