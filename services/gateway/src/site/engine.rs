//! Runs the web app's own code to write a page, on a thread of its own: one way to write a page,
//! whoever writes it.

use std::{
    collections::BTreeMap,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, anyhow, bail};
use axum::{
    body::{Body, Bytes},
    http::{Request, header},
};
use futures::{StreamExt, stream};
use rquickjs::{CatchResultExt, Context, Runtime, promise::MaybePromise};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::reader::Reader;
use crate::{
    App,
    config::Help,
    target::{Target, target},
};

/// How long the code may think about one page, how much memory it may have, and how deep it may go.
const PATIENCE: Duration = Duration::from_secs(2);
const MOST_MEMORY: usize = 256 << 20;
const MOST_STACK: usize = 4 << 20;
/// Pages that wait to be written; further visitors get one that their browser writes.
const MOST_WAITING: usize = 100;
/// What a page asks for may depend on what came before it, so often.
const MOST_ROUNDS: usize = 3;
/// Addresses that a page may ask for at once.
const MOST_READ: usize = 8;
/// The largest answer that is read for a page.
const MOST_BYTES: usize = 2 << 20;

pub struct Engine {
    pages: mpsc::SyncSender<Task>,
    help: Help,
}

struct Task {
    asked: String,
    answer: oneshot::Sender<anyhow::Result<String>>,
}

/// A page as the web app's code has written it.
#[derive(Deserialize)]
pub struct Written {
    pub status: u16,
    pub title: String,
    pub description: String,
    /// Whether search engines may list it.
    pub listed: bool,
    /// Whether something that it shows had not come in time.
    #[serde(default)]
    pub late: bool,
    /// What it is about, as JSON-LD that may stand in a script element; or nothing.
    pub about: String,
    pub body: String,
    /// What was read for it, as JSON that may stand in a script element.
    pub given: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Wanted { wanted: Vec<String> },
    Written(Written),
}

#[derive(Serialize)]
struct Asked<'a> {
    url: &'a str,
    language: &'a str,
    locale: &'a str,
    read: &'a BTreeMap<String, Value>,
    /// Whom people can ask, which stands in pages.
    help: &'a Help,
    /// Its address from outside.
    house: &'a str,
}

impl Engine {
    /// Starts with the web app's `code`.
    pub fn start(code: String, help: Help) -> Self {
        let (pages, tasks) = mpsc::sync_channel(MOST_WAITING);
        thread::spawn(move || work(&code, &tasks));
        Self { pages, help }
    }

    /// Writes the page at `url` as somebody sees it who has not signed in. What it shows is
    /// waited for `page_ms` in all.
    pub async fn page(&self, app: &App, url: &str, reader: &Reader) -> anyhow::Result<Written> {
        let mut left = Duration::from_millis(app.config.page_ms);
        let mut read = BTreeMap::new();
        for _ in 0..MOST_ROUNDS {
            let Reader { language, locale, .. } = reader;
            let asked = Asked {
                url,
                language,
                locale,
                read: &read,
                help: &self.help,
                house: &app.public_url,
            };
            let asked = serde_json::to_string(&asked)?;
            let (answer, answered) = oneshot::channel();
            self.pages.try_send(Task { asked, answer }).map_err(|_| anyhow!("too many pages"))?;
            match serde_json::from_str(&answered.await??)? {
                Answer::Written(page) => return Ok(page),
                Answer::Wanted { wanted } => {
                    let began = Instant::now();
                    let all = stream::iter(wanted.into_iter().take(MOST_READ))
                        .map(|address| read_by(app, address, began + left))
                        .buffer_unordered(MOST_READ);
                    read.extend(all.collect::<Vec<_>>().await);
                    left = left.saturating_sub(began.elapsed());
                }
            }
        }
        bail!("a page that never has enough")
    }
}

/// What lies at an address of the interface, or the problem that came instead.
async fn read_for(app: &App, address: String) -> (String, Value) {
    let read = match fetch(app, &address).await {
        Ok((true, answer)) => json!({"answer": answer}),
        Ok((false, problem)) => json!({"problem": problem}),
        Err(error) => {
            tracing::warn!(address, error = format!("{error:#}"), "a page lacks something");
            let title = "This cannot be shown now.";
            json!({"problem": {"status": 503, "code": "unavailable", "title": title, "detail": ""}})
        }
    };
    (address, read)
}

/// The same, or that it has not come by then.
async fn read_by(app: &App, address: String, until: Instant) -> (String, Value) {
    let late = (address.clone(), json!({"late": true}));
    tokio::time::timeout_at(until.into(), read_for(app, address)).await.unwrap_or(late)
}

async fn fetch(app: &App, address: &str) -> anyhow::Result<(bool, Value)> {
    let path = address.split('?').next().unwrap_or_default();
    let Some(Target::Service(name)) = target(path) else { bail!("not an address of the house") };
    let neighbour = app.upstreams.get(name).context("no such service")?;
    let upstream = neighbour.upstream.as_ref().context("nobody knows where it is")?;
    let request = Request::get(address)
        .header(header::ACCEPT, "application/json")
        .body(Body::from(Bytes::new()))?;
    let patience = Duration::from_secs(app.config.answer_seconds);
    let response = upstream.forward(request, patience).await?;
    let good = response.status().is_success();
    let body = axum::body::to_bytes(response.into_body(), MOST_BYTES).await?;
    Ok((good, serde_json::from_slice(&body)?))
}

/// Writes one page after the other; an engine in which something broke is made anew.
fn work(code: &str, tasks: &mpsc::Receiver<Task>) {
    let mut ready: Option<Context> = None;
    while let Ok(Task { asked, answer }) = tasks.recv() {
        let written = match ready.take().map_or_else(|| load(code), Ok) {
            Ok(context) => {
                let written = write(&context, &asked);
                ready = written.is_ok().then_some(context);
                written
            }
            Err(error) => Err(error),
        };
        // Whoever asked may have gone.
        let _ = answer.send(written);
    }
}

fn load(code: &str) -> anyhow::Result<Context> {
    let runtime = Runtime::new()?;
    runtime.set_memory_limit(MOST_MEMORY);
    runtime.set_max_stack_size(MOST_STACK);
    let context = Context::full(&runtime)?;
    context.with(|engine| {
        let done = engine.eval::<(), _>(code).catch(&engine);
        done.map_err(|error| anyhow!("the web app's code does not start: {error}"))
    })?;
    Ok(context)
}

fn write(context: &Context, asked: &str) -> anyhow::Result<String> {
    let began = Instant::now();
    let over = Box::new(move || began.elapsed() > PATIENCE);
    context.runtime().set_interrupt_handler(Some(over));
    context.with(|engine| {
        let page = || -> rquickjs::Result<String> {
            let asked = engine.json_parse(asked)?;
            engine.globals().set("asked", asked)?;
            let page: MaybePromise<'_> = engine.eval("site.page(asked).then(JSON.stringify)")?;
            page.finish()
        };
        page().catch(&engine).map_err(|error| anyhow!("{error}"))
    })
}
