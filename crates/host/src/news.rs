//! How a process hears from accounts which keys sign and whose tokens hold no longer.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use wire::{Client, Refusal, StatusCode, Verifier};

/// How often a process asks: what ends anywhere has ended everywhere this much later.
const EVERY: Duration = Duration::from_millis(300);
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

/// Asks until `stop`.
pub(crate) async fn keep_listening(client: Client, verifier: Verifier, stop: CancellationToken) {
    loop {
        if let Err(error) = listen(&client, &verifier).await {
            tracing::warn!(error = format!("{error:#}"), "no news of accounts; asking again");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}
