//! Someone signs in at a real OpenID provider, with a browser's patience.

use std::{collections::BTreeMap, io::ErrorKind, path::Path, process::Stdio};

use kernel::Clock;
use reqwest::{Client, Response, header};
use serde_json::{Value, json};
use testkit::Bench;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};
use url::Url;

use super::{Begun, begin, redeem, sent_on};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/provider");
const CALLBACK: &str = "http://127.0.0.1:8080/v1/accounts/providers/real/callback";

/// The provider, until it is dropped.
struct Provider {
    issuer: String,
    _process: Child,
    /// It goes on to write.
    _output: Lines<BufReader<ChildStdout>>,
}

/// None where there is no node, which a machine of a developer may lack and one that checks
/// changes may not.
async fn provider() -> Option<Provider> {
    let spawned = Command::new("node")
        .args(["server.mjs", CALLBACK])
        .current_dir(FOLDER)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    let mut process = match spawned {
        Ok(process) => process,
        Err(error) if error.kind() == ErrorKind::NotFound && std::env::var_os("CI").is_none() => {
            eprintln!("SKIPPED: without node no real provider can be started");
            return None;
        }
        Err(error) => panic!("node does not start: {error}"),
    };
    let installed = Path::new(FOLDER).join("node_modules/oidc-provider").is_dir();
    assert!(installed, "the real provider is not installed: run `scripts/setup node`");
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let issuer = lines.next_line().await.unwrap().expect("the provider prints its issuer");
    Some(Provider { issuer, _process: process, _output: lines })
}

/// A browser with cookies, which stops where we take over.
struct Browser {
    http: Client,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn new() -> Self {
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { http, cookies: BTreeMap::new() }
    }

    /// Follows redirects to a page, or to our callback.
    async fn visit(&mut self, url: Url, form: Option<&[(&str, &str)]>) -> Stop {
        let mut request = match form {
            Some(form) => self.http.post(url.clone()).form(form),
            None => self.http.get(url.clone()),
        };
        let mut at = url;
        loop {
            let answer = request.header(header::COOKIE, self.cookie()).send().await.unwrap();
            self.remember(&answer);
            let Some(to) = answer.headers().get(header::LOCATION) else {
                assert!(answer.status().is_success(), "{at}: {}", answer.status());
                return Stop::Page(answer.text().await.unwrap());
            };
            at = at.join(to.to_str().unwrap()).unwrap();
            if at.as_str().starts_with(CALLBACK) {
                return Stop::Callback(at);
            }
            request = self.http.get(at.clone());
        }
    }

    fn cookie(&self) -> String {
        let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    fn remember(&mut self, answer: &Response) {
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

enum Stop {
    Page(String),
    Callback(Url),
}

impl Stop {
    /// Where the page's form or link leads.
    fn leads(&self, before: &str) -> Url {
        let Self::Page(page) = self else { panic!("it is no page") };
        let (_, rest) = page.split_once(before).unwrap_or_else(|| panic!("{before}: {page}"));
        rest.split('"').next().unwrap().parse().unwrap()
    }

    fn callback(self) -> Url {
        match self {
            Self::Callback(url) => url,
            Self::Page(page) => panic!("it is a page: {page}"),
        }
    }
}

const FORM: &str = "<form autocomplete=\"off\" action=\"";

/// Signs in at the provider's pages, and agrees.
async fn approve(begun: &Begun, login: &str) -> Url {
    let mut browser = Browser::new();
    let page = browser.visit(begun.url.clone(), None).await;
    let fields = [("prompt", "login"), ("login", login), ("password", "any")];
    let page = browser.visit(page.leads(FORM), Some(&fields)).await;
    browser.visit(page.leads(FORM), Some(&[("prompt", "consent")])).await.callback()
}

async fn bench(provider: &Provider) -> Bench {
    let settings = format!(
        "[accounts]\nargon2_memory_kib = 8\nargon2_rounds = 1\n[accounts.providers.real]\n\
         kind = \"oidc\"\nissuer = \"{}\"\nclient_id = \"tipple\"\n\
         client_secret = \"a secret: of+the tests/100%\"\nvouches_for_email = true",
        provider.issuer
    );
    // The provider's time is the machine's.
    Bench::of(crate::PARTS).settings(&settings).clock(Clock::system()).start().await
}

fn path_of(url: &Url) -> String {
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

#[tokio::test]
async fn a_real_provider_signs_people_in() {
    let Some(provider) = provider().await else { return };
    let bench = bench(&provider).await;
    let anyone = bench.anyone("accounts");
    let begun = begin(&anyone, "real").await;
    let back = approve(&begun, "ann").await;
    let came = sent_on(&anyone.get(&path_of(&back)).await, "/signed-in");
    assert_eq!(came["flow"], begun.flow);
    let signed: Value = redeem(&anyone, &begun, &came["ticket"]).await.ok();
    let me: Value = crate::bearer(&bench, &signed).get("/v1/accounts/me").await.ok();
    assert_eq!(me["email"], "ann@example.com");
    assert_eq!((&me["given_name"], &me["family_name"]), (&json!("Ann"), &json!("Lee")));
    // The same person again, and another one.
    for (login, same) in [("ann", true), ("bob", false)] {
        let begun = begin(&anyone, "real").await;
        let back = approve(&begun, login).await;
        let came = sent_on(&anyone.get(&path_of(&back)).await, "/signed-in");
        let again: Value = redeem(&anyone, &begun, &came["ticket"]).await.ok();
        assert_eq!(again["person"] == signed["person"], same, "{login}");
    }
    // The provider itself refuses a code that was used, and a proof that is another flow's.
    let (begun, other) = (begin(&anyone, "real").await, begin(&anyone, "real").await);
    let mut back = approve(&begun, "ann").await;
    let pairs: Vec<(String, String)> = back.query_pairs().into_owned().collect();
    back.query_pairs_mut().clear().extend_pairs(pairs.iter().map(|(name, value)| match &**name {
        "state" => (name.clone(), other.says("state")),
        _ => (name.clone(), value.clone()),
    }));
    let came = sent_on(&anyone.get(&path_of(&back)).await, "/signed-in");
    assert_eq!((came["error"].as_str(), &came["flow"]), ("provider-error", &other.flow));
}

#[tokio::test]
async fn whoever_turns_back_at_a_real_provider_is_not_signed_in() {
    let Some(provider) = provider().await else { return };
    let bench = bench(&provider).await;
    let anyone = bench.anyone("accounts");
    let begun = begin(&anyone, "real").await;
    let mut browser = Browser::new();
    let page = browser.visit(begun.url.clone(), None).await;
    let back = browser.visit(page.leads("<a href=\""), None).await.callback();
    let came = sent_on(&anyone.get(&path_of(&back)).await, "/signed-in");
    assert_eq!(came["error"], "access-denied");
    assert_eq!(super::count(&bench, "person").await, 0);
}
