//! Sends what waits.
//!
//! “At most one message per change and channel” costs something: between handing a message to a
//! mail server and writing down that it has it, a process can die, and no protocol tells
//! afterwards which it was. Sending again would risk a second message, so a message whose fate is
//! not known stays `unknown` and is never sent again by itself. People lose little: the order's
//! page and the next message say the same and more. What surely did not go out is tried again.

use jiff::SignedDuration;

use crate::{
    App,
    config::Channel,
    db::{self, Claimed, Ending},
    schedule,
    smtp::{self, Outcome},
};

/// An attempt ends by itself long before: whoever made one that is older is gone.
const SENDER_GONE: SignedDuration = SignedDuration::from_mins(10);
const _: () = assert!(smtp::MOST_PATIENCE * 2 < SENDER_GONE.as_secs() as u64);

/// Sends all that is due, several side by side, and forgets what has been sent long ago.
pub async fn send_due(app: App) -> anyhow::Result<()> {
    let lost = db::write_off(&app.db, app.clock.now() - SENDER_GONE).await?;
    if lost > 0 {
        tracing::warn!(lost, "messages whose fate nobody knows are not sent again");
    }
    let senders = (0..app.config.senders.max(1)).map(|_| send_each(&app));
    futures::future::try_join_all(senders).await?;
    let (now, config) = (app.clock.now(), &app.config);
    let days = |days: i64| now - SignedDuration::from_hours(24 * days);
    let (messages, orders) = (days(config.messages_kept_days), days(config.orders_known_days));
    Ok(db::forget(&app.db, messages, orders).await?)
}

async fn send_each(app: &App) -> anyhow::Result<()> {
    while let Some(claimed) = db::claim(&app.db, app.clock.now()).await? {
        let outcome = attempt(app, &claimed).await;
        settle(app, &claimed, outcome).await?;
    }
    Ok(())
}

async fn attempt(app: &App, message: &Claimed) -> Outcome {
    if message.channel == Channel::Dry.name() {
        tracing::debug!(id = %message.id, subject = message.subject, "kept instead of sent");
        return Outcome::Sent;
    }
    smtp::send(&app.config.smtp, message).await
}

async fn settle(app: &App, message: &Claimed, outcome: Outcome) -> anyhow::Result<()> {
    let (now, attempts) = (app.clock.now(), message.attempts.unsigned_abs());
    let (state, error) = match &outcome {
        Outcome::Sent => ("sent", None),
        Outcome::NotSent(why) if attempts < app.config.most_attempts => ("failed", Some(why)),
        Outcome::NotSent(why) | Outcome::Refused(why) => ("dead", Some(why)),
        Outcome::Unknown(why) => ("unknown", Some(why)),
    };
    if let Some(why) = error {
        tracing::warn!(id = %message.id, state, why, "a message did not go out");
    }
    let ending = Ending {
        state,
        next_at: now + schedule::gap(attempts),
        error: error.map(String::as_str),
        now,
    };
    Ok(db::settle(&app.db, message, &ending).await?)
}
