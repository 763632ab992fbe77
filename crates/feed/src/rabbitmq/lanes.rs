//! What one process has in hand of a queue: subjects side by side, each in order.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use store::Db;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::{
    letter::Letter,
    waiting::{self, Standing, Wait},
};
use crate::{Embedded, Follower, follower, patience::within};

/// How often, and in which pauses, a message looks again for the one before it: another process may
/// have that one in hand. All of it takes about a third of a second.
const LOOKS: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(10);
/// After the first failure; the waiting room goes on from there.
const FIRST_RETRY: Duration = Duration::from_millis(250);
/// The pause before what the database did not take is tried again.
const TROUBLE: Duration = Duration::from_secs(1);

pub(super) struct Lanes {
    db: Db,
    room: Embedded,
    queue: &'static str,
    followers: Arc<Vec<Follower>>,
    hands: Arc<Semaphore>,
    /// By subject: what waits behind the one that is being handled.
    lanes: Mutex<HashMap<String, VecDeque<Letter>>>,
    tasks: TaskTracker,
}

impl Lanes {
    pub fn new(
        db: Db,
        room: Embedded,
        queue: &'static str,
        followers: Arc<Vec<Follower>>,
        hands: Arc<Semaphore>,
    ) -> Arc<Self> {
        let (lanes, tasks) = (Mutex::default(), TaskTracker::new());
        Arc::new(Self { db, room, queue, followers, hands, lanes, tasks })
    }

    /// Handles a letter after all of its subject that are in hand. There are no more of those than the
    /// broker gives out.
    pub fn put(self: &Arc<Self>, letter: Letter) {
        let subject = letter.message.subject.clone();
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = lanes.get_mut(&subject) {
            lane.push_back(letter);
            return;
        }
        lanes.insert(subject.clone(), VecDeque::new());
        let here = Arc::clone(self);
        self.tasks.spawn(async move {
            let mut next = Some(letter);
            while let Some(letter) = next {
                here.finish(&letter).await;
                next = here.next(&subject);
            }
        });
    }

    fn next(&self, subject: &str) -> Option<Letter> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let next = lanes.get_mut(subject).and_then(VecDeque::pop_front);
        if next.is_none() {
            lanes.remove(subject);
        }
        next
    }

    /// Waits until nothing is in hand any more. What has not been begun goes back to the broker.
    pub async fn end(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Does with a letter what is to be done. Where the database is away it stays in hand; where the
    /// broker is, it comes again.
    async fn finish(&self, letter: &Letter) {
        let mut looks = 0;
        while let Some(hand) = self.hand(letter).await {
            let attended =
                within(follower::IN_HAND, "handle", self.attend(letter, looks < LOOKS)).await;
            drop(hand);
            let pause = match attended {
                Ok(true) => return letter.done().await,
                Ok(false) => {
                    looks += 1;
                    FIRST_PAUSE * 2_u32.pow(looks - 1)
                }
                Err(error) => {
                    let queue = self.queue;
                    tracing::warn!(queue, error = format!("{error:#}"), "the queue waits");
                    TROUBLE
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = letter.gone.cancelled() => {}
            }
        }
    }

    /// A hand for a letter; none when there is no time left for it.
    async fn hand(&self, letter: &Letter) -> Option<SemaphorePermit<'_>> {
        tokio::select! {
            hand = self.hands.acquire() => hand.ok().filter(|_| !letter.gone.is_cancelled()),
            () = letter.gone.cancelled() => None,
        }
    }

    /// Handles a letter or puts it into the waiting room; `false` when the one before it may be in
    /// somebody's hand, and there is time to look again.
    async fn attend(&self, letter: &Letter, looks_again: bool) -> anyhow::Result<bool> {
        let (queue, message) = (self.queue, &letter.message);
        let wait = match waiting::look(&self.db, queue, message).await? {
            Standing::Known => return Ok(true),
            Standing::Behind => Wait::Turn,
            Standing::After { waits: false, .. } if looks_again => return Ok(false),
            Standing::After { event, .. } => Wait::Event(event),
            Standing::Next if self.is_of_others(&message.kind).await? => Wait::Turn,
            Standing::Next => {
                let handled = follower::handle(&self.followers, message, follower::PATIENCE).await;
                let Err(error) = handled else { return self.over(message.event_id).await };
                let (kind, subject) = (&message.kind, &message.subject);
                let error = format!("{error:#}");
                tracing::warn!(queue, kind, subject, error, "an event will come again");
                Wait::Retry(FIRST_RETRY, error)
            }
        };
        waiting::put_aside(&self.db, queue, message, wait).await?;
        self.room.ring(queue);
        Ok(true)
    }

    /// Whether it is wanted, and has no follower in this process: one of a newer version does that.
    async fn is_of_others(&self, kind: &str) -> sqlx::Result<bool> {
        let is_followed = self.followers.iter().any(|follower| follower.kind() == kind);
        Ok(!is_followed && waiting::is_wanted(&self.db, self.queue, kind).await?)
    }

    /// Writes down that an event is handled, and calls what waits for it.
    async fn over(&self, event: Uuid) -> anyhow::Result<bool> {
        waiting::remember(&self.db, self.queue, event).await?;
        if waiting::call(&self.db, self.queue, event).await? {
            self.room.ring(self.queue);
        }
        Ok(true)
    }
}
