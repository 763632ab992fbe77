//! Sends what is nasty and looks at how it is answered.

use std::{cell::RefCell, time::Duration};

use futures::{StreamExt, stream};
use reqwest::{Client, Method, header};
use serde_json::Value;

use crate::{
    document::{self, Operation},
    nasty::{self, Request},
    scene::Scene,
};

pub struct Raw<'a> {
    scene: &'a Scene,
    client: Client,
    operations: Vec<Operation>,
    /// What was answered as it must not be.
    wrong: RefCell<Vec<String>>,
    sent: RefCell<usize>,
}

/// An answer as far as it matters here.
struct Answer {
    status: u16,
    kind: String,
    etag: Option<String>,
    body: Value,
}

impl<'a> Raw<'a> {
    pub async fn new(scene: &'a Scene) -> Self {
        let document = scene.visitor("nobody").get("/openapi.json").await.expect("the document");
        let mut operations = document::operations(&document, &scene.ids);
        // What ends things comes last, and nothing makes the provider fail.
        operations.retain(|it| it.path != "/sandbox/v1/test_helpers/faults");
        operations.sort_by_key(|it| {
            let ends = ["/cancel", "/reject", "/decline", "/hand-over", "/refuse", "/deactivate"];
            let ends = ends.iter().any(|end| it.path.ends_with(end));
            (it.method == Method::DELETE || ends, it.method != Method::GET)
        });
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(30));
        let client = client.redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let (wrong, sent) = (RefCell::new(Vec::new()), RefCell::new(0));
        Self { scene, client, operations, wrong, sent }
    }

    /// Everything nasty to every operation; then all that can be read must still be readable.
    pub async fn run(mut self) -> (usize, Vec<String>) {
        self.take_sheet().await;
        for operation in &self.operations {
            self.fuzz(operation).await;
        }
        for operation in self.operations.iter().filter(|it| it.method == Method::GET) {
            let path = operation.real_path(&self.scene.ids);
            self.send(operation, &Request::proper(operation, &path)).await;
        }
        (self.sent.into_inner(), self.wrong.into_inner())
    }

    /// A sheet that was given out is what the ways to spoil a sheet begin with.
    async fn take_sheet(&mut self) {
        let csv =
            |it: &&mut Operation| it.path.ends_with("listings.csv") && it.method == Method::POST;
        let operation = self.operations.iter_mut().find(csv).expect("sheets are taken in");
        let visitor = self.scene.visitor("clerk");
        let path = operation.real_path(&self.scene.ids);
        let answer = visitor.request(Method::GET, &path).send().await.expect("a sheet");
        let text = answer.text().await.expect("a sheet");
        operation.body = Some(("text/csv".to_owned(), text.into()));
    }

    async fn fuzz(&self, operation: &Operation) {
        let path = operation.real_path(&self.scene.ids);
        let proper = Request::proper(operation, &path);
        let mut requests = nasty::requests(operation, &proper);
        if operation.parameters_in("query").any(|name| name == "after") {
            requests.extend(self.tampered(operation, &proper).await);
        }
        if operation.parameters_in("header").any(|name| name == "If-Match") {
            self.one_after_another(operation, &path, requests).await;
            return;
        }
        let send = |request: Request| async move { self.send(operation, &request).await };
        stream::iter(requests).map(send).buffer_unordered(8).for_each(|_| async {}).await;
    }

    /// Each with the version that the answer before it gave, so that it is not just stale.
    async fn one_after_another(&self, operation: &Operation, path: &str, requests: Vec<Request>) {
        let mut version = self.version(operation, path).await;
        for mut request in requests {
            if request.headers.iter().all(|it| it.0 != "if-match") {
                request.headers.push(("if-match", version.clone().into_bytes()));
            }
            let answer = self.send(operation, &request).await;
            version = answer.and_then(|answer| answer.etag).unwrap_or(version);
        }
    }

    /// Of what the path speaks of, as far as that can be read.
    async fn version(&self, operation: &Operation, path: &str) -> String {
        let read = |thing: String| async move {
            self.ask(operation, &Request::to_read(&thing)).await.ok()
        };
        if let Some((store, _)) = path.split_once("/stock/") {
            let stock = read(format!("{store}/stock")).await;
            return format!(
                "\"v{}\"",
                stock.map_or(Value::Null, |it| it.body["items"][0]["version"].clone())
            );
        }
        let parts = ["/lines/", "/coupons/", "/tip", "/destination"];
        let thing = parts.iter().fold(path, |path, part| path.split(part).next().unwrap_or(path));
        let read = read(thing.to_owned()).await;
        read.and_then(|answer| answer.etag).unwrap_or_else(|| "\"v1\"".to_owned())
    }

    /// The list with cursors that it never gave out.
    async fn tampered(&self, operation: &Operation, proper: &Request) -> Vec<Request> {
        let mut first = proper.clone();
        first.target += "?limit=1";
        let answer = self.send(operation, &first).await;
        let next = answer.and_then(|answer| answer.body["next"].as_str().map(str::to_owned));
        let key = next.and_then(|text| nasty::decoded(&text));
        let cursors = nasty::cursors(key.as_ref()).into_iter();
        let with = |cursor| {
            let target = format!("{}?after={cursor}", proper.target);
            Request { target, ..proper.clone() }
        };
        cursors.map(with).collect()
    }

    async fn send(&self, operation: &Operation, request: &Request) -> Option<Answer> {
        let answer = self.ask(operation, request).await;
        *self.sent.borrow_mut() += 1;
        let flaw = match &answer {
            Err(error) => Some(format!("no answer: {error:?}")),
            // The checkout page says it to a person.
            Ok(answer) if operation.path.starts_with("/pay/") && answer.is_page() => None,
            Ok(answer) => answer.flaw(operation.path.starts_with("/sandbox/")),
        };
        if let Some(flaw) = flaw {
            self.wrong.borrow_mut().push(described(operation, request, &flaw));
        }
        answer.ok()
    }

    async fn ask(&self, operation: &Operation, request: &Request) -> reqwest::Result<Answer> {
        let address = format!("{}{}", self.scene.town.base(0), request.target);
        let mut asked = self.client.request(request.method.clone(), address);
        if request.headers.iter().all(|it| it.0 != "authorization") {
            asked = asked.bearer_auth(&self.scene.people[asker(operation)]);
        }
        for (name, value) in request.headers() {
            asked = asked.header(name, value);
        }
        let answer = asked.body(request.body.clone()).send().await?;
        let text = |name: header::HeaderName| {
            let value = answer.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let (status, etag) = (answer.status().as_u16(), text(header::ETAG));
        let kind = text(header::CONTENT_TYPE).unwrap_or_default();
        // A stream has no end.
        let body = match kind.as_str() {
            "text/event-stream" => Value::Null,
            _ => serde_json::from_slice(&answer.bytes().await?).unwrap_or_default(),
        };
        Ok(Answer { status, kind, etag, body })
    }
}

