//! Events by a broker.
//!
//! The broker is quick, and is not believed: it may lose, repeat and reorder, be purged or away. What
//! has been told stands in the outboxes, what has been handled in `feed.handled`; every event names
//! those of its subject that came before it, and is handled after them. What cannot be handled when it
//! comes lies in the waiting room, the embedded carrier's own tables, and is handled, tried again,
//! given up, listed and replayed from there as by that carrier. What the broker has lost the sweeper
//! puts there too.

mod lanes;
mod letter;
mod link;
mod look;
pub(crate) mod waiting;

use std::{sync::Arc, time::Duration};

use anyhow::bail;
use futures::StreamExt;
use lapin::options::{BasicAckOptions, BasicCancelOptions, BasicRejectOptions};
use store::Db;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use self::{
    lanes::Lanes,
    letter::Letter,
    link::{Link, Open},
    waiting::Standing,
};
use crate::{
    Embedded, Follower,
    carrier::Message,
    patience::{ROUND, within},
};

/// Where the broker is, and what it is asked for.
pub struct Broker {
    /// `amqp://user:password@host:port/vhost`, or `amqps://…`.
    pub url: String,
    /// What the names of exchange and queues begin with: houses that share a broker differ in it.
    pub name: String,
    /// After so long an event that somebody has not handled counts as lost by the broker.
    pub sweep_after: Duration,
}

impl Broker {
    /// Whether it answers and lets us in.
    pub async fn reach(&self) -> anyhow::Result<()> {
        link::reach(&self.url).await
    }

    /// What it has for these followers, and for the house when it has given up; an error says which queue
    /// is not there.
    pub async fn look(&self, followers: &[&str]) -> anyhow::Result<Vec<Queue>> {
        look::look(&self.url, &self.name, followers).await
    }
}

/// A queue as the broker sees it.
#[derive(Debug, Clone)]
pub struct Queue {
    pub name: String,
    /// Whether it is for what the broker has given up.
    pub is_dead: bool,
    /// Events that wait in it.
    pub waiting: u32,
    /// Processes that take from it.
    pub takers: u32,
}

/// Queues of a RabbitMQ broker.
#[derive(Clone)]
pub struct RabbitMq {
    db: Db,
    /// What is taken comes by a connection of its own: a broker that is short of memory or room reads
    /// nothing more from one by which something is sent, not even that an event is done with.
    takes: Arc<Link>,
    sends: Arc<Link>,
    room: Embedded,
    pub(crate) sweep_after: Duration,
}

/// Messages of one queue that one process has at once: handled, or waiting for their turn. Of more, what
/// follows one another of a subject would lie in different processes for longer.
const PREFETCH: u16 = 16;
/// Messages of one queue that one process asks about or handles at once, whether they come by the broker or
/// from the waiting room. Each takes a connection of the service: what has gathered while the broker was
/// away must leave some to people.
const HANDS: usize = 2;
/// The pause before a queue is listened to again.
const PAUSE: Duration = Duration::from_millis(250);
/// How often the waiting room is looked through for those whom nobody has called.
const LOOK: Duration = Duration::from_secs(10);

impl RabbitMq {
    /// `db` is a pool on [`crate::carrier_schema`]. Connects when there is something to do, so that a
    /// broker that is away keeps nobody from starting.
    pub fn new(db: Db, broker: &Broker) -> anyhow::Result<Self> {
        let link = |what| Link::new(db.clone(), broker, what).map(Arc::new);
        let (takes, sends) = (link("takes")?, link("sends")?);
        let room = Embedded::beside_a_broker(db.clone());
        Ok(Self { db, takes, sends, room, sweep_after: broker.sweep_after })
    }

    pub(crate) const fn waiting_room(&self) -> &Embedded {
        &self.room
    }

    pub(crate) async fn declare_anew(&self) {
        self.takes.declare_anew().await;
        self.sends.declare_anew().await;
    }

    pub(crate) async fn keep(&self, stop: &CancellationToken) {
        let keep = |link: &Arc<Link>| {
            let link = Arc::clone(link);
            async move {
                tokio::select! {
                    touched = link.touch() => touched,
                    () = stop.cancelled() => Ok(()),
                }
            }
        };
        tokio::join!(
            self.again_and_again(stop, || keep(&self.takes)),
            self.again_and_again(stop, || keep(&self.sends)),
        );
    }

    pub(crate) fn reaches_broker(&self) -> bool {
        self.takes.is_there() && self.sends.is_there()
    }

    /// Answers when the broker has confirmed all of them.
    pub(crate) async fn publish(&self, messages: &[Message]) -> anyhow::Result<()> {
        self.sends.publish(messages).await
    }

    pub(crate) async fn consume(
        &self,
        queue: &'static str,
        followers: Arc<Vec<Follower>>,
        stop: CancellationToken,
    ) {
        let (hands, followed) = (Arc::new(Semaphore::new(HANDS)), Arc::clone(&followers));
        let (db, room) = (self.db.clone(), self.room.clone());
        let lanes = Lanes::new(db, room, queue, followed, Arc::clone(&hands));
        tokio::join!(
            self.room.consume_by(&hands, queue, followers, stop.clone()),
            self.again_and_again(&stop, || self.take(queue, &lanes, &stop)),
            self.again_and_again(&stop, || self.take_dead(queue, &stop)),
            self.call_forgotten(queue, &stop),
        );
        lanes.end().await;
    }

