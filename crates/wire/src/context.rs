use std::{future::Future, time::Duration};

use tokio::time::Instant;

use crate::Freshness;

tokio::task_local! {
    static CURRENT: Context;
}

/// What travels with a request through every service it touches.
#[derive(Debug, Clone)]
pub struct Context {
    pub request_id: String,
    /// W3C trace context, passed on as it came.
    pub traceparent: Option<String>,
    /// When whoever asked stops waiting.
    pub deadline: Instant,
    /// How new what is read for it must be.
    pub freshness: Freshness,
}

impl Context {
    /// Runs `work` as part of this request.
    pub async fn scope<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }

    /// How long there is left.
    pub fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

/// The request being served, if this task serves one.
pub fn current() -> Option<Context> {
    CURRENT.try_with(Clone::clone).ok()
}
