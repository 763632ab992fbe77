//! Sends what waits.
//!
//! “At most one message per change and channel” costs something: between handing a message to a
//! mail server and writing down that it has it, a process can die, and no protocol tells
//! afterwards which it was. Sending again would risk a second message, so a message whose fate is
//! not known stays `unknown` and is never sent again by itself. People lose little: the order's
//! page and the next message say the same and more. What surely did not go out is tried again.
//!
//! While the process lives it knows more than the table: how an attempt ended is kept until it is
//! written down, and what it claimed without hearing of it never left.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::SignedDuration;
use uuid::Uuid;

use crate::{
    App, code,
    config::Channel,
    db::{self, Attempt, Claimed, Ending},
    folder,
    letter::Letter,
    schedule,
    smtp::{self, Outcome},
};

/// One message as it goes out.
pub struct Outgoing<'a> {
    /// The same at every attempt.
    pub id: Uuid,
    /// An e-mail address, or a telephone number where it is a text message.
    pub to: &'a str,
    pub sms: bool,
    pub letter: &'a Letter,
}

/// What one process has claimed and knows of.
#[derive(Clone)]
pub struct Bag {
    /// Whose claims they are.
    pub sender: Uuid,
    /// How it ended and is to be written down; nothing while it is under way.
    held: Arc<Mutex<HashMap<Attempt, Option<Ending>>>>,
}

impl Default for Bag {
    fn default() -> Self {
        Self { sender: kernel::Id::<Self>::new().uuid(), held: Arc::default() }
    }
}

impl Bag {
    fn held(&self) -> MutexGuard<'_, HashMap<Attempt, Option<Ending>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes down how these attempts ended; what could not be written stays for the next round.
    async fn settle(&self, app: &App) -> sqlx::Result<()> {
        let ended = |(attempt, ending): (&Attempt, &Option<Ending>)| {
            ending.clone().map(|ending| (*attempt, ending))
        };
        let ended: Vec<_> = self.held().iter().filter_map(ended).collect();
        for (attempt, ending) in ended {
            db::settle(&app.db, attempt, &ending).await?;
            self.held().remove(&attempt);
        }
        Ok(())
    }
}

/// An attempt ends by itself long before: whoever made one that is older is gone.
const SENDER_GONE: SignedDuration = SignedDuration::from_mins(10);
const _: () = assert!(smtp::MOST_PATIENCE * 2 < SENDER_GONE.as_secs() as u64);

/// Sends all that is due, several side by side, and forgets what has been sent long ago.
pub async fn send_due(app: App) -> anyhow::Result<()> {
    app.bag.settle(&app).await?;
    let held: Vec<_> = app.bag.held().keys().map(|attempt| attempt.message).collect();
    db::release(&app.db, app.bag.sender, &held, app.clock.now()).await?;
    let lost = db::write_off(&app.db, app.clock.now() - SENDER_GONE).await?;
    if lost > 0 {
        tracing::warn!(lost, "messages whose fate nobody knows are not sent again");
    }
    // Each ends what it has begun, whatever becomes of another.
    let senders = (0..app.config.senders.max(1)).map(|_| send_each(&app));
    futures::future::join_all(senders).await.into_iter().collect::<anyhow::Result<()>>()?;
    let (now, config) = (app.clock.now(), &app.config);
    let days = |days: i64| now - SignedDuration::from_hours(24 * days);
    let (messages, orders) = (days(config.messages_kept_days), days(config.orders_known_days));
    Ok(db::forget(&app.db, messages, orders).await?)
}

async fn send_each(app: &App) -> anyhow::Result<()> {
    while let Some(claimed) = db::claim(&app.db, app.bag.sender, app.clock.now()).await? {
        app.bag.held().insert(claimed.attempt(), None);
        let outcome = attempt(app, &claimed).await;
        app.bag.held().insert(claimed.attempt(), Some(ending(app, &claimed, outcome)));
        app.bag.settle(app).await?;
    }
    Ok(())
}

async fn attempt(app: &App, message: &Claimed) -> Outcome {
    let Some(channel) = Channel::named(&message.channel) else {
        return Outcome::Refused(format!("there is no channel {}", message.channel));
    };
    if let Some(flow) = message.flow() {
        return code::attempt(app, message, flow, channel).await;
    }
    let letter = message.letter();
    let outgoing = Outgoing { id: message.id, to: &message.recipient, sms: false, letter: &letter };
    deliver(app, channel, &outgoing).await
}

/// Hands a message to a channel.
pub async fn deliver(app: &App, channel: Channel, outgoing: &Outgoing<'_>) -> Outcome {
    match channel {
        Channel::Dry => Outcome::Sent,
        Channel::Smtp => smtp::send(&app.config.smtp, outgoing).await,
        Channel::Folder => folder::put(&app.config, outgoing, app.clock.now()).await,
    }
}

fn ending(app: &App, message: &Claimed, outcome: Outcome) -> Ending {
    let (now, attempts) = (app.clock.now(), message.attempts.unsigned_abs());
    let (state, error) = match &outcome {
        Outcome::Sent => ("sent", None),
        Outcome::NotSent(why) if attempts < app.config.most_attempts => ("failed", Some(why)),
        Outcome::NotSent(why) | Outcome::Refused(why) => ("dead", Some(why)),
        Outcome::Unknown(why) => ("unknown", Some(why)),
    };
    let error = error.map(|why| without(why, &message.recipient));
    if let Some(why) = &error {
        tracing::warn!(id = %message.id, state, why, "a message did not go out");
    }
    Ending { state, next_at: now + schedule::gap(attempts), error, now }
}

/// What a server said, without the address that it may have repeated.
fn without(why: &str, recipient: &str) -> String {
    if recipient.is_empty() {
        return why.to_owned();
    }
    let (mut rest, mut cut) = (why, String::new());
    while let Some(at) = rest.to_ascii_lowercase().find(&recipient.to_ascii_lowercase()) {
        cut.push_str(&rest[..at]);
        cut.push('…');
        rest = &rest[at + recipient.len()..];
    }
    cut + rest
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_error_names_no_address() {
        let told = "550 no mailbox <Ann@Example.com>; ann@example.com is not here";
        let cut = super::without(told, "ann@example.com");
        assert_eq!(cut, "550 no mailbox <…>; … is not here");
        assert_eq!(super::without("550 no", ""), "550 no");
    }
}