impl Answer {
    fn is_page(&self) -> bool {
        self.status < 500 && self.kind.starts_with("text/html")
    }

    /// What is wrong with it; nothing about an answer that is no refusal.
    fn flaw(&self, of_provider: bool) -> Option<String> {
        let Self { status, kind, body, .. } = self;
        if *status < 400 {
            return None;
        }
        let code = body["code"].as_str().unwrap_or_default();
        let as_provider = of_provider && kind == "application/json";
        let named = body["field"].as_str().is_some_and(|field| !field.is_empty());
        let flaw = match () {
            () if *status >= 500 => "it broke",
            () if as_provider && body["error"]["type"].is_string() => return None,
            () if kind != "application/problem+json" => "it is no problem+json",
            () if !is_kebab(code) => "its code is none",
            () if body["status"] != *status => "it speaks of another status",
            () if *status == 422 && !named => "it names no field",
            () => return None,
        };
        Some(format!("{flaw}: {status} {kind} {body}"))
    }
}

fn is_kebab(code: &str) -> bool {
    code.split('-').all(|part| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

/// Whoever gets furthest with an operation.
fn asker(operation: &Operation) -> &'static str {
    let path = operation.path.as_str();
    let starts = |beginnings: &[&str]| beginnings.iter().any(|start| path.starts_with(start));
    match () {
        () if starts(&["/sandbox/"]) => "merchant",
        () if path.contains("/offers/") => "other driver",
        () if starts(&["/v1/delivery/jobs/", "/v1/delivery/shift", "/v1/delivery/pings"])
            || path == "/v1/delivery/me" =>
        {
            "driver"
        }
        () if ["/accept", "/pack", "/reject", "/queue"].iter().any(|end| path.ends_with(end)) => {
            "clerk"
        }
        () if starts(&["/v1/cart/carts", "/v1/orders/orders", "/v1/accounts/addresses"])
            || path.ends_with("/return") =>
        {
            "customer"
        }
        () => "operator",
    }
}

fn described(operation: &Operation, request: &Request, flaw: &str) -> String {
    let short = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let start: String = text.chars().take(300).collect();
        if start.len() < text.len() { format!("{start}… ({} bytes)", bytes.len()) } else { start }
    };
    let headers: Vec<String> =
        request.headers.iter().map(|(name, value)| format!("{name}: {}", short(value))).collect();
    format!(
        "{} {} as {}\n  {}\n  {}\n  → {}",
        request.method,
        short(request.target.as_bytes()),
        asker(operation),
        headers.join(" | "),
        short(&request.body),
        short(flaw.as_bytes())
    )
}
