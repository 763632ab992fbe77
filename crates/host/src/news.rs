//! How a process hears from accounts which keys sign and whose tokens hold no longer.

use std::time::Duration;

use cache::Listener;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use wire::{Client, Refusal, StatusCode, Verifier};

/// What accounts rings when tokens have ended before their time.
pub const ACCESS_ENDED: &str = "access";
/// How often a process asks that hears no bell, and one that does, for a ring may be lost: what ends
/// anywhere has ended everywhere this much later.
const DEAF: Duration = Duration::from_millis(300);
const HEARING: Duration = Duration::from_millis(700);
/// How often it asks while the bell never stops: what ends by the hundred is one answer.
const AT_MOST_EVERY: Duration = Duration::from_millis(20);
/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// What accounts answers: the news, signed for the house.
#[derive(Debug, Serialize, Deserialize)]
pub struct NewsAnswer {
    pub news: String,
}

/// Accounts never says no to this.
#[derive(Debug, Serialize, Deserialize)]
enum NoNews {
    #[serde(other)]
    Refused,
}

impl Refusal for NoNews {
    fn status(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }
    fn detail(&self) -> String {
        "No news.".into()
    }
}

/// Asks once.
pub(crate) async fn listen(client: &Client, verifier: &Verifier) -> anyhow::Result<()> {
    let nonce = kernel::random_token();
    let path = format!("/internal/accounts/news?after={}&nonce={nonce}", verifier.cursor());
    let asked = client.get::<NewsAnswer, NoNews>(&path);
    let answer = tokio::time::timeout(PATIENCE, asked).await??;
    verifier.hear(&answer.news, &nonce)
}

/// Asks until `stop`, at once when the bell rings. The bell itself says nothing: accounts is asked.
pub(crate) async fn keep_listening(
    client: Client,
    verifier: Verifier,
    mut bell: Listener,
    stop: CancellationToken,
) {
    loop {
        if let Err(error) = listen(&client, &verifier).await {
            tracing::warn!(error = format!("{error:#}"), "no news of accounts; asking again");
        }
        let pause = if bell.hears_others() { HEARING } else { DEAF };
        let rung = async {
            tokio::time::sleep(AT_MOST_EVERY).await;
            bell.rung().await;
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = rung => {}
            () = stop.cancelled() => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicU32, Ordering},
        },
        time::Instant,
    };

    use axum::Router;
    use cache::Bell;
    use kernel::Clock;
    use wire::{HouseKey, Upstream};

    use super::*;

    #[tokio::test]
    async fn the_bell_has_it_asked_more_often_than_it_would_by_itself() {
        let asked = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&asked);
        let accounts = Upstream::local();
        let failing = Router::new().fallback(move || {
            count.fetch_add(1, Ordering::SeqCst);
            async { StatusCode::INTERNAL_SERVER_ERROR }
        });
        accounts.fill(failing, None);
        let clock = Clock::turned("2026-06-15T17:00:00Z".parse().unwrap());
        let house = HouseKey::new(b"a house secret for tests only, nowhere else").unwrap();
        let client = Client::new(accounts, "accounts", "host", house.clone(), clock.clone());
        let verifier = Verifier::new(&[], house, clock, Duration::from_mins(5));
        let (bell, stop) = (Bell::new(None), CancellationToken::new());
        let (listener, begun) = (bell.listen(ACCESS_ENDED), Instant::now());
        let asking = tokio::spawn(keep_listening(client, verifier, listener, stop.clone()));
        loop {
            bell.ring(ACCESS_ENDED);
            tokio::time::sleep(Duration::from_millis(5)).await;
            let by_itself = begun.elapsed().as_millis() / DEAF.as_millis() + 1;
            if u128::from(asked.load(Ordering::SeqCst)) > by_itself + 5 {
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "nobody hears the bell");
        }
        stop.cancel();
        asking.await.unwrap();
    }
}
