//! The way to both gateways, as whatever stands before them chooses one.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use serde_json::Value;
use wire::Upstream;

use super::Town;

/// How often a gateway is asked whether it is ready.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Who has ended is out of reach at once.
const LOOK_PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub enum Way {
    /// A load balancer that asks the other gateway where one does not answer and that is safe.
    Balanced(Upstream),
    /// Whoever knows which gateways say that they are ready, and asks one of those, once.
    Plain(Arc<Plain>),
}

pub struct Plain {
    http: reqwest::Client,
    gateways: Vec<(String, AtomicBool)>,
    turn: AtomicUsize,
}

/// What is asked.
pub struct Asked<'a> {
    pub token: &'a str,
    pub method: Method,
    pub path: &'a str,
    pub body: Value,
    pub key: Option<&'a str>,
}

impl<'a> Asked<'a> {
    pub const fn get(token: &'a str, path: &'a str) -> Self {
        Self { token, method: Method::GET, path, body: Value::Null, key: None }
    }

    fn request(&self, base: &str) -> anyhow::Result<Request<Vec<u8>>> {
        let bytes = if self.body.is_null() { Vec::new() } else { serde_json::to_vec(&self.body)? };
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(format!("{base}{}", self.path))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CONTENT_LENGTH, bytes.len());
        if let Some(key) = self.key {
            request = request.header("idempotency-key", key);
        }
        Ok(request.body(bytes)?)
    }
}

impl Way {
    pub fn balanced(town: &Town) -> Self {
        let gateways = Upstream::remote(&both(town), client());
        if let Upstream::Remote(peers) = &gateways {
            let peers = Arc::clone(peers);
            tokio::spawn(async move { peers.keep_looking("/readyz", || None).await });
        }
        Self::Balanced(gateways)
    }

    pub fn plain(town: &Town) -> Self {
        let gateways = both(town).into_iter().map(|base| (base, AtomicBool::new(true)));
        let gateways = gateways.collect();
        let plain = Arc::new(Plain { http: client(), gateways, turn: AtomicUsize::new(0) });
        for number in 0..plain.gateways.len() {
            tokio::spawn(Arc::clone(&plain).keep_looking(number));
        }
        Self::Plain(plain)
    }

    /// What came of it within this time, whatever it is.
    pub async fn ask(
        &self,
        asked: &Asked<'_>,
        patience: Duration,
    ) -> anyhow::Result<(StatusCode, Value)> {
        let (status, body) = match self {
            Self::Balanced(gateways) => {
                let request = asked.request("")?.map(Body::from);
                let answer = gateways.forward(request, patience).await?;
                let (parts, body) = answer.into_parts();
                let body = axum::body::to_bytes(body, 1 << 20);
                (parts.status, tokio::time::timeout(patience, body).await??)
            }
            Self::Plain(plain) => {
                let request = asked.request(plain.one_that_is_ready())?;
                let mut request = reqwest::Request::try_from(request)?;
                *request.timeout_mut() = Some(patience);
                let answer = plain.http.execute(request).await?;
                (answer.status(), answer.bytes().await?)
            }
        };
        Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
    }
}

impl Plain {
    async fn keep_looking(self: Arc<Self>, number: usize) {
        let (base, ready) = &self.gateways[number];
        loop {
            let look = self.http.get(format!("{base}/readyz")).timeout(LOOK_PATIENCE);
            let is = look.send().await.is_ok_and(|answer| answer.status().is_success());
            ready.store(is, Ordering::Relaxed);
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Each in turn; where none says that it is ready, whichever.
    fn one_that_is_ready(&self) -> &str {
        let ready = self.gateways.iter().filter(|(_, ready)| ready.load(Ordering::Relaxed));
        let mut ready: Vec<&str> = ready.map(|(base, _)| base.as_str()).collect();
        if ready.is_empty() {
            ready.extend(self.gateways.iter().map(|(base, _)| base.as_str()));
        }
        ready[self.turn.fetch_add(1, Ordering::Relaxed) % ready.len()]
    }
}

fn both(town: &Town) -> Vec<String> {
    (0..2).map(|gateway| town.base(gateway)).collect()
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().expect("a client")
}
