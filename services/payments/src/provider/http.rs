//! What all clients of providers have in common on the wire.

use std::time::Duration;

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

/// No answer: it may or may not have been done. The address is not told, for it may hold ids.
pub fn unanswered(error: reqwest::Error) -> CallFailed {
    CallFailed::Unknown(error.without_url().to_string())
}

/// Reads an answer that says that it was done.
pub fn understood<T: DeserializeOwned>(body: &[u8]) -> Result<T, CallFailed> {
    serde_json::from_slice(body)
        .map_err(|error| CallFailed::Unknown(format!("not understood: {error}")))
}
