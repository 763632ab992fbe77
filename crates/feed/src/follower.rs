use std::{future::Future, panic::AssertUnwindSafe, pin::Pin, time::Duration};

use anyhow::{Context, bail};
use futures::FutureExt;
use jiff::Timestamp;
use kernel::Event;
use store::{Db, Tx};
use uuid::Uuid;

use crate::{carrier::Message, outbox::Envelope, patience::QUESTIONS};

type Handling = Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send>>;

/// What a service does when it is told of one kind of event.
pub struct Follower {
    kind: &'static str,
    handle: Box<dyn Fn(Envelope) -> anyhow::Result<Handling> + Send + Sync>,
}

/// An event that has come.
pub struct Received<E> {
    pub event: E,
    /// When it happened.
    pub at: Timestamp,
    id: Uuid,
}

impl<E> Received<E> {
    /// Opens the transaction in which the effect of this event is made, once: `None` when it has
    /// been made before. Commit it with the effect; dropped, the event comes again.
    pub async fn once(&self, db: &Db) -> anyhow::Result<Option<Tx<'static>>> {
        let mut tx = db.begin().await?;
        let new = sqlx::query("insert into inbox (event_id) values ($1) on conflict do nothing")
            .bind(self.id)
            .execute(&mut *tx)
            .await?;
        Ok((new.rows_affected() == 1).then_some(tx))
    }

    /// The event's own id, for keys that must be the same at a second delivery.
    pub const fn id(&self) -> Uuid {
        self.id
    }
}

/// Follows events of kind `E` with `handle`, which gets a clone of `app` each time. An error
/// brings the event again, later and later, and at last to the dead letters.
pub fn follow<E, A, F, W>(app: &A, handle: F) -> Follower
where
    E: Event,
    A: Clone + Send + Sync + 'static,
    F: Fn(A, Received<E>) -> W + Send + Sync + 'static,
    W: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let app = app.clone();
    let handle = move |envelope: Envelope| -> anyhow::Result<Handling> {
        let event = serde_json::from_value(envelope.data).context("understand the event")?;
        let received = Received { event, at: envelope.time, id: envelope.id };
        Ok(Box::pin(handle(app.clone(), received)))
    };
    Follower { kind: E::KIND, handle: Box::new(handle) }
}

impl Follower {
    pub const fn kind(&self) -> &'static str {
        self.kind
    }
}

/// How long a follower may take over one message: as long as a request may. It has a connection in hand
/// meanwhile.
pub(crate) const PATIENCE: Duration = Duration::from_secs(25);
/// How long a message may be in a hand, with all that is asked about it.
pub(crate) const IN_HAND: Duration = PATIENCE.saturating_add(QUESTIONS);

/// Handles one message. A follower that panics or hangs has failed like any other: it must not
/// take its queue with it.
pub(crate) async fn handle(
    followers: &[Follower],
    message: &Message,
    patience: Duration,
) -> anyhow::Result<()> {
    let work = AssertUnwindSafe(dispatch(followers, message)).catch_unwind();
    match tokio::time::timeout(patience, work).await {
        Ok(Ok(done)) => done,
        Ok(Err(_)) => bail!("the follower panicked"),
        Err(_) => bail!("the follower took longer than {} s", patience.as_secs()),
    }
}

/// With the follower of its kind. What nobody wants any more is dropped; what only others want does not
/// come here.
async fn dispatch(followers: &[Follower], message: &Message) -> anyhow::Result<()> {
    let Some(follower) = followers.iter().find(|follower| follower.kind == message.kind) else {
        tracing::warn!(kind = message.kind, "nobody follows this kind any more");
        return Ok(());
    };
    let envelope = serde_json::from_value(message.body.clone()).context("read the envelope")?;
    (follower.handle)(envelope)?.await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    async fn handled(work: fn() -> Handling) -> anyhow::Result<()> {
        let follower = Follower { kind: "tipple.test.told", handle: Box::new(move |_| Ok(work())) };
        let id = Uuid::nil();
        let body = json!({
            "specversion": "1.0", "id": id, "source": "/tipple.test", "type": "tipple.test.told",
            "subject": "s", "time": "2026-06-15T17:00:00Z", "datacontenttype": "application/json",
            "data": null,
        });
        let (kind, subject) = ("tipple.test.told".into(), "s".into());
        let message = Message { event_id: id, kind, subject, body, before: Vec::new() };
        handle(&[follower], &message, Duration::from_millis(50)).await
    }

    #[tokio::test]
    async fn a_follower_that_hangs_or_panics_has_failed() {
        let hangs = handled(|| Box::pin(std::future::pending())).await;
        assert!(hangs.unwrap_err().to_string().contains("took longer"));
        let panics = handled(|| Box::pin(async { panic!("on purpose") })).await;
        assert!(panics.unwrap_err().to_string().contains("panicked"));
        assert!(handled(|| Box::pin(async { Ok(()) })).await.is_ok());
    }
}
