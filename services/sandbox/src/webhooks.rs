//! Telling the merchant: signed, again and again with growing gaps until it says yes.

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

use crate::{
    App,
    db::{self, Sending},
};

/// While a webhook is being sent nobody else sends it; longer than sending can take.
const CLAIM: SignedDuration = SignedDuration::from_secs(30);
/// After so many failures nobody listens any more: about three days.
const MOST_ATTEMPTS: i32 = 80;

/// The header that carries the signature.
pub const SIGNATURE: &str = "sandbox-signature";

/// Sends all that is due.
pub async fn deliver(app: App) -> anyhow::Result<()> {
    loop {
        let now = app.clock.now();
        let due = db::claim_deliveries(&app.db, now, now + CLAIM).await?;
        if due.is_empty() {
            return Ok(());
        }
        if due.iter().any(|sending| sending.reorder) {
            for sending in &due {
                attempt(&app, sending).await?;
            }
        } else {
            let all = due.iter().map(|sending| attempt(&app, sending));
            futures::future::try_join_all(all).await?;
        }
    }
}

async fn attempt(app: &App, sending: &Sending) -> anyhow::Result<()> {
    let sent = app
        .http
        .post(&app.config.webhook_url)
        .header("content-type", "application/json")
        .header(SIGNATURE, sign(&app.config.webhook_secret, &sending.body, app.clock.now()))
        .body(sending.body.clone())
        .send()
        .await;
    let error = match sent {
        Ok(answer) if answer.status().is_success() => None,
        Ok(answer) => Some(format!("answered {}", answer.status())),
        Err(error) => Some(error.to_string()),
    };
    let now = app.clock.now();
    let ended = (error.is_none() || sending.attempts >= MOST_ATTEMPTS).then_some(now);
    let due = now + gap(sending.attempts);
    Ok(db::note_delivery(&app.db, sending.id, error.as_deref(), due, ended).await?)
}

/// 1 s, 2 s, 4 s … up to an hour.
fn gap(attempts: i32) -> SignedDuration {
    SignedDuration::from_secs(2_i64.pow(attempts.clamp(1, 13) as u32 - 1).min(3600))
}

/// `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`.
fn sign(secret: &str, body: &str, now: Timestamp) -> String {
    let at = now.as_second();
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map(|mut mac| {
        mac.update(format!("{at}.{body}").as_bytes());
        hex::encode(mac.finalize().into_bytes())
    });
    format!("t={at},v1={}", mac.unwrap_or_default())
}
