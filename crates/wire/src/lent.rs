//! A body that somebody else reads from, and that can be looked at and read on afterwards.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};

/// A handle of a body; all handles share the one body.
#[derive(Clone)]
pub struct Lent(Arc<Mutex<Shared>>);

struct Shared {
    body: Body,
    begun: bool,
    read: bool,
    failed: bool,
}

impl Lent {
    pub fn new(body: Body) -> Self {
        Self(Arc::new(Mutex::new(Shared { body, begun: false, read: false, failed: false })))
    }

    /// Whether some of it may be on its way.
    pub fn is_begun(&self) -> bool {
        self.with(|shared| shared.begun)
    }

    /// Whether its end has been reached.
    pub fn is_read(&self) -> bool {
        self.with(|shared| shared.read || shared.body.is_end_stream())
    }

    /// Whether whoever sends it broke off.
    pub fn has_failed(&self) -> bool {
        self.with(|shared| shared.failed)
    }

    fn with<T>(&self, act: impl FnOnce(&mut Shared) -> T) -> T {
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
        self.with(|shared| {
            shared.begun = true;
            let frame = Pin::new(&mut shared.body).poll_frame(cx);
            shared.read |= matches!(frame, Poll::Ready(None));
            shared.failed |= matches!(frame, Poll::Ready(Some(Err(_))));
            // Not every body may be asked again after its end.
            if shared.read || shared.failed {
                shared.body = Body::empty();
            }
            frame
        })
    }

    fn is_end_stream(&self) -> bool {
        self.with(|shared| shared.body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.with(|shared| shared.body.size_hint())
    }
}
