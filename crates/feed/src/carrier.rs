use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{Row, postgres::PgRow};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{Embedded, Follower, RabbitMq};

/// What carries events from outboxes to the queues of their followers.
#[derive(Clone)]
pub enum Carrier {
    /// Needs nothing but the database.
    Embedded(Embedded),
    /// By a broker, which may lose, repeat and reorder: the database makes up for it.
    RabbitMq(RabbitMq),
}

/// One event on its way.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub event_id: Uuid,
    pub kind: String,
    pub subject: String,
    pub body: Value,
    /// Events of the same subject and outbox that came before it and may still be on their way: the
    /// last one of each kind, the latest first. For carriers that do not keep the order themselves.
    pub before: Vec<Earlier>,
}

/// An event that came before another one of its subject.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Earlier {
    pub id: Uuid,
    pub kind: String,
    /// None where they are sent together.
    pub sent_at: Option<Timestamp>,
}

/// An event that a follower could not handle.
#[derive(Debug, Clone, Serialize)]
pub struct DeadLetter {
    /// What to name when replaying it.
    pub seq: i64,
    pub queue: String,
    pub kind: String,
    pub subject: String,
    pub attempts: i32,
    pub error: String,
    pub dead_at: Timestamp,
    pub body: Value,
}

/// The kind of what came by a broker and was no event.
pub(crate) const UNREADABLE: &str = "unreadable";

impl DeadLetter {
    /// Whether it never was an event: no follower could handle it, however often.
    pub fn is_unreadable(&self) -> bool {
        self.kind == UNREADABLE
    }
}

/// Events that wait for a process which takes them.
#[derive(Debug, Clone)]
pub struct Unattended {
    pub queue: String,
    pub kind: String,
    pub many: i64,
}

impl Carrier {
    /// Declares that `queue` wants these kinds too. To be done for every queue of the house before
    /// anything is published, whether or not its follower runs in this process. What a newer version of
    /// the house wants beside them it goes on to want.
    pub async fn declare(&self, queue: &str, kinds: &[&str]) -> anyhow::Result<()> {
        self.waiting_room().declare(queue, kinds).await?;
        self.declare_anew().await;
        Ok(())
    }

    /// Declares that `queue` wants these kinds and no others: for whoever brings the house up to date.
    pub async fn declare_only(&self, queue: &str, kinds: &[&str]) -> anyhow::Result<()> {
        self.waiting_room().declare_only(queue, kinds).await?;
        self.declare_anew().await;
        Ok(())
    }

    async fn declare_anew(&self) {
        if let Self::RabbitMq(carrier) = self {
            carrier.declare_anew().await;
        }
    }

    pub(crate) async fn publish(&self, messages: &[Message]) -> anyhow::Result<()> {
        match self {
            Self::Embedded(carrier) => carrier.publish(messages).await,
            Self::RabbitMq(carrier) => carrier.publish(messages).await,
        }
    }

    /// Handles what comes to `queue` until told to stop.
    pub async fn consume(
        &self,
        queue: &'static str,
        followers: Arc<Vec<Follower>>,
        stop: CancellationToken,
    ) {
        match self {
            Self::Embedded(carrier) => carrier.consume(queue, followers, stop).await,
            Self::RabbitMq(carrier) => carrier.consume(queue, followers, stop).await,
        }
    }

    /// Keeps what it goes by at hand until told to stop: a broker that is away is looked for although
    /// there is nothing to carry.
    pub async fn keep(&self, stop: CancellationToken) {
        match self {
            Self::Embedded(_) => {}
            Self::RabbitMq(carrier) => carrier.keep(&stop).await,
        }
    }

    /// Whether the broker answers; none where there is no broker.
    pub fn reaches_broker(&self) -> Option<bool> {
        match self {
            Self::Embedded(_) => None,
            Self::RabbitMq(carrier) => Some(carrier.reaches_broker()),
        }
    }

    /// What could not be handled, oldest first, from after the letter `after`, at most `limit`; of one
    /// queue where named.
    pub async fn dead_letters(
        &self,
        queue: Option<&str>,
        after: i64,
        limit: i64,
    ) -> anyhow::Result<Vec<DeadLetter>> {
        self.waiting_room().dead_letters(queue, after, limit).await
    }

    /// One of them; none where there is no such one, or not any more.
    pub async fn dead_letter(&self, seq: i64) -> anyhow::Result<Option<DeadLetter>> {
        let Some(before) = seq.checked_sub(1) else { return Ok(None) };
        let letters = self.dead_letters(None, before, 1).await?;
        Ok(letters.into_iter().find(|letter| letter.seq == seq))
    }

    /// What has been due for more than a minute, and nobody has tried to handle.
    pub async fn unattended(&self) -> anyhow::Result<Vec<Unattended>> {
        Ok(self.waiting_room().unattended().await?)
    }

    /// Puts a dead letter back into its queue; `false` when there is no such one.
    pub async fn replay(&self, seq: i64) -> anyhow::Result<bool> {
        self.waiting_room().replay(seq).await
    }

    /// Gives a dead letter another body, and forgets what was said of the one before.
    pub async fn rewrite(&self, seq: i64, body: &Value) -> anyhow::Result<()> {
        self.waiting_room().rewrite(seq, body).await
    }

    /// Throws a dead letter away.
    pub async fn discard(&self, seq: i64) -> anyhow::Result<()> {
        self.waiting_room().discard(seq).await
    }

    /// Where dead letters lie with either carrier.
    const fn waiting_room(&self) -> &Embedded {
        match self {
            Self::Embedded(carrier) => carrier,
            Self::RabbitMq(carrier) => carrier.waiting_room(),
        }
    }
}

pub(crate) fn message(row: &PgRow) -> Message {
    Message {
        event_id: row.get("event_id"),
        kind: row.get("kind"),
        subject: row.get("subject"),
        body: row.get("body"),
        before: Vec::new(),
    }
}
