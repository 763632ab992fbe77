//! How providers are asked: no redirect is followed, no answer is waited for long or read far.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode, redirect::Policy};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use url::{Host, Url};

use super::{Failure, settings::ClientSecret};

/// The longest answer that is read: a key set of a large provider has some 10 KiB.
const LONGEST_ANSWER: usize = 256 * 1024;

/// Asks providers.
#[derive(Clone)]
pub struct Outward {
    client: Client,
    /// For one whole answer.
    pub patience: Duration,
}

/// What a provider answered, whatever it is.
pub struct Reply {
    pub status: StatusCode,
    body: Vec<u8>,
}

impl Outward {
    pub fn new(patience: Duration) -> anyhow::Result<Self> {
        let client = Client::builder()
            .connect_timeout(patience.min(Duration::from_secs(3)))
            .timeout(patience)
            .redirect(Policy::none())
            .build()?;
        Ok(Self { client, patience })
    }

    pub fn get(&self, url: Url) -> RequestBuilder {
        self.client.get(url)
    }

    pub fn post(&self, url: Url) -> RequestBuilder {
        self.client.post(url)
    }
}

/// Sends and reads to the end. Neither the address nor the body is logged: both hold secrets.
pub async fn send(request: RequestBuilder) -> Result<Reply, Failure> {
    let mut answer = request.send().await.map_err(|error| unreachable(&error))?;
    let status = answer.status();
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| unreachable(&error))? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(Failure::Unavailable("the answer is too large"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { status, body })
}

/// The JSON of an answer that must be a success.
pub async fn fetch<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Failure> {
    let reply = send(request).await?;
    if !reply.status.is_success() {
        return Err(Failure::Unavailable("the answer is not a success"));
    }
    reply.json()
}

impl Reply {
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.body)
            .map_err(|_| Failure::Unavailable("the answer is not understood"))
    }
}

fn unreachable(error: &reqwest::Error) -> Failure {
    if error.is_timeout() {
        return Failure::Unavailable("the answer took too long");
    }
    Failure::Unavailable("the provider cannot be reached")
}

/// Adds client id and secret as RFC 6749, 2.3.1 wants them in the header: form-encoded first.
pub fn with_basic(request: RequestBuilder, id: &str, secret: &ClientSecret) -> RequestBuilder {
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let (id, secret): (String, String) = (encode(id), encode(secret.expose_secret()));
    request.basic_auth(id, Some(secret))
}

/// An address that secrets may be sent to: https, or anything on this very machine where that is
/// allowed; without credentials and fragment.
pub fn secure(text: &str, loopback: bool) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let clean = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let safe = match url.scheme() {
        "https" => true,
        "http" => loopback && is_loopback(&url),
        _ => false,
    };
    (clean && safe && url.has_host()).then_some(url)
}

pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_out_encrypted_or_not_at_all() {
        for good in ["https://id.example/a?b=c", "http://127.0.0.1:9/", "http://[::1]:9/"] {
            assert!(secure(good, true).is_some(), "{good}");
        }
        for bad in [
            "http://id.example/",
            "http://127.0.0.1.example/",
            "http://localhost.example/",
            "https://user@id.example/",
            "https://id.example/#a",
            "ftp://id.example/",
            "data:text/plain,a",
            "id.example",
            "",
        ] {
            assert!(secure(bad, true).is_none(), "{bad}");
        }
        assert!(secure("http://127.0.0.1:9/", false).is_none());
    }
}
