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

/// Between two looks at least, where the bell tells of all that happens: one look for each of very many
/// streams is much, and finds nothing.
const RARELY: Duration = Duration::from_secs(3);

/// The live streams of one kind of thing, such as orders.
#[derive(Clone)]
pub struct Live {
    pub(crate) of: &'static str,
    pub(crate) bell: Bell,
    /// Whether all that rings is in this process.
    pub(crate) alone: bool,
    pub(crate) verifier: Verifier,
    /// Cancelled when this process is about to end.
    pub(crate) leaving: CancellationToken,
}

/// How long streams last and what is heard on them meanwhile.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// After this it ends, and whoever watches comes again.
    pub whole: Duration,
    /// Between two looks, where others may ring and are not heard; more rarely where all are.
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

    /// How long to wait for the bell before the next look.
    fn pause(&self, look: Duration) -> Duration {
        let hears_all = self.alone || self.bell.hears_others();
        if hears_all { look.max(RARELY) } else { look }
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
                    () = tokio::time::sleep(self.live.pause(self.pause)) => {}
                    () = self.bell.rung() => {}
                    () = self.live.leaving.cancelled() => {}
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use axum::response::IntoResponse;
    use futures::StreamExt;
    use jiff::Timestamp;
    use kernel::{Actor, Clock, Id};
    use tokio::time::{sleep, timeout};
    use wire::HouseKey;

    use super::*;

    struct Counted(Arc<AtomicU32>);

    impl Watcher for Counted {
        async fn look(&mut self) -> anyhow::Result<Sight> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Ok(Sight::Nothing)
        }
    }

    /// How often somebody has looked who would look every few milliseconds; and the bell.
    fn watched(alone: bool) -> (Arc<AtomicU32>, Live) {
        let clock = Clock::turned(Timestamp::UNIX_EPOCH);
        let house = HouseKey::new(b"a house secret of ours, for tests only").unwrap();
        let verifier = Verifier::new(&[], house, clock, Duration::from_mins(1));
        let (bell, leaving) = (Bell::new(None), CancellationToken::new());
        let live = Live { of: "order", bell, alone, verifier, leaving };
        let pace = Pace {
            whole: Duration::from_mins(1),
            look: Duration::from_millis(5),
            heartbeat: Duration::from_mins(1),
        };
        let actor = Actor { person: Id::new(), roles: Vec::new() };
        let pass = Pass { actor, session: Id::new(), version: 1, scopes: None };
        let looks = Arc::new(AtomicU32::new(0));
        let sse = live.stream(7, pass, pace, Counted(Arc::clone(&looks)));
        let mut events = sse.into_response().into_body().into_data_stream();
        tokio::spawn(async move { while events.next().await.is_some() {} });
        (looks, live)
    }

    async fn reaches(looks: &AtomicU32, wanted: u32) {
        let seen = async {
            while looks.load(Ordering::Relaxed) < wanted {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(20), seen).await.expect("they look");
    }

    #[tokio::test]
    async fn whoever_is_told_of_everything_looks_when_told() {
        let (looks, live) = watched(true);
        reaches(&looks, 1).await;
        sleep(Duration::from_millis(500)).await;
        assert_eq!(looks.load(Ordering::Relaxed), 1, "nobody has rung");
        live.ring(7);
        reaches(&looks, 2).await;
        let (looks, _live) = watched(false);
        reaches(&looks, 20).await;
    }
}