    /// Listens anew whenever the broker has let go.
    async fn again_and_again<F>(&self, stop: &CancellationToken, listen: impl Fn() -> F)
    where
        F: Future<Output = anyhow::Result<()>>,
    {
        while !stop.is_cancelled() {
            // Why it ended the link has told.
            let _ = listen().await;
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// A channel; none when it is time to stop.
    async fn open(&self, stop: &CancellationToken) -> anyhow::Result<Option<Open>> {
        tokio::select! {
            open = self.takes.channel() => open.map(Some),
            () = stop.cancelled() => Ok(None),
        }
    }

    /// Takes what comes to a queue, until the broker lets go of it.
    async fn take(
        &self,
        queue: &str,
        lanes: &Arc<Lanes>,
        stop: &CancellationToken,
    ) -> anyhow::Result<()> {
        let Some(open) = self.open(stop).await? else { return Ok(()) };
        let gone = stop.child_token();
        let _guard = gone.clone().drop_guard();
        let listening = async {
            let name = self.takes.names.queue(queue);
            let mut coming = self.takes.listen(&open.channel, name, PREFETCH).await?;
            loop {
                let next = tokio::select! {
                    next = coming.next() => next,
                    () = stop.cancelled() => {
                        let tag = coming.tag();
                        open.channel.basic_cancel(tag, BasicCancelOptions::default()).await?;
                        // What is being handled is still to be told to the broker.
                        lanes.end().await;
                        open.channel.close(200, "stopped".into()).await?;
                        return Ok(());
                    }
                };
                let Some(delivery) = next.transpose()? else { bail!("the queue is gone") };
                match letter::read(&delivery) {
                    Ok(message) => lanes.put(Letter::new(message, delivery.acker, gone.clone())),
                    Err(error) => {
                        tracing::warn!(queue, error = format!("{error:#}"), "no event has come");
                        delivery.acker.reject(BasicRejectOptions { requeue: false }).await?;
                    }
                }
            }
        };
        let ended: anyhow::Result<()> = listening.await;
        if let Err(error) = &ended {
            self.takes.lost(open.generation, error).await;
        }
        ended
    }

    /// Takes what the broker has given up, to the dead letters of the house.
    async fn take_dead(&self, queue: &str, stop: &CancellationToken) -> anyhow::Result<()> {
        let Some(open) = self.open(stop).await? else { return Ok(()) };
        let listening = async {
            let name = self.takes.names.dead(queue);
            let mut coming = self.takes.listen(&open.channel, name, 1).await?;
            while let Some(next) = tokio::select! {
                next = coming.next() => Some(next),
                () = stop.cancelled() => None,
            } {
                let Some(delivery) = next.transpose()? else { bail!("the queue is gone") };
                let why = letter::why_dead(&delivery);
                let message = letter::read(&delivery).unwrap_or_else(|_| letter::raw(&delivery));
                let attempts = i32::from(link::DELIVERY_LIMIT);
                let burying = waiting::bury(&self.db, queue, &message, attempts, &why);
                if within(ROUND, "bury", burying).await? {
                    let (kind, subject) = (&message.kind, &message.subject);
                    tracing::error!(queue, kind, subject, why, "an event is a dead letter now");
                }
                delivery.acker.ack(BasicAckOptions::default()).await?;
            }
            open.channel.close(200, "stopped".into()).await?;
            Ok(())
        };
        let ended: anyhow::Result<()> = listening.await;
        if let Err(error) = &ended {
            self.takes.lost(open.generation, error).await;
        }
        ended
    }

    async fn call_forgotten(&self, queue: &str, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let calling = waiting::call_forgotten(&self.db, queue);
            if let Err(error) = within(ROUND, "call", calling).await {
                let error = format!("{error:#}");
                tracing::warn!(queue, error, "the waiting room is not looked through");
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Puts an event that the broker has lost into a queue's waiting room, in its place.
    pub(crate) async fn heal(&self, queue: &str, message: &Message) -> sqlx::Result<()> {
        let wait = match waiting::look(&self.db, queue, message).await? {
            Standing::Known => return Ok(()),
            Standing::Next | Standing::Behind => waiting::Wait::Turn,
            Standing::After { event, .. } => waiting::Wait::Event(event),
        };
        waiting::put_aside(&self.db, queue, message, wait).await?;
        self.room.ring(queue);
        Ok(())
    }

    /// Who has not handled these events.
    pub(crate) async fn unhandled(
        &self,
        events: &[waiting::Sent],
    ) -> sqlx::Result<Vec<waiting::Unhandled>> {
        waiting::unhandled(&self.db, events).await
    }

    pub(crate) async fn forget_old(&self) -> sqlx::Result<()> {
        waiting::forget_old(&self.db).await
    }
}
