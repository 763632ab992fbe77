use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{Router, body::Body};
use bytes::Bytes;
use http::{Request, Response, Uri};
use tokio::time::{Instant, timeout_at};
use tower::ServiceExt;

use crate::{
    PATIENCE_HEADER,
    peers::{Peers, Question, Unanswered, milliseconds},
};

/// Where a service is: in this process, or on the network.
#[derive(Clone)]
pub enum Upstream {
    /// The service itself, filled in once it has started.
    Local(Arc<OnceLock<Here>>),
    /// One process or several.
    Remote(Arc<Peers>),
}

/// What answers for a service of this process.
pub struct Here {
    router: Router,
    at_hand: Option<AtHand>,
}

/// What a service has at hand for an address: it costs neither a question nor a wait.
pub type AtHand = Arc<dyn Fn(&Uri) -> Option<InHand> + Send + Sync>;

/// The answer that everyone gets alike who asks for an address and says nothing of themselves.
pub struct InHand {
    pub answer: Response<Bytes>,
    /// It is still given and no longer fresh: whoever gives it asks the service anew.
    pub stale: bool,
}

/// The most that one answer between services may weigh.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

impl Upstream {
    pub fn local() -> Self {
        Self::Local(Arc::default())
    }

    /// The processes at these addresses, `http://host:port` each.
    pub fn remote(addresses: &[String], http: reqwest::Client) -> Self {
        Self::Remote(Arc::new(Peers::new(addresses, http)))
    }

    /// Names the router that answers from now on, and what is at hand without it; a remote upstream
    /// needs neither.
    pub fn fill(&self, router: Router, at_hand: Option<AtHand>) {
        if let Self::Local(slot) = self {
            let _ = slot.set(Here { router, at_hand });
        }
    }

    /// What the service has at hand for everyone alike; never of one that is on the network.
    pub fn at_hand(&self, uri: &Uri) -> Option<InHand> {
        let Self::Local(slot) = self else { return None };
        slot.get()?.at_hand.as_ref()?(uri)
    }

    /// Sends a request whose body is whole, and reads the whole answer.
    pub async fn send(
        &self,
        request: Request<Bytes>,
        patience: Duration,
    ) -> Result<Response<Bytes>, Unanswered> {
        let deadline = Instant::now() + patience;
        let sending = async {
            let answer = match self {
                Self::Local(slot) => ask_here(slot, request.map(Body::from), patience).await?,
                Self::Remote(peers) => peers.ask(Question::whole(request), deadline).await?,
            };
            let (parts, body) = answer.into_parts();
            let body = axum::body::to_bytes(body, MAX_ANSWER).await.map_err(anyhow::Error::from)?;
            Ok(Response::from_parts(parts, body))
        };
        timeout_at(deadline, sending).await.map_err(|_| Unanswered::TooLong)?
    }

    /// Passes a request on as it streams, and streams the answer back: what the gateway does. The
    /// answer has to begin in time.
    pub async fn forward(
        &self,
        request: Request<Body>,
        patience: Duration,
    ) -> Result<Response<Body>, Unanswered> {
        let deadline = Instant::now() + patience;
        let forwarding = async {
            match self {
                Self::Local(slot) => ask_here(slot, request, patience).await,
                Self::Remote(peers) => {
                    let question = timeout_at(deadline, Question::streaming(request)).await;
                    let question = question.map_err(|_| Unanswered::CutOff)??;
                    peers.ask(question, deadline).await
                }
            }
        };
        match self {
            Self::Local(_) => {
                timeout_at(deadline, forwarding).await.map_err(|_| Unanswered::TooLong)?
            }
            // They keep to it themselves, and note who did not.
            Self::Remote(_) => forwarding.await,
        }
    }
}

async fn ask_here(
    slot: &OnceLock<Here>,
    mut request: Request<Body>,
    patience: Duration,
) -> Result<Response<Body>, Unanswered> {
    let here = slot.get().ok_or_else(|| anyhow::anyhow!("has not started"))?;
    request.headers_mut().insert(PATIENCE_HEADER, milliseconds(patience));
    match here.router.clone().oneshot(request).await {
        Ok(answer) => Ok(answer),
        Err(never) => match never {},
    }
}
