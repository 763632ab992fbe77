//! What all clients of providers have in common on the wire.

use std::time::Duration;

use reqwest::{RequestBuilder, Response, StatusCode, header::RETRY_AFTER};
use serde::de::DeserializeOwned;

use super::CallFailed;

/// Connects within three seconds, answers within `patience`, and follows nobody elsewhere.
pub fn client(patience: Duration) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .connect_timeout(patience.min(Duration::from_secs(3)))
        .timeout(patience)
        .redirect(reqwest::redirect::Policy::none())
        .build()
}

/// Makes a call; that there are too many is no answer.
pub async fn sent(request: RequestBuilder) -> Result<Response, CallFailed> {
    let answer = request.send().await.map_err(unanswered)?;
    if answer.status() == StatusCode::TOO_MANY_REQUESTS {
        let told = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        return Err(CallFailed::Crowded { retry_after: told.map(str::to_owned) });
    }
    Ok(answer)
}

/// No answer: it may or may not have been done. The address is not told, for it may hold ids.
pub fn unanswered(error: reqwest::Error) -> CallFailed {
    CallFailed::Silent(error.without_url().to_string())
}

/// What an answer of this status means that says neither that it was done nor that it was refused.
pub fn unclear(status: StatusCode, said: String) -> CallFailed {
    if status.is_server_error() { CallFailed::Silent(said) } else { CallFailed::Unknown(said) }
}

/// Reads an answer that says that it was done.
pub fn understood<T: DeserializeOwned>(body: &[u8]) -> Result<T, CallFailed> {
    serde_json::from_slice(body)
        .map_err(|error| CallFailed::Unknown(format!("not understood: {error}")))
}
