//! A bell: who has made news of something rings, and who waits for it looks at once. It tells only that
//! there may be news. Who does not hear it looks anyway, a while later.

use std::{
    collections::{BTreeSet, HashMap},
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::{Stream, StreamExt};
use redis::Msg;
use tokio::{
    sync::{mpsc, watch},
    time::{interval, sleep, timeout},
};

use crate::{Away, Redis};

/// How many rings wait to be sent: what is rung beyond them only this process hears.
const MOST_WAITING: usize = 4096;
/// The most that one message names.
const MOST_AT_ONCE: usize = 256;
/// How often a process says that it is there, so that a line on which nothing comes is known to be dead
/// after a while.
const BEAT: Duration = Duration::from_secs(3);
const SILENCE: Duration = Duration::from_secs(10);
/// How long nobody asks a Redis that does not let us listen, at first and at most.
const PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);

/// What one process rings and hears, by topic; over Redis all processes of a house hear it.
#[derive(Clone)]
pub struct Bell {
    inner: Arc<Inner>,
}

struct Inner {
    /// Who listens, by topic. A topic to which nobody listens is not here.
    topics: Mutex<HashMap<String, watch::Sender<()>>>,
    outside: Option<Outside>,
}

/// The other processes of the house. All rings go through one channel: a topic has a few bytes and comes
/// and goes with each page that somebody watches, and so none is missed between beginning to listen and
/// Redis knowing it.
struct Outside {
    /// Who rings: a process hears its own without Redis.
    me: String,
    rings: mpsc::Sender<String>,
    /// Whether this process would hear others. Who does not rings for nobody: a Redis that refuses the
    /// channel is not asked again and again, and is of use for all else.
    hears: AtomicBool,
}

/// Somebody who waits for news of one topic.
pub struct Listener {
    bell: Bell,
    topic: String,
    rung: Option<watch::Receiver<()>>,
}

impl Bell {
    /// One that other processes hear too, where there is Redis.
    pub fn new(redis: Option<&Redis>) -> Self {
        let (rings, waiting) = mpsc::channel(MOST_WAITING);
        let outside = redis.map(|_| Outside {
            me: kernel::random_token(),
            rings,
            hears: AtomicBool::new(false),
        });
        let inner = Arc::new(Inner { topics: Mutex::default(), outside });
        if let Some(redis) = redis {
            tokio::spawn(send(Arc::downgrade(&inner), redis.clone(), waiting));
            tokio::spawn(hear(Arc::downgrade(&inner), redis.clone()));
        }
        Self { inner }
    }

    /// Says that there may be news: after it can be read, and not before. It never fails and waits for
    /// nobody.
    pub fn ring(&self, topic: &str) {
        self.inner.here(topic);
        if let Some(outside) = &self.inner.outside
            && outside.hears.load(Ordering::Relaxed)
        {
            let _ = outside.rings.try_send(topic.to_owned());
        }
    }

    /// Hears all that is rung from now on. Whoever then looks, and waits for the bell before they look
    /// again, misses nothing that is heard at all.
    pub fn listen(&self, topic: &str) -> Listener {
        let mut topics = self.inner.topics();
        let rung = topics.entry(topic.to_owned()).or_default().subscribe();
        Listener { bell: self.clone(), topic: topic.to_owned(), rung: Some(rung) }
    }

    /// Whether it would hear what another process rings now, as far as is known.
    pub fn hears_others(&self) -> bool {
        self.inner.outside.as_ref().is_some_and(|outside| outside.hears.load(Ordering::Relaxed))
    }
}

impl Listener {
    /// Whether it would hear what another process rings now, as far as is known.
    pub fn hears_others(&self) -> bool {
        self.bell.hears_others()
    }

