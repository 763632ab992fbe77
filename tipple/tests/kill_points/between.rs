//! Between the process and its providers: every call and every webhook passes here and is noted,
//! and at the wanted one the process is to die.

use std::{
    future::pending,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use anyhow::Context;
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use tokio::{net::TcpListener, sync::Notify};

use crate::{
    commits::Commits,
    flows::Provider,
    points::{Moment, Point, Step},
};

/// Larger than any call or webhook.
const LARGEST: usize = 1 << 20;
/// So long an answer has to reach the process, before that dies.
const ARRIVAL: Duration = Duration::from_millis(10);

/// What is seen on the way, and where the process dies.
pub struct Watch {
    pub commits: Commits,
    /// Rung when it is to die.
    now: Notify,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    steps: Vec<Step>,
    wanted: Option<(Step, usize, Moment)>,
    /// No call gets through any more, for it is about to die.
    frozen: bool,
    /// It is to die now.
    come: bool,
    letters: Vec<Letter>,
}

/// A webhook that waits to be delivered.
pub struct Letter {
    pub provider: Provider,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Letter {
    /// Whether its endpoint listens to that: PayPal is not to tell of its vault.
    pub fn is_wanted(&self) -> bool {
        let body: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let kind = body["event_type"].as_str().unwrap_or_default();
        self.provider != Provider::PayPal || !kind.starts_with("VAULT.")
    }
}

/// What is to become of a call.
enum Fate {
    Passes,
    Never,
    Dies(Moment),
}

impl Watch {
    pub fn new(commits: Commits) -> Arc<Self> {
        Arc::new(Self { commits, now: Notify::new(), seen: Mutex::default() })
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("nobody panics here")
    }

    /// Begins anew, to die at `wanted`.
    pub fn begin(&self, wanted: Option<&Point>) {
        let wanted = wanted.map(|point| (point.step.clone(), point.nth, point.moment));
        *self.seen() = Seen { wanted, ..Seen::default() };
    }

    /// Waits until the process is to die.
    pub async fn dies(&self) {
        while !self.seen().come {
            self.now.notified().await;
        }
    }

    /// Says so.
    pub fn die(&self) {
        self.seen().come = true;
        self.now.notify_one();
    }

    /// It has died: whoever comes is the next process.
    pub fn thaw(&self) {
        let mut seen = self.seen();
        (seen.frozen, seen.wanted) = (false, None);
    }

    pub fn steps(&self) -> Vec<Step> {
        self.seen().steps.clone()
    }

    pub fn letters(&self) -> Vec<Letter> {
        std::mem::take(&mut self.seen().letters)
    }

    /// Notes a step; the moment of it at which to die.
    fn note(&self, step: Step) -> Fate {
        let mut seen = self.seen();
        if seen.frozen {
            return Fate::Never;
        }
        let nth = 1 + seen.steps.iter().filter(|before| **before == step).count();
        seen.steps.push(step);
        let Some((wanted, number, moment)) = &seen.wanted else { return Fate::Passes };
        if seen.steps.last() != Some(wanted) || nth != *number {
            return Fate::Passes;
        }
        let moment = *moment;
        seen.frozen = true;
        Fate::Dies(moment)
    }

    /// Notes a webhook that is about to be delivered; whether to die once it is acknowledged.
    pub async fn delivers(&self, letter: &Letter) -> anyhow::Result<bool> {
        let state = self.commits.state().await?;
        let what = format!("{} webhook while {state}", letter.provider.name());
        Ok(matches!(self.note(Step::Webhook { what }), Fate::Dies(_)))
    }
}

/// One provider as the process reaches it.
#[derive(Clone)]
struct Way {
    provider: Provider,
    target: String,
    http: reqwest::Client,
    watch: Arc<Watch>,
}

/// Opens a way to the provider at `target`; the address to reach it by.
pub async fn open(provider: Provider, target: &str, watch: &Arc<Watch>) -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let http = reqwest::Client::builder().no_proxy().build()?;
    let way = Way { provider, target: target.to_owned(), http, watch: Arc::clone(watch) };
    let router = Router::new().fallback(call).with_state(way);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(url)
}

async fn call(State(way): State<Way>, request: Request) -> Response {
    // In a task of its own: whoever asked may hang up, and it goes on all the same.
    match tokio::spawn(passed(way, request)).await {
        Ok(Ok(Some(answer))) => answer,
        Ok(Ok(None)) => pending().await,
        Ok(Err(error)) => (StatusCode::BAD_GATEWAY, format!("{error:#}")).into_response(),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

/// The answer; none where there will never be one.
async fn passed(way: Way, request: Request) -> anyhow::Result<Option<Response>> {
    let watch = &way.watch;
    let path = request.uri().path();
    if path == "/v1/oauth2/token" {
        return way.forward(request).await.map(Some);
    }
    let (method, state) = (request.method(), watch.commits.state().await?);
    let what = format!("{} {method} {} while {state}", way.provider.name(), words(path));
    let writes = request.method() != "GET";
    let moment = match watch.note(Step::Call { what, writes }) {
        Fate::Passes => return way.forward(request).await.map(Some),
        Fate::Never => return Ok(None),
        Fate::Dies(moment) => moment,
    };
    let done = if moment == Moment::Asked { None } else { Some(way.forward(request).await) };
    let answer = if moment == Moment::Answered { done.transpose()? } else { None };
    if answer.is_some() {
        watch.commits.stop_at("%", None).await?;
    }
    let watch = Arc::clone(watch);
    tokio::spawn(async move {
        tokio::time::sleep(ARRIVAL).await;
        watch.die();
    });
    Ok(answer)
}

impl Way {
    async fn forward(&self, request: Request) -> anyhow::Result<Response> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, LARGEST).await?;
        let url = format!("{}{}", self.target, parts.uri);
        let asked = self.http.request(parts.method, url).headers(end_to_end(parts.headers));
        let answer = asked.body(body).send().await.context(self.provider.name())?;
        let (status, headers) = (answer.status(), end_to_end(answer.headers().clone()));
        Ok((status, headers, Body::from(answer.bytes().await?)).into_response())
    }
}

fn end_to_end(mut headers: HeaderMap) -> HeaderMap {
    let of_one_hop =
        [header::HOST, header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING];
    for name in of_one_hop {
        headers.remove(name);
    }
    headers
}

/// A path without what is another in every run: ids are all that is not small letters.
fn words(path: &str) -> String {
    let is_word = |part: &str| {
        let small = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-');
        part.bytes().all(small) || matches!(part, "v1" | "v2")
    };
    let words = path.split('/').map(|part| if is_word(part) { part } else { "…" });
    words.collect::<Vec<_>>().join("/")
}

/// Opens where all providers send their webhooks to: they are taken at once, and delivered when it
/// is their turn, again and again as a provider does. The address.
pub async fn open_office(watch: &Arc<Watch>) -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let router = Router::new().route("/{provider}", post(take)).with_state(Arc::clone(watch));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(url)
}

async fn take(
    State(watch): State<Arc<Watch>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let provider = Provider::ALL.into_iter().find(|provider| provider.name() == name);
    let Some(provider) = provider else { return StatusCode::NOT_FOUND };
    watch.seen().letters.push(Letter { provider, headers: end_to_end(headers), body });
    StatusCode::OK
}
