//! Live streams (server-sent events): somebody watches something and is told what happens to it, until it
//! is over, their time or their session is, or this process ends.

use std::{collections::VecDeque, convert::Infallible, fmt::Display, time::Duration};

use axum::response::sse::{Event, KeepAlive, Sse};
use cache::{Bell, Listener};
use futures::{Stream, stream};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use wire::{Pass, Verifier};

/// When somebody should come again whose stream ends with this process.
const COME_AGAIN: Duration = Duration::from_secs(1);

/// The live streams of one kind of thing, such as orders.
#[derive(Clone)]
pub struct Live {
    pub(crate) of: &'static str,
    pub(crate) bell: Bell,
    pub(crate) verifier: Verifier,
    /// Cancelled when this process is about to end.
    pub(crate) leaving: CancellationToken,
}

/// How long streams last and what is heard on them meanwhile.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// After this it ends, and whoever watches comes again.
    pub whole: Duration,
    /// Between two looks, where nobody rings.
    pub look: Duration,
    /// Between two signs of life, where there is nothing to tell.
    pub heartbeat: Duration,
}

/// Somebody who watches one thing.
pub trait Watcher: Send + 'static {
    /// What there is to see since they looked last. Where that fails the stream ends: they come again,
    /// and then hear what is the matter.
    fn look(&mut self) -> impl Future<Output = anyhow::Result<Sight>> + Send;
}

/// What a look finds.
pub enum Sight {
    News(Vec<Event>),
    Nothing,
    /// Nothing, and there will be nothing more.
    Over,
}

impl Live {
    /// Wakes whoever watches this one: after what happened to it was committed.
    pub fn ring(&self, one: impl Display) {
        self.bell.ring(&self.topic(one));
    }

    /// Tells what happens to this one from now on, to whom this pass let in, for as long as it holds.
    pub fn stream<T: Display, W: Watcher>(
        &self,
        one: T,
        pass: Pass,
        pace: Pace,
        watcher: W,
    ) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<T, W>> {
        let watch = Watch {
            bell: self.bell.listen(&self.topic(one)),
            live: self.clone(),
            pass,
            until: Instant::now() + pace.whole,
            pause: pace.look,
            watcher,
            ready: VecDeque::new(),
            told_to_come_again: false,
        };
        let events = stream::unfold(watch, |mut watch| async move {
            watch.next().await.map(|event| (Ok(event), watch))
        });
        Sse::new(events).keep_alive(KeepAlive::new().interval(pace.heartbeat))
    }

    fn topic(&self, one: impl Display) -> String {
        format!("{} {one}", self.of)
    }
}

struct Watch<W> {
    /// Rings when something has happened; what is not heard is found a look later.
    bell: Listener,
    live: Live,
    pass: Pass,
    until: Instant,
    pause: Duration,
    watcher: W,
    ready: VecDeque<Event>,
    /// Whether this process ends, and that has been said.
    told_to_come_again: bool,
}

impl<W: Watcher> Watch<W> {
    /// The next event; none when there will be none.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.live.leaving.is_cancelled() {
                let told = std::mem::replace(&mut self.told_to_come_again, true);
                return (!told).then(|| Event::default().retry(COME_AGAIN));
            }
            if Instant::now() >= self.until || self.live.verifier.has_ended(&self.pass) {
                return None;
            }
            let sight = self.watcher.look().await;
            let sight = sight.inspect_err(|error| {
                tracing::warn!(error = format!("{error:#}"), "a live stream ends");
            });
            match sight.ok()? {
                Sight::News(events) => self.ready.extend(events),
                Sight::Over => return None,
                Sight::Nothing => tokio::select! {
                    () = tokio::time::sleep(self.pause) => {}
                    () = self.bell.rung() => {}
                    () = self.live.leaving.cancelled() => {}
                },
            }
        }
    }
}