    /// Waits until it has rung since this was last called, however often.
    pub async fn rung(&mut self) {
        let rung = match &mut self.rung {
            Some(rung) => rung.changed().await.is_ok(),
            None => false,
        };
        if !rung {
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut topics = self.bell.inner.topics();
        self.rung = None;
        if topics.get(&self.topic).is_some_and(|topic| topic.receiver_count() == 0) {
            topics.remove(&self.topic);
        }
    }
}

impl Inner {
    fn topics(&self) -> MutexGuard<'_, HashMap<String, watch::Sender<()>>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn here(&self, topic: &str) {
        if let Some(topic) = self.topics().get(topic) {
            topic.send_replace(());
        }
    }

    /// Nobody knows what was missed.
    fn all_here(&self) {
        for topic in self.topics().values() {
            topic.send_replace(());
        }
    }

    fn hears(&self, hears: bool) {
        if let Some(outside) = &self.outside {
            outside.hears.store(hears, Ordering::Relaxed);
        }
    }

    /// What another process has said, a topic a line after its name.
    fn heard(&self, message: &str) {
        let mut lines = message.lines();
        let from = lines.next();
        if from != self.outside.as_ref().map(|outside| outside.me.as_str()) {
            lines.for_each(|topic| self.here(topic));
        }
    }
}

fn channel(redis: &Redis) -> String {
    redis.key("bell")
}

/// Tells the others, for as long as there is a bell: what was rung while the message before was under
/// way goes out with the next, each topic once.
async fn send(bell: Weak<Inner>, redis: Redis, mut waiting: mpsc::Receiver<String>) {
    let (channel, mut beat) = (channel(&redis), interval(BEAT));
    let mut rings = Vec::new();
    loop {
        rings.clear();
        tokio::select! {
            came = waiting.recv_many(&mut rings, MOST_AT_ONCE) => if came == 0 { return },
            _ = beat.tick() => {}
        }
        let Some(bell) = bell.upgrade() else { return };
        let Some(outside) = &bell.outside else { return };
        if !outside.hears.load(Ordering::Relaxed) {
            continue;
        }
        let mut message = outside.me.clone();
        for topic in rings.iter().collect::<BTreeSet<_>>() {
            message.push('\n');
            message.push_str(topic);
        }
        // Who does not hear it looks by themselves.
        let _ = say(&redis, &channel, &message).await;
    }
}

async fn say(redis: &Redis, channel: &str, message: &str) -> Result<(), Away> {
    redis.ask(redis::cmd("PUBLISH").arg(channel).arg(message)).await
}

/// Hears the others, for as long as there is a bell.
async fn hear(bell: Weak<Inner>, redis: Redis) {
    let (channel, mut pause) = (channel(&redis), PAUSE);
    while bell.strong_count() > 0 {
        // The connection by which we ring breaks with the one by which we hear, and shows it only to who
        // uses it.
        if let Some(mut messages) = redis.subscribe(&channel).await
            && say(&redis, &channel, "").await.is_ok()
        {
            pause = PAUSE;
            follow(&bell, &mut messages).await;
            if let Some(bell) = bell.upgrade() {
                bell.hears(false);
            }
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Until the line breaks, or nothing comes any more, not even what this process says itself.
async fn follow(bell: &Weak<Inner>, messages: &mut Messages) {
    let Some(begun) = bell.upgrade() else { return };
    begun.hears(true);
    begun.all_here();
    drop(begun);
    while let Ok(Some(message)) = timeout(SILENCE, messages.next()).await {
        let Some(bell) = bell.upgrade() else { return };
        if let Ok(message) = message.get_payload::<String>() {
            bell.heard(&message);
        }
    }
}

/// What comes on a channel.
pub(crate) type Messages = Pin<Box<dyn Stream<Item = Msg> + Send>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_stays_of_those_who_listened() {
        let bell = Bell::new(None);
        let listeners = [bell.listen("a"), bell.listen("a"), bell.listen("b")];
        assert_eq!(bell.inner.topics().len(), 2);
        drop(listeners);
        assert!(bell.inner.topics().is_empty());
    }
}
