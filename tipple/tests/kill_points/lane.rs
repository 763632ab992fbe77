//! A place where one flow after another is run: a database, the three providers, and the real
//! process between them, which can be killed.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering::SeqCst},
    },
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use feed::Carrier;
use kernel::{Clock, PersonId, Role, StoreId, VendorId};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Mutex, time::Instant};
use wire::{HOUSE_HEADER, HouseKey};

use crate::{
    between::{self, Watch},
    commits::{self, Commits},
    flows::Provider,
    points::{Moment, Point, Step},
    support::{Running, SECRET, Town, token},
    tills::Tills,
};

/// Whoever is not answered, or with a 5xx, asks again so soon.
const AGAIN: Duration = Duration::from_millis(40);
/// How long anybody waits for one answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A database with all tables, of which lanes take copies; its address.
pub async fn ground() -> anyhow::Result<String> {
    let town = Town::new(0).await;
    town.house().migrate(|_| ()).await?;
    commits::prepare(&town.database_url).await?;
    Ok(town.database_url)
}

pub struct Lane {
    town: Town,
    pub tills: Tills,
    pub watch: Arc<Watch>,
    pub carrier: Carrier,
    buyer: std::sync::Mutex<PersonId>,
    pub vendor: VendorId,
    pub store: StoreId,
    running: Mutex<Option<Running>>,
    more: Vec<(String, String)>,
    file: PathBuf,
    http: reqwest::Client,
    house: HouseKey,
}

impl Lane {
    /// On a copy of the prepared database `ground`, with these settings as TOML; those that nobody
    /// set are the defaults.
    pub async fn open(ground: &str, settings: &str) -> anyhow::Result<Self> {
        let mut town = Town::on(testkit::copied_database(ground).await, 0);
        town.ports.push(port()?);
        let house = town.house();
        let watch = Watch::new(Commits::on(&town.database_url).await?);
        let tills = Tills::open().await;
        let office = between::open_office(&watch).await?;
        let mut toml = format!("{settings}\n");
        for provider in Provider::ALL {
            let (direct, name) = (tills.base_url(provider), provider.name());
            let watched = between::open(provider, direct, &watch).await?;
            let reached = |url: &str| format!("\nbase_url = \"{url}\"");
            toml += &tills.settings(provider).replace(&reached(direct), &reached(&watched));
            tills.send_to(provider, format!("{office}/{name}"));
        }
        let file = std::env::temp_dir().join(format!("kill-points-{}.toml", PersonId::new()));
        std::fs::write(&file, toml)?;
        let set = |name: &str, value: String| (name.to_owned(), value);
        let more = vec![
            set("TIPPLE_CONFIG", file.display().to_string()),
            set("TIPPLE__DATABASE__MIGRATE_ON_START", "false".into()),
            set("TIPPLE__UPSTREAMS__ACCOUNTS", accounts().await?),
        ];
        let lane = Self {
            carrier: house.carrier().await?,
            town,
            tills,
            watch,
            buyer: std::sync::Mutex::new(PersonId::new()),
            vendor: VendorId::new(),
            store: StoreId::new(),
            running: Mutex::default(),
            more,
            file,
            http: reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?,
            house: HouseKey::new(SECRET.as_bytes())?,
        };
        lane.start().await;
        lane.settle_terms().await?;
        Ok(lane)
    }

    /// PayPal is offered for alcohol only where an operator says so; the vendor agrees with the
    /// platform, so that there are invoices.
    async fn settle_terms(&self) -> anyhow::Result<()> {
        for provider in Provider::ALL {
            let way = format!("{}:main", provider.name());
            let way = json!({"way": way, "label": "Card", "active": true});
            let _: Value =
                self.insist(|| self.operator(Method::PUT, "/v1/payments/ways").json(&way)).await?;
        }
        let terms = json!({
            "legal_name": "Corner Cellar LLC", "address": "PO Box 7", "tax_number": "42-1",
            "commission_bp": 1500, "payout_interval_days": 7,
        });
        let path = format!("/v1/payments/vendors/{}/terms", self.vendor);
        let _: Value = self.insist(|| self.operator(Method::PUT, &path).json(&terms)).await?;
        Ok(())
    }

    async fn start(&self) {
        let running = self.town.start_services(&["payments"], &self.more).await;
        *self.running.lock().await = Some(running);
    }

    /// Waits for the moment, kills the process and starts it again until that answers; when it was
    /// started.
    pub async fn die_at(&self, point: &Point) -> anyhow::Result<Instant> {
        let commits = &self.watch.commits;
        match point.step {
            Step::Commit { .. } => commits.held().await?,
            Step::Call { .. } | Step::Webhook { .. } => self.watch.dies().await,
        }
        // Dropped, it is killed.
        drop(self.running.lock().await.take());
        self.watch.thaw();
        commits.release(point.moment == Moment::Kept).await?;
        let again = Instant::now();
        self.start().await;
        Ok(again)
    }

    /// Whether it was killed and nobody has taken its place.
    pub async fn is_down(&self) -> bool {
        self.running.lock().await.is_none()
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.town.base(0)))
    }

    pub fn operator(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).bearer_auth(token(PersonId::new(), vec![Role::Operator]))
    }

    /// Whose orders these are.
    pub fn buyer(&self) -> PersonId {
        *self.buyer.lock().expect("nobody panics here")
    }

    /// From now on they are another's, whom nobody knows.
    pub fn next_buyer(&self) {
        *self.buyer.lock().expect("nobody panics here") = PersonId::new();
    }

    pub fn customer(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).bearer_auth(token(self.buyer(), vec![Role::Customer]))
    }

    /// Another service of the house.
    pub fn house(&self, method: Method, path: &str) -> RequestBuilder {
        let token = self.house.token("testkit", Clock::system().now()).expect("a token");
        self.request(method, path).header(HOUSE_HEADER, token)
    }

    pub fn anyone(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path)
    }

    /// Asks again until there is an answer that is one.
    pub async fn insist<T: DeserializeOwned>(
        &self,
        request: impl Fn() -> RequestBuilder,
    ) -> anyhow::Result<T> {
        let (status, body) = self.answered(request).await;
        ensure!(status.is_success(), "{status} {body}");
        serde_json::from_str(&body).with_context(|| body)
    }

    /// The same for what is to be removed: it is no matter who did it.
    pub async fn insist_gone(&self, request: impl Fn() -> RequestBuilder) -> anyhow::Result<()> {
        let (status, body) = self.answered(request).await;
        ensure!(status.is_success() || status == StatusCode::NOT_FOUND, "{status} {body}");
        Ok(())
    }

    async fn answered(&self, request: impl Fn() -> RequestBuilder) -> (StatusCode, String) {
        loop {
            if let Ok(answer) = request().send().await {
                let status = answer.status();
                if let (false, Ok(body)) = (status.is_server_error(), answer.text().await) {
                    return (status, body);
                }
            }
            tokio::time::sleep(AGAIN).await;
        }
    }
}

/// A port that nobody is given by chance while its process is dead: below those for outgoing
/// connections and for whoever does not ask for one.
fn port() -> anyhow::Result<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    for _ in 0..1000 {
        let port = 21_000 + (std::process::id() % 9_000) as u16 + NEXT.fetch_add(1, SeqCst);
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no port is free")
}

impl Drop for Lane {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.file);
    }
}

/// Accounts, of which payments only wants news, and there is none.
async fn accounts() -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let router = testkit::no_news(HouseKey::new(SECRET.as_bytes())?, Clock::system());
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(url)
}
